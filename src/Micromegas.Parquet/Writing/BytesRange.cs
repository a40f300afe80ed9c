using System.Buffers.Binary;

namespace Micromegas.Parquet.Writing;

internal enum BytesOrder
{
    Unsigned,
    BigEndianSigned,
    Half,
}

/// <summary>Smallest and largest of byte strings; keeps copies.</summary>
internal sealed class BytesRange(BytesOrder order)
{
    private readonly ByteBuffer min = new();
    private readonly ByteBuffer max = new();

    public bool HasValues { get; private set; }

    public ReadOnlySpan<byte> Min => min.WrittenSpan;

    public ReadOnlySpan<byte> Max => max.WrittenSpan;

    public void Clear() => HasValues = false;

    public void Include(ReadOnlySpan<byte> value)
    {
        if (order == BytesOrder.Half && Half.IsNaN(BinaryPrimitives.ReadHalfLittleEndian(value)))
        {
            return;
        }
        if (!HasValues || Compare(value, Min) < 0)
        {
            Set(min, value);
        }
        if (!HasValues || Compare(value, Max) > 0)
        {
            Set(max, value);
        }
        HasValues = true;
    }

    /// <summary>The bounds uncut; zeros of half floats are made to cover both zeros.</summary>
    public EncodedBounds EncodeFixed()
    {
        var low = Min.ToArray();
        var high = Max.ToArray();
        if (order == BytesOrder.Half)
        {
            if (BinaryPrimitives.ReadHalfLittleEndian(low) == Half.Zero)
            {
                BinaryPrimitives.WriteHalfLittleEndian(low, Half.NegativeZero);
            }
            if (BinaryPrimitives.ReadHalfLittleEndian(high) == Half.Zero)
            {
                BinaryPrimitives.WriteHalfLittleEndian(high, Half.Zero);
            }
        }
        return new EncodedBounds(low, high);
    }

    private static void Set(ByteBuffer target, ReadOnlySpan<byte> value)
    {
        target.Clear();
        target.Put(value);
    }

    private int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        switch (order)
        {
            case BytesOrder.Half:
                return BinaryPrimitives.ReadHalfLittleEndian(left).CompareTo(BinaryPrimitives.ReadHalfLittleEndian(right));
            case BytesOrder.BigEndianSigned:
                // All have the same length; only the sign bit turns the order around.
                var sign = ((sbyte)left[0]).CompareTo((sbyte)right[0]);
                return left[0] != right[0] ? sign : left.SequenceCompareTo(right);
            default:
                return left.SequenceCompareTo(right);
        }
    }
}
