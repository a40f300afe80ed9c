using System.Runtime.CompilerServices;
using Micromegas.Parquet.Reading;

namespace Micromegas.Parquet.Encodings;

internal sealed unsafe class PlainFixedDecoder(int width) : FixedDecoder(width)
{
    private PageBytes? page;
    private byte* position;
    private byte* end;

    public override void Reset(byte* start, byte* limit, int values)
    {
        page = null;
        position = start;
        end = limit;
    }

    public override void Reset(byte* start, PageBytes source, int values)
    {
        page = source;
        position = start;
        end = source.Available;
    }

    public override void Read(byte* target, int count) => Buffer.MemoryCopy(Take(count), target, (long)count * Width, (long)count * Width);

    public override byte* Take(int count)
    {
        var taken = position;
        Skip(count);
        return taken;
    }

    public override void Skip(int count)
    {
        var bytes = (long)count * Width;
        if (bytes > end - position)
        {
            end = PageBytes.Await(page, position, bytes, "a page has fewer values than its header says");
        }
        position += bytes;
    }
}

/// <summary>BYTE_STREAM_SPLIT: first the first bytes of all values, then the second ones, and so on.</summary>
internal sealed unsafe class ByteStreamSplitDecoder(int width) : FixedDecoder(width)
{
    private byte* start;
    private long count;
    private long next;

    public override void Reset(byte* first, byte* limit, int values)
    {
        start = first;
        count = (limit - first) / Width;
        next = 0;
        if (count * Width != limit - first)
        {
            Throw.Corrupt("the streams of a page have different lengths");
        }
    }

    public override void Read(byte* target, int values)
    {
        var from = start + next;
        Skip(values);
        for (var stream = 0; stream < Width; stream++, from += count)
        {
            var to = target + stream;
            for (var i = 0; i < values; i++, to += Width)
            {
                *to = from[i];
            }
        }
    }

    public override void Skip(int values)
    {
        if (values > count - next)
        {
            Throw.Corrupt("a page has fewer values than its header says");
        }
        next += values;
    }
}

internal sealed unsafe class PlainBooleanDecoder : BooleanDecoder
{
    private byte* start;
    private long next;
    private long count;

    public override void Reset(byte* first, byte* limit, int values)
    {
        start = first;
        next = 0;
        count = (limit - first) * 8;
    }

    public override void Read(ulong* bits, int at, int values)
    {
        var from = next;
        Skip(values);
        BitRange.Copy(start + (from >> 3), (int)(from & 7), bits, at, values);
    }

    public override void Skip(int values)
    {
        if (values > count - next)
        {
            Throw.Corrupt("a page has fewer values than its header says");
        }
        next += values;
    }
}

internal sealed unsafe class RleBooleanDecoder : BooleanDecoder
{
    private readonly HybridDecoder runs = new();

    public override void Reset(byte* start, byte* limit, int values)
    {
        // A page of RLE booleans starts with the length of the runs.
        if (limit - start < 4)
        {
            if (values > 0 && limit != start)
            {
                Throw.Corrupt("a page of booleans is cut off");
            }
            runs.Reset(start, start, 1);
            return;
        }
        var length = Unsafe.ReadUnaligned<uint>(start);
        if (length > limit - start - 4)
        {
            Throw.Corrupt("the runs of a page of booleans end outside it");
        }
        runs.Reset(start + 4, start + 4 + length, 1);
    }

    public override void Read(ulong* bits, int at, int count) => runs.ReadBits(bits, at, count);

    public override void Skip(int count) => runs.Skip(count);
}

/// <summary>Each value is its length in 4 bytes and its bytes.</summary>
internal sealed unsafe class PlainBytesDecoder : BytesDecoder
{
    /// <summary>Values that are looked at, and then copied, at a time: few enough for the nearest cache.</summary>
    private const int Piece = 128;

    private PageBytes? page;
    private byte* position;
    private byte* end;

    public override void Reset(byte* start, byte* limit, int values)
    {
        page = null;
        position = start;
        end = limit;
    }

    public override void Reset(byte* start, PageBytes source, int values)
    {
        page = source;
        position = start;
        end = source.Available;
    }

    public override void Read(BytesTarget target, int count)
    {
        target.ReserveOffsets(count);
        while (count > 0)
        {
            var some = Math.Min(count, Piece);
            ReadPiece(target, some);
            count -= some;
        }
    }

    public override void Skip(int count)
    {
        var at = position;
        for (var i = 0; i < count; i++)
        {
            if (end - at < 4)
            {
                end = PageBytes.Await(page, at, 4, "a page has fewer values than its header says");
            }
            var length = Unsafe.ReadUnaligned<uint>(at);
            at += 4;
            if (length > end - at)
            {
                end = PageBytes.Await(page, at, length, "a text or binary value ends outside its page");
            }
            at += length;
        }
        position = at;
    }

    private void ReadPiece(BytesTarget target, int count)
    {
        var ends = target.ReserveOffsets(count);
        var from = position;
        Skip(count);
        var total = position - from - (4L * count);
        var to = target.ReserveBytes(total + ShortCopy.MessageLength);
        var used = (int)target.Used;
        var isShort = total < count * 16L || (page is null ? end : page.End) - position < ShortCopy.MessageLength;
        for (var i = 0; i < count; i++)
        {
            var length = Unsafe.ReadUnaligned<int>(from);
            from += 4;
            if (isShort)
            {
                ShortCopy.Copy(to, from, length);
            }
            else
            {
                ShortCopy.CopyMessage(to, from, length);
            }
            to += length;
            from += length;
            used += length;
            ends[i] = used;
        }
        target.Advance(count, total);
    }
}
