using Micromegas.Parquet.Reading;

namespace Micromegas.Parquet.Encodings;

/// <summary>DELTA_LENGTH_BYTE_ARRAY: delta-coded lengths, then all bytes.</summary>
internal sealed unsafe class DeltaLengthDecoder : BytesDecoder
{
    private readonly DeltaDecoder lengths = new();
    private readonly ScratchBuffer scratch = new();
    private PageBytes? page;
    private byte* position;
    private byte* end;

    public override void Reset(byte* start, byte* limit, int values)
    {
        page = null;
        lengths.Reset(start, limit);
        position = lengths.FindEnd();
        end = limit;
    }

    public override void Reset(byte* start, PageBytes source, int values)
    {
        page = source;
        position = lengths.Reset(start, source);
        end = source.End;
    }

    public override void Read(BytesTarget target, int count)
    {
        var from = position;
        var ends = target.ReserveOffsets(count);
        var total = TakeLengths(ends, count, (int)target.Used);
        page?.Ensure(position);
        var to = target.ReserveBytes(total);
        Buffer.MemoryCopy(from, to, total, total);
        target.Advance(count, total);
    }

    public override byte* Take(BytesTarget target, int count)
    {
        var from = position;
        target.Clear();
        var total = TakeLengths(target.ReserveOffsets(count), count, 0);
        page?.Ensure(position);
        target.Advance(count, total);
        return from;
    }

    public override void Skip(int count)
    {
        var lengthValues = (long*)scratch.Ensure(Columnar.Batch.MaxRows * 8L);
        while (count > 0)
        {
            var some = Math.Min(count, Columnar.Batch.MaxRows);
            lengths.Read(lengthValues, some);
            var seen = 0L;
            var total = 0L;
            for (var i = 0; i < some; i++)
            {
                seen |= lengthValues[i];
                total += lengthValues[i];
            }
            Pass(seen, total);
            count -= some;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        lengths.Dispose();
        scratch.Dispose();
    }

    private long TakeLengths(int* ends, int count, int used)
    {
        var lengthValues = (long*)scratch.Ensure(count * 8L);
        lengths.Read(lengthValues, count);
        var seen = 0L;
        var total = 0L;
        for (var i = 0; i < count; i++)
        {
            seen |= lengthValues[i];
            total += lengthValues[i];
            ends[i] = unchecked(used + (int)total);
        }
        Pass(seen, total);
        return total;
    }

    /// <summary>Checks lengths all at once: none is negative or too large to be added up, and together they are not more than what is there.</summary>
    /// <param name="seen">All bits of the lengths.</param>
    /// <param name="total">Their sum.</param>
    private void Pass(long seen, long total)
    {
        if ((ulong)seen > int.MaxValue || total > end - position)
        {
            Throw.Corrupt("a text or binary value ends outside its page");
        }
        position += total;
    }
}

/// <summary>
/// DELTA_BYTE_ARRAY: each value shares a prefix with the one before it; delta-coded prefix lengths, delta-coded suffix lengths, then the suffixes.
/// </summary>
internal sealed unsafe class DeltaByteArrayDecoder : BytesDecoder
{
    /// <summary>A few damaged bytes can demand any amount of repeated prefixes; a batch gets this much, and more only from a large page.</summary>
    private const long SafeExpansion = 256 << 20;

    private readonly DeltaDecoder prefixes = new();
    private readonly DeltaDecoder suffixes = new();
    private readonly ScratchBuffer scratch = new();
    private readonly BytesTarget passed = new();

    /// <summary>The last value that was read or skipped.</summary>
    private readonly ScratchBuffer lastValue = new();
    private int lastLength;
    private PageBytes? page;
    private byte* position;
    private byte* end;
    private long largestBatch;

    public override void Reset(byte* start, PageBytes source, int values)
    {
        page = source;
        position = suffixes.Reset(prefixes.Reset(start, source), source);
        Begin(start, source.End);
    }

