namespace Micromegas.Columnar;

/// <summary>Builds a <see cref="ListVector"/>: append the items to <see cref="Items"/>, then close the row with <see cref="EndList"/>.</summary>
public sealed unsafe class ListVectorBuilder : VectorBuilder
{
    private GrowableBuffer offsets;

    public ListVectorBuilder(DataType type)
        : base(type) => Items = Create(type.ValueType.ItemField.Type);

    /// <summary>Takes the items of all rows.</summary>
    public VectorBuilder Items { get; }

    public override long AllocatedBytes => base.AllocatedBytes + offsets.Capacity + Items.AllocatedBytes;

    public override long GrowthBytes(int more) =>
        offsets.GrowthBytes((more + 1L) * sizeof(int)) + Items.GrowthBytes((int)Math.Min(Share(Items.Length, more), int.MaxValue / 2));

    public override void Reserve(int rows) => offsets.Reserve((rows + 1L) * 4);

    /// <summary>Makes a row of the items that were appended since the last row.</summary>
    public void EndList()
    {
        PutEnd();
        CountPresent();
    }

    protected override void AppendDefault() => PutEnd();

    protected override void AppendPresent(Vector source, int row)
    {
        var list = (ListVector)source.Resolve(ref row);
        Items.AppendRange(list.Items, list.Offsets[row], list.Offsets[row + 1] - list.Offsets[row]);
        PutEnd();
    }

    protected override void AppendBoxed(object value)
    {
        foreach (var item in (object?[])value)
        {
            Items.AppendValue(item);
        }
        PutEnd();
    }

    protected override Vector BuildVector(int length, NativeBuffer? validity, Vector? into)
    {
        if (offsets.Used == 0)
        {
            PutOffset(0);
        }
        var vector = new ListVector(Type, Items.Build()) { OwnsItems = true };
        vector.Adopt(offsets.Take(), validity, length);
        return vector;
    }

    protected override Vector LookAt(int length)
    {
        if (offsets.Used == 0)
        {
            PutOffset(0);
        }
        var items = Items.Look();
        var vector = new ListVector(Type, items);
        vector.Attach(items, (int*)offsets.Pointer, length);
        return vector;
    }

    public override void Dispose()
    {
        base.Dispose();
        offsets.Dispose();
        Items.Dispose();
    }

    private void PutEnd()
    {
        if (offsets.Used == 0)
        {
            PutOffset(0);
        }
        PutOffset(Items.Length);
    }

    private void PutOffset(int offset)
    {
        offsets.Reserve(4);
        *(int*)(offsets.Pointer + offsets.Used) = offset;
        offsets.Used += 4;
    }
}
