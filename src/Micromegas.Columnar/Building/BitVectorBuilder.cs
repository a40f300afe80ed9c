namespace Micromegas.Columnar;

/// <summary>Builds a <see cref="BitVector"/>.</summary>
public sealed unsafe class BitVectorBuilder : VectorBuilder
{
    private GrowableBuffer words;

    public BitVectorBuilder(DataType? type = null)
        : base(type ?? DataType.Boolean)
    {
    }

    public override long AllocatedBytes => base.AllocatedBytes + words.Capacity;

    public override void Reserve(int rows) => words.Reserve(Bitmap.WordCount(rows) * 8L);

    public void Append(bool value)
    {
        Put(value);
        CountPresent();
    }

    protected override void AppendDefault() => Put(false);

    protected override void AppendPresent(Vector source, int row)
    {
        var plain = source.Resolve(ref row);
        Put(((BitVector)plain)[row]);
    }

    protected override void AppendBoxed(object value) => Put((bool)value);

    protected override Vector BuildVector(int length, NativeBuffer? validity, Vector? into)
    {
        var vector = into as BitVector ?? new BitVector(Type);
        vector.Adopt(words.Take(), validity, length);
        return vector;
    }

    protected override Vector LookAt(int length)
    {
        var vector = new BitVector(Type);
        vector.Attach((ulong*)words.Pointer, length);
        return vector;
    }

    public override void Dispose()
    {
        base.Dispose();
        words.Dispose();
    }

    private void Put(bool value)
    {
        if ((Length & 63) == 0)
        {
            words.Reserve(8);
            *(ulong*)(words.Pointer + words.Used) = 0;
            words.Used += 8;
        }
        Bitmap.Assign((ulong*)words.Pointer, Length, value);
    }
}
