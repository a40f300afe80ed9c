using System.Numerics;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;

namespace Micromegas.Parquet.Encodings;

/// <summary>
/// Decodes the hybrid of run-length runs and bit-packed runs (levels, dictionary codes, RLE booleans).
/// Format: "Run Length Encoding / Bit-Packing Hybrid" of Parquet's Encodings.
/// </summary>
internal sealed unsafe class HybridDecoder
{
    private readonly BitUnpacker unpacker = BitUnpacker.Best;
    private byte* position;
    private byte* end;
    private int width;

    /// <summary>Values left in the current run.</summary>
    private int left;
    private bool isPacked;
    private int runValue;

    /// <summary>Start of the current bit-packed run, and values of it already taken.</summary>
    private byte* packed;
    private int taken;

    /// <param name="start">First byte; up to 64 bytes behind <paramref name="limit"/> must be readable.</param>
    /// <param name="limit">End of the encoded bytes.</param>
    /// <param name="bits">Bits a value, at most 32.</param>
    public void Reset(byte* start, byte* limit, int bits)
    {
        position = start;
        end = limit;
        width = bits;
        left = 0;
    }

    public void Read(int* target, int count)
    {
        while (count > 0)
        {
            if (left == 0)
            {
                NextRun();
            }
            var some = Math.Min(count, left);
            if (isPacked)
            {
                Unpack(target, some);
                taken += some;
            }
            else
            {
                new Span<int>(target, some).Fill(runValue);
            }
            left -= some;
            target += some;
            count -= some;
        }
    }

    public void Skip(int count)
    {
        while (count > 0)
        {
            if (left == 0)
            {
                NextRun();
            }
            var some = Math.Min(count, left);
            taken += some;
            left -= some;
            count -= some;
        }
    }

    /// <summary>
    /// Takes values as runs of equal ones as long as they come in long runs; stops before a long bit-packed run or when <paramref name="capacity"/> is used up.
    /// </summary>
    /// <param name="runs">Receives runs whose ends count from <paramref name="start"/>.</param>
    /// <param name="runCount">Runs already there, counted up.</param>
    /// <param name="capacity">Runs that fit.</param>
    /// <param name="start">Row of the first value.</param>
    /// <param name="count">Values wanted.</param>
    /// <returns>Values taken.</returns>
    public int ReadRuns(DictionaryRun* runs, ref int runCount, int capacity, int start, int count)
    {
        const int LongestPacked = 64;
        var scratch = stackalloc int[LongestPacked];
        var done = 0;
        while (done < count)
        {
            if (left == 0)
            {
                NextRun();
            }
            var some = Math.Min(count - done, left);
            if (!isPacked)
            {
                if (runCount > 0 && runs[runCount - 1].Code == runValue)
                {
                    runs[runCount - 1] = new DictionaryRun(start + done + some, runValue);
                }
                else if (runCount < capacity)
                {
                    runs[runCount++] = new DictionaryRun(start + done + some, runValue);
                }
                else
                {
                    return done;
                }
            }
            else
            {
                if (some > LongestPacked || capacity - runCount < some)
                {
                    return done;
                }
                Unpack(scratch, some);
                taken += some;
                for (var i = 0; i < some; i++)
                {
                    if (runCount > 0 && runs[runCount - 1].Code == scratch[i])
                    {
                        runs[runCount - 1] = new DictionaryRun(start + done + i + 1, scratch[i]);
                    }
                    else
                    {
                        runs[runCount++] = new DictionaryRun(start + done + i + 1, scratch[i]);
                    }
                }
            }
            left -= some;
            done += some;
        }
        return done;
    }

    /// <summary>Takes codes and counts them.</summary>
    /// <param name="count">How many are taken.</param>
    /// <param name="histogram">Counts them.</param>
    /// <param name="codes">How many codes there are.</param>
    /// <param name="offset">What is added to each.</param>
    public void Count(int count, CodeHistogram histogram, int codes, int offset)
    {
        while (count > 0)
        {
            if (left == 0)
            {
                NextRun();
            }
            var some = Math.Min(count, left);
            if (isPacked)
            {
                histogram.AddPacked(unpacker, packed, width, taken, some, codes, offset);
                taken += some;
            }
            else
            {
                histogram.AddRun(runValue, some, codes, offset);
            }
            left -= some;
            count -= some;
        }
    }

