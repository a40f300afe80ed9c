using System.Runtime.CompilerServices;
using Micromegas.Parquet.Reading;

namespace Micromegas.Parquet.Encodings;

/// <summary>
/// DELTA_BINARY_PACKED: blocks of miniblocks of bit-packed differences. 32-bit columns are decoded in 64 bits and cut, which gives the same values modulo 2³².
/// Format: "Delta Encoding" of Parquet's Encodings.
/// </summary>
internal sealed unsafe class DeltaDecoder : IDisposable
{
    /// <summary>Writers use 128 or 256; more than this only costs memory.</summary>
    private const int LargestBlock = 1 << 16;

    /// <summary>Bytes that a number of the format takes at most, and so the four of the header.</summary>
    private const int LongestVarint = 10, LongestHeader = 4 * LongestVarint;

    private readonly BitUnpacker unpacker = BitUnpacker.Best;
    private readonly ScratchBuffer buffer = new();
    private readonly ScratchBuffer padded = new();
    private byte* position;
    private byte* end;
    private int miniblocks;
    private int miniblockSize;

    /// <summary>Values not yet decoded from the stream.</summary>
    private int undecoded;
    private long last;
    private bool firstPending;
    private long minDelta;
    private byte* widths;
    private int miniblock;

    private int buffered;
    private int bufferNext;

    /// <summary>Values not yet taken.</summary>
    public int Left { get; private set; }

    public void Reset(byte* start, byte* limit)
    {
        position = start;
        end = limit;
        buffered = 0;
        bufferNext = 0;
        var blockSize = ReadVarint();
        var count = ReadVarint();
        var total = ReadVarint();
        last = ReadZigZag();
        if (blockSize is 0 or > LargestBlock || count == 0 || blockSize % count != 0 || blockSize / count % 32 != 0 || total > int.MaxValue)
        {
            Throw.Corrupt("a delta-coded page has an impossible header");
        }
        miniblocks = (int)count;
        miniblockSize = (int)(blockSize / count);
        Left = (int)total;
        undecoded = Left;
        firstPending = Left > 0;
        miniblock = miniblocks;
    }

    public void Read(long* target, int count)
    {
        Require(count);
        Left -= count;
        while (count > 0)
        {
            if (bufferNext < buffered)
            {
                var some = Math.Min(buffered - bufferNext, count);
                Buffer.MemoryCopy((long*)buffer.Pointer + bufferNext, target, some * 8L, some * 8L);
                bufferNext += some;
                target += some;
                count -= some;
            }
            else if (firstPending)
            {
                *target++ = last;
                firstPending = false;
                undecoded--;
                count--;
            }
            else if (count >= miniblockSize)
            {
                var some = DecodeMiniblock(target);
                target += some;
                count -= some;
            }
            else
            {
                FillBuffer();
            }
        }
    }

    public void Skip(int count)
    {
        Require(count);
        Left -= count;
        while (count > 0)
        {
            if (bufferNext < buffered)
            {
                var some = Math.Min(buffered - bufferNext, count);
                bufferNext += some;
                count -= some;
            }
            else if (firstPending)
            {
                firstPending = false;
                undecoded--;
                count--;
            }
            else
            {
                FillBuffer();
            }
        }
    }

    /// <summary>Begins values of a page of which only the beginning may be there yet, and makes all of them available.</summary>
    /// <returns>Where they end.</returns>
    public byte* Reset(byte* start, PageBytes page)
    {
        page.Ensure(start + Math.Min(LongestHeader, page.End - start));
        Reset(start, page.End);
        return FindEnd(page);
    }

