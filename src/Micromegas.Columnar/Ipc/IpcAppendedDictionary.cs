namespace Micromegas.Columnar;

/// <summary>A dictionary of lists, maps, structs or nothing but nulls: the values of the vectors are sent as they come, one vector's after the other's.</summary>
internal sealed unsafe class IpcAppendedDictionary(IpcField field, bool mayReplace, bool alwaysReplace)
    : IpcDictionaryWriter(field, mayReplace, alwaysReplace)
{
    private readonly List<Vector> pending = [];
    private Vector? lastDictionary;
    private int lastStart;
    private int count;

    public override int Count => count;

    /// <summary>What the values take is not known; by their number they are begun anew just as rarely.</summary>
    protected override long ValueBytes => count * 32L;

    protected override void Encode(Vector vector, bool isDictionary, IpcRows rows, int* codes)
    {
        if (!isDictionary || !ReferenceEquals(vector, lastDictionary))
        {
            if (AlwaysReplace)
            {
                Restart();
            }
            lastDictionary = isDictionary ? vector : null;
            lastStart = count;
            pending.Add(vector);
            count = checked(count + vector.Length);
        }
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            codes[i] = row < 0 || vector.IsNull(row) ? -1 : lastStart + row;
        }
    }

    protected override void WriteValues(IpcColumnWriter writer, IpcBody body, int from)
    {
        if (pending is [var only])
        {
            writer.WriteField(ValueField, only, new IpcRows(0, only.Length), body);
            return;
        }
        using var builder = VectorBuilder.Create(ValueField.Field.Type, Count - from);
        foreach (var vector in pending)
        {
            builder.AppendRange(vector, 0, vector.Length);
        }
        var all = body.Memory.Keep(builder.Build());
        writer.WriteField(ValueField, all, new IpcRows(0, all.Length), body);
    }

    protected override void Clear()
    {
        pending.Clear();
        lastDictionary = null;
        count = 0;
    }

    protected override void Forget() => pending.Clear();

    public override void Dispose() => pending.Clear();
}