    /// <summary>Takes one-bit values if all of them are one and lie in one run.</summary>
    public bool TryTakeOnes(int count)
    {
        if (left == 0)
        {
            NextRun();
        }
        if (isPacked || runValue == 0 || left < count)
        {
            return false;
        }
        left -= count;
        return true;
    }

    /// <summary>Takes one-bit values and gives how many are set.</summary>
    public int CountOnes(int count)
    {
        const int Most = 1024;
        var bits = stackalloc ulong[Most / 64];
        var ones = 0;
        while (count > 0)
        {
            if (left == 0)
            {
                NextRun();
            }
            var some = Math.Min(count, left);
            if (isPacked)
            {
                some = Math.Min(some, Most);
                ones += BitRange.Copy(packed, taken, bits, 0, some);
                taken += some;
            }
            else
            {
                ones += runValue != 0 ? some : 0;
            }
            left -= some;
            count -= some;
        }
        return ones;
    }

    /// <summary>Reads one-bit values into a bit map.</summary>
    /// <returns>How many are set.</returns>
    public int ReadBits(ulong* bits, int at, int count)
    {
        var ones = 0;
        while (count > 0)
        {
            if (left == 0)
            {
                NextRun();
            }
            var some = Math.Min(count, left);
            if (isPacked)
            {
                ones += BitRange.Copy(packed, taken, bits, at, some);
                taken += some;
            }
            else
            {
                BitRange.Fill(bits, at, some, runValue != 0);
                ones += runValue != 0 ? some : 0;
            }
            left -= some;
            at += some;
            count -= some;
        }
        return ones;
    }

    /// <summary>Unpacks the next <paramref name="count"/> values of the bit-packed run without taking them.</summary>
    private void Unpack(int* target, int count)
    {
        var from = taken;
        if ((from & 7) != 0 || count < 8)
        {
            var group = stackalloc uint[8];
            var skip = from & 7;
            unpacker.Unpack32(packed + ((long)(from >> 3) * width), width, group, 8);
            var some = Math.Min(8 - skip, count);
            for (var i = 0; i < some; i++)
            {
                target[i] = (int)group[skip + i];
            }
            target += some;
            from += some;
            count -= some;
        }
        var whole = count & ~7;
        if (whole > 0)
        {
            unpacker.Unpack32(packed + ((long)(from >> 3) * width), width, (uint*)target, whole);
        }
        if (count > whole)
        {
            var group = stackalloc uint[8];
            unpacker.Unpack32(packed + ((long)((from + whole) >> 3) * width), width, group, 8);
            for (var i = whole; i < count; i++)
            {
                target[i] = (int)group[i - whole];
            }
        }
    }

    private void NextRun()
    {
        ulong header = 0;
        for (var shift = 0; ; shift += 7)
        {
            if (position >= end || shift > 28)
            {
                Throw.Corrupt("a run of levels or codes is missing or has no proper header");
            }
            var part = *position++;
            header |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                break;
            }
        }
        isPacked = (header & 1) != 0;
        var length = (long)(header >> 1);
        if (isPacked)
        {
            NextPacked(length);
        }
        else
        {
            NextRepeated(length);
        }
        if (left == 0)
        {
            Throw.Corrupt("a run of levels or codes is empty");
        }
    }

    private void NextPacked(long groups)
    {
        var bytes = groups * width;
        var values = groups * 8;
        packed = position;
        taken = 0;
        if (bytes > end - position)
        {
            // Some writers leave out the padding of the last group.
            bytes = end - position;
            values = bytes * 8 / width;
        }
        position += bytes;
        left = (int)Math.Min(values, int.MaxValue);
    }

    private void NextRepeated(long count)
    {
        var bytes = (width + 7) >> 3;
        if (bytes > end - position)
        {
            Throw.Corrupt("a run of levels or codes is cut off");
        }
        uint value = 0;
        for (var i = 0; i < bytes; i++)
        {
            value |= (uint)*position++ << (8 * i);
        }
        if (width < 32 && value >> width != 0)
        {
            Throw.Corrupt("a repeated level or code has too many bits");
        }
        runValue = (int)value;
        left = (int)Math.Min(count, int.MaxValue);
    }
}