    /// <summary>Where the encoded values end, found from the block headers alone. Call it before anything is read.</summary>
    public byte* FindEnd(PageBytes? page = null)
    {
        var at = position;
        var left = undecoded - 1L;
        while (left > 0)
        {
            page?.Ensure(at + Math.Min(LongestVarint + miniblocks, end - at));
            for (var more = true; more; at++)
            {
                if (at >= end)
                {
                    Throw.Corrupt("a delta-coded page is cut off");
                }
                more = *at >= 0x80;
            }
            if (end - at < miniblocks)
            {
                Throw.Corrupt("a delta-coded page is cut off");
            }
            var sizes = at;
            at += miniblocks;
            for (var i = 0; i < miniblocks && left > 0; i++, left -= miniblockSize)
            {
                at += Math.Min((long)sizes[i] * miniblockSize / 8, end - at);
            }
        }
        page?.Ensure(at);
        return at;
    }

    public void Dispose()
    {
        buffer.Dispose();
        padded.Dispose();
    }

    private void Require(int count)
    {
        if (count > Left)
        {
            Throw.Corrupt("a page has fewer values than its header says");
        }
    }

    private void FillBuffer()
    {
        buffered = DecodeMiniblock((long*)buffer.Ensure(miniblockSize * 8L));
        bufferNext = 0;
    }

    /// <summary>Decodes the next miniblock; <paramref name="target"/> takes a whole one, of which the result says how many count.</summary>
    private int DecodeMiniblock(long* target)
    {
        if (miniblock == miniblocks)
        {
            NextBlock();
        }
        int width = widths[miniblock++];
        if (width > 64)
        {
            Throw.Corrupt("a delta-coded page has differences of more than 64 bits");
        }
        var source = position;
        var bytes = (long)miniblockSize * width / 8;
        var some = Math.Min(miniblockSize, undecoded);
        if (bytes > end - position)
        {
            // Only the padding of the last miniblock may be missing.
            var have = end - position;
            if ((((long)some * width) + 7) / 8 > have)
            {
                Throw.Corrupt("a delta-coded page is cut off");
            }
            source = padded.Ensure(bytes);
            new Span<byte>(source, (int)bytes).Clear();
            Buffer.MemoryCopy(position, source, bytes, have);
            bytes = have;
        }
        position += bytes;
        undecoded -= some;
        if (width == 0)
        {
            FillLinear(target, some);
        }
        else
        {
            unpacker.UnpackSums(source, width, target, miniblockSize, last, minDelta);
            last = some > 0 ? target[some - 1] : last;
        }
        return some;
    }

    private void FillLinear(long* target, int count)
    {
        var value = last;
        for (var i = 0; i < count; i++)
        {
            value += minDelta;
            target[i] = value;
        }
        last = value;
    }

    private void NextBlock()
    {
        minDelta = ReadZigZag();
        if (end - position < miniblocks)
        {
            Throw.Corrupt("a delta-coded page is cut off");
        }
        widths = position;
        position += miniblocks;
        miniblock = 0;
    }

    private long ReadZigZag()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (position >= end)
            {
                Throw.Corrupt("a delta-coded page is cut off");
            }
            var part = *position++;
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
        Throw.Corrupt("a number of a delta-coded page is too long");
        return 0;
    }
}

/// <summary>DELTA_BINARY_PACKED columns of 4 or 8 bytes.</summary>
internal sealed unsafe class DeltaFixedDecoder(int width) : FixedDecoder(width)
{
    private const int Chunk = 1024;

    private readonly DeltaDecoder decoder = new();
    private readonly ScratchBuffer wide = new();

    public override void Reset(byte* start, byte* end, int values) => decoder.Reset(start, end);

    public override void Skip(int count) => decoder.Skip(count);

    public override void Read(byte* target, int count)
    {
        if (Width == 8)
        {
            decoder.Read((long*)target, count);
            return;
        }
        var values = (long*)wide.Ensure(Chunk * 8);
        var narrow = (int*)target;
        while (count > 0)
        {
            var some = Math.Min(count, Chunk);
            decoder.Read(values, some);
            for (var i = 0; i < some; i++)
            {
                narrow[i] = (int)values[i];
            }
            narrow += some;
            count -= some;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        decoder.Dispose();
        wide.Dispose();
    }
}
