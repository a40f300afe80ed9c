namespace Micromegas.Parquet.Writing;

internal enum NumberOrder
{
    Signed,
    Unsigned,
    Float,
    Double,
}

/// <summary>Smallest and largest of numbers that travel as 64 bits. NaN does not count, and a zero bound of a float is made to cover both zeros (parquet.thrift, ColumnOrder).</summary>
internal struct NumberRange(NumberOrder order)
{
    private long min;
    private long max;
    private double minDouble = double.PositiveInfinity;
    private double maxDouble = double.NegativeInfinity;

    public bool HasValues { get; private set; }

    /// <summary>The bounds in the form of the values.</summary>
    public readonly (long Min, long Max) Bounds => order switch
    {
        NumberOrder.Float => (BitConverter.SingleToInt32Bits(minDouble == 0 ? -0f : (float)minDouble), BitConverter.SingleToInt32Bits(maxDouble == 0 ? 0f : (float)maxDouble)),
        NumberOrder.Double => (BitConverter.DoubleToInt64Bits(minDouble == 0 ? -0d : minDouble), BitConverter.DoubleToInt64Bits(maxDouble == 0 ? 0d : maxDouble)),
        _ => (min, max),
    };

    public void Include(ReadOnlySpan<long> values)
    {
        switch (order)
        {
            case NumberOrder.Signed:
                IncludeSigned(values);
                break;
            case NumberOrder.Unsigned:
                IncludeUnsigned(values);
                break;
            default:
                foreach (var value in values)
                {
                    var number = order == NumberOrder.Float ? BitConverter.Int32BitsToSingle((int)value) : BitConverter.Int64BitsToDouble(value);
                    if (!double.IsNaN(number))
                    {
                        minDouble = Math.Min(minDouble, number);
                        maxDouble = Math.Max(maxDouble, number);
                        HasValues = true;
                    }
                }
                break;
        }
    }

    private void IncludeSigned(ReadOnlySpan<long> values)
    {
        var (low, high) = HasValues ? (min, max) : (long.MaxValue, long.MinValue);
        foreach (var value in values)
        {
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }
        (min, max) = (low, high);
        HasValues |= !values.IsEmpty;
    }

    private void IncludeUnsigned(ReadOnlySpan<long> values)
    {
        var (low, high) = HasValues ? ((ulong)min, (ulong)max) : (ulong.MaxValue, 0UL);
        foreach (var value in values)
        {
            low = Math.Min(low, (ulong)value);
            high = Math.Max(high, (ulong)value);
        }
        (min, max) = ((long)low, (long)high);
        HasValues |= !values.IsEmpty;
    }

    public void Include(NumberRange other)
    {
        if (other.HasValues)
        {
            var (low, high) = other.Bounds;
            Include([low, high]);
        }
    }
}
