namespace Micromegas.Columnar;

/// <summary>A dictionary of texts, binaries, numbers or booleans: every distinct value once, in order of first appearance.</summary>
internal sealed unsafe class IpcInternedDictionary(IpcField field, bool mayReplace, bool alwaysReplace)
    : IpcDictionaryWriter(field, mayReplace, alwaysReplace)
{
    private readonly ByteInterner values = new();
    private Vector? lastDictionary;
    private int[] lastCodes = [];

    public override int Count => values.Count;

    protected override long ValueBytes => values.UsedBytes;

    protected override void Encode(Vector vector, bool isDictionary, IpcRows rows, int* codes)
    {
        if (vector.Type.Storage != ValueField.Field.Type.Storage || vector.Type.FlatSize != ValueField.Field.Type.FlatSize)
        {
            throw new ArgumentException($"Column {ValueField.Field.Name} has values of {ValueField.Field.Type}, but its vector is of {vector.Type}.", nameof(vector));
        }
        if (!isDictionary)
        {
            for (var i = 0; i < rows.Count; i++)
            {
                var row = rows[i];
                codes[i] = row < 0 || vector.IsNull(row) ? -1 : values.Intern(BytesOf(vector, row));
            }
            return;
        }
        if (!ReferenceEquals(vector, lastDictionary))
        {
            lastDictionary = vector;
            if (lastCodes.Length < vector.Length)
            {
                lastCodes = new int[vector.Length];
            }
            lastCodes.AsSpan(0, vector.Length).Fill(-1);
        }
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            if (row < 0)
            {
                codes[i] = -1;
                continue;
            }
            var code = lastCodes[row];
            if (code < 0 && !vector.IsNull(row))
            {
                code = lastCodes[row] = values.Intern(BytesOf(vector, row));
            }
            codes[i] = code;
        }
    }

    private static ReadOnlySpan<byte> BytesOf(Vector vector, int row)
    {
        switch (vector)
        {
            case BinaryVector binary:
                return binary[row];
            case FlatVector flat:
                return new ReadOnlySpan<byte>((byte*)flat.Data + ((long)row * flat.ElementSize), flat.ElementSize);
            default:
                return ((BitVector)vector)[row] ? [1] : [0];
        }
    }

    protected override void WriteValues(IpcColumnWriter writer, IpcBody body, int from)
    {
        var type = ValueField.Field.Type;
        var bytes = new BinaryVector(DataType.Binary);
        values.Look(bytes);
        Vector vector;
        switch (type.Storage)
        {
            case StorageKind.Bytes:
                vector = bytes;
                break;
            case StorageKind.Flat:
                // The values are all of one size and lie one after the other.
                var flat = FlatVector.Create(type);
                flat.Attach(bytes.Bytes, Count);
                vector = flat;
                break;
            default:
                var bits = new BitVector(type);
                bits.Prepare(Count);
                for (var i = 0; i < Count; i++)
                {
                    Bitmap.Assign(bits.Words, i, bytes.Bytes[i] != 0);
                }
                vector = body.Memory.Keep(bits);
                break;
        }
        writer.WriteField(ValueField, vector, new IpcRows(from, Count - from), body);
    }

    protected override void Clear()
    {
        values.Clear();
        lastDictionary = null;
    }

    public override void Dispose() => values.Dispose();
}