    public override void Reset(byte* start, byte* limit, int values)
    {
        page = null;
        prefixes.Reset(start, limit);
        var middle = prefixes.FindEnd();
        suffixes.Reset(middle, limit);
        position = suffixes.FindEnd();
        Begin(start, limit);
    }

    private void Begin(byte* start, byte* limit)
    {
        end = limit;
        lastLength = 0;
        lastValue.Ensure(64);
        largestBatch = SafeExpansion + (16 * (limit - start));
    }

    public override void Read(BytesTarget target, int count)
    {
        if (count == 0)
        {
            return;
        }
        var prefixLengths = (long*)scratch.Ensure(count * 16L);
        var suffixLengths = prefixLengths + count;
        prefixes.Read(prefixLengths, count);
        suffixes.Read(suffixLengths, count);
        var ends = target.ReserveOffsets(count);
        var total = CheckLengths(prefixLengths, suffixLengths, ends, count, target.Used, out var suffixEnd);
        page?.Ensure(suffixEnd);
        var to = target.ReserveBytes(total);
        var previous = lastValue.Pointer;
        var from = position;
        for (var i = 0; i < count; i++)
        {
            var prefix = (int)prefixLengths[i];
            var suffix = (int)suffixLengths[i];
            ShortCopy.Copy(to, previous, prefix);
            ShortCopy.Copy(to + prefix, from, suffix);
            previous = to;
            to += prefix + suffix;
            from += suffix;
        }
        position = from;
        lastLength = (int)(to - previous);
        Buffer.MemoryCopy(previous, lastValue.Ensure(lastLength + 64L), lastLength, lastLength);
        target.Advance(count, total);
    }

    public override void Skip(int count)
    {
        // A later value may share a prefix with any earlier one, so they all have to be put together.
        while (count > 0)
        {
            var some = Math.Min(count, Columnar.Batch.MaxRows);
            passed.Clear();
            Read(passed, some);
            count -= some;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        prefixes.Dispose();
        suffixes.Dispose();
        scratch.Dispose();
        passed.Dispose();
        lastValue.Dispose();
    }

    private long CheckLengths(long* prefixLengths, long* suffixLengths, int* ends, int count, long used, out byte* suffixEnd)
    {
        long previous = lastLength;
        long total = 0;
        var available = end - position;
        for (var i = 0; i < count; i++)
        {
            if ((ulong)prefixLengths[i] > (ulong)previous || (ulong)suffixLengths[i] > (ulong)available)
            {
                Throw.Corrupt("a prefix or suffix is longer than what is there");
            }
            available -= (nint)suffixLengths[i];
            previous = prefixLengths[i] + suffixLengths[i];
            total += previous;
            ends[i] = unchecked((int)(used + total));
        }
        if (total > largestBatch)
        {
            Throw.Unsupported($"a batch of {total} bytes of prefix-coded values is not supported");
        }
        suffixEnd = end - available;
        return total;
    }
}

/// <summary>DELTA_BYTE_ARRAY columns of fixed length.</summary>
internal sealed unsafe class DeltaByteArrayFixedDecoder(int width) : FixedDecoder(width)
{
    private readonly DeltaByteArrayDecoder decoder = new();
    private readonly BytesTarget target = new();

    public override void Reset(byte* start, byte* end, int values) => decoder.Reset(start, end, values);

    public override void Reset(byte* start, PageBytes page, int values) => decoder.Reset(start, page, values);

    public override void Skip(int count) => decoder.Skip(count);

    public override void Read(byte* values, int count)
    {
        target.Clear();
        decoder.Read(target, count);
        for (var i = 0; i < count; i++)
        {
            if (target.Offsets[i + 1] - target.Offsets[i] != Width)
            {
                Throw.Corrupt("a value does not have the column's length");
            }
        }
        Buffer.MemoryCopy(target.Bytes, values, (long)count * Width, (long)count * Width);
    }

    public override void Dispose()
    {
        base.Dispose();
        decoder.Dispose();
        target.Dispose();
    }
}
