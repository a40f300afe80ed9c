namespace Micromegas.Parquet.Encodings;

/// <summary>Where values of any length are collected: <see cref="Count"/> + 1 offsets and the bytes.</summary>
internal sealed unsafe class BytesTarget : IDisposable
{
    private readonly ScratchBuffer offsets = new();
    private readonly ScratchBuffer bytes = new();

    public int Count { get; private set; }

    /// <summary>Bytes of the values so far.</summary>
    public long Used { get; private set; }

    public int* Offsets => (int*)offsets.Pointer;

    public byte* Bytes => bytes.Pointer;

    public void Clear()
    {
        Count = 0;
        Used = 0;
        *(int*)offsets.Ensure(4) = 0;
    }

    /// <summary>Room for the end offsets of more values; the first belongs to value <see cref="Count"/>.</summary>
    public int* ReserveOffsets(int count) => (int*)offsets.Ensure((Count + 1L + count) * 4, (Count + 1L) * 4) + Count + 1;

    /// <summary>Room for more bytes and some slack behind them.</summary>
    public byte* ReserveBytes(long count)
    {
        if (Used + count > int.MaxValue - 64)
        {
            Throw.Unsupported("a batch has more than 2 GiB of text or binary values");
        }
        return bytes.Ensure(Used + count + 64, Used) + Used;
    }

    public void Advance(int count, long byteCount)
    {
        Count += count;
        Used += byteCount;
    }

    /// <summary>Spreads the last <paramref name="present"/> values over <paramref name="slots"/> places: nulls become empty.</summary>
    public void Spread(int at, int present, int slots, ulong* validity)
    {
        ReserveOffsets(slots - present);
        var ends = Offsets + 1 + at;
        var from = present;
        var last = Offsets[at + present];
        for (var slot = slots - 1; slot >= 0; slot--)
        {
            ends[slot] = last;
            if (BitRange.Get(validity, at + slot))
            {
                from--;
                last = Offsets[at + from];
            }
        }
        Count = at + slots;
    }

    public void Dispose()
    {
        offsets.Dispose();
        bytes.Dispose();
    }
}
