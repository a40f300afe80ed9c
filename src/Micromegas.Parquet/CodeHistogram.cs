using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Micromegas.Columnar;
using Micromegas.Parquet.Encodings;

namespace Micromegas.Parquet;

/// <summary>
/// How often each of the numbers from 0 to <see cref="Size"/> - 1 occurs, such as the codes of a dictionary. Numbers are counted in several tables in turn, so that one that
/// repeats does not wait for its own counter to be written; very few different numbers are counted by comparing. For one thread at a time.
/// </summary>
public sealed unsafe class CodeHistogram : IDisposable
{
    /// <summary>Up to so many numbers comparing each with all costs less than counting.</summary>
    private const int FewNumbers = 8;

    /// <summary>The same where 64 numbers are compared at once.</summary>
    private const int FewBytes = 16;

    /// <summary>Up to so many numbers four tables stay in the nearest cache.</summary>
    private const int SmallSize = 2048;

    private const int Tables = 4;

    /// <summary>Fewer than this are counted one by one.</summary>
    private const int ShortRun = 32;

    /// <summary>Codes that are unpacked at once.</summary>
    private const int Block = 1024;

    private NativeBuffer? buffer;
    private uint* counts;
    private int tables;

    /// <summary>One more than the largest number.</summary>
    public int Size { get; private set; }

    /// <summary>Forgets what was counted.</summary>
    /// <param name="size">One more than the largest number.</param>
    public void Reset(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        Size = size;
        tables = size <= SmallSize ? Tables : 1;
        var bytes = (long)size * tables * sizeof(uint);
        if (buffer is null || buffer.Capacity < bytes)
        {
            buffer?.Dispose();
            buffer = null;
            buffer = BufferPool.Shared.Rent(bytes);
            counts = (uint*)buffer.Pointer;
        }
        new Span<uint>(counts, size * tables).Clear();
    }

    /// <summary>How often a number occurred; at most 2^32 - 1 times.</summary>
    public long this[int number]
    {
        get
        {
            long sum = counts[number];
            for (var table = 1; table < tables; table++)
            {
                sum += counts[(table * Size) + number];
            }
            return sum;
        }
    }

    /// <summary>Adds the tables up: looking numbers up costs less then, counting more, until the next <see cref="Reset"/>.</summary>
    public void Gather()
    {
        for (; tables > 1; tables--)
        {
            Add(counts + ((tables - 1) * Size));
        }
    }

    /// <summary>Counts a number that repeats.</summary>
    /// <param name="number">The number, below <see cref="Size"/>.</param>
    /// <param name="times">How often.</param>
    public void Add(int number, int times) => counts[number] += (uint)times;

    /// <summary>Counts numbers, each of which <paramref name="offset"/> is added to. Nothing is checked.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="count">How many.</param>
    /// <param name="offset">What is added to each.</param>
    /// <param name="largest">No number is larger.</param>
    public void Add(int* numbers, int count, int offset, int largest)
    {
        var target = counts + offset;
        if (count < ShortRun || tables == 1)
        {
            for (var i = 0; i < count; i++)
            {
                target[numbers[i]]++;
            }
        }
        else if (largest < FewNumbers && Vector256.IsHardwareAccelerated)
        {
            Compare(numbers, count, target, largest);
        }
        else
        {
            Count(numbers, count, target, Size);
        }
    }

    public void Dispose()
    {
        buffer?.Dispose();
        buffer = null;
        counts = null;
    }

    /// <summary>Counts a code that repeats.</summary>
    /// <param name="code">The code.</param>
    /// <param name="times">How often.</param>
    /// <param name="codes">How many codes there are.</param>
    /// <param name="offset">What is added to the code.</param>
    internal void AddRun(int code, int times, int codes, int offset = 0)
    {
        if ((uint)code >= (uint)codes)
        {
            ThrowNoCode();
        }
        counts[offset + code] += (uint)times;
    }

    /// <summary>Counts bit-packed codes.</summary>
    /// <param name="unpacker">Unpacks them.</param>
    /// <param name="packed">Start of a bit-packed run.</param>
    /// <param name="width">Bits a code.</param>
    /// <param name="from">First code of the run to count.</param>
    /// <param name="count">How many.</param>
    /// <param name="codes">How many codes there are.</param>
    /// <param name="offset">What is added to each.</param>
    [SkipLocalsInit]
    internal void AddPacked(BitUnpacker unpacker, byte* packed, int width, int from, int count, int codes, int offset = 0)
    {
        var source = packed + ((long)(from >> 3) * width);
        var skip = from & 7;
        if (codes <= FewBytes && width is > 0 and <= 8 && count >= ShortRun)
        {
            var some = unpacker.CountFew(source, width, skip, count, counts + offset, codes);
            if (some == count)
            {
                return;
            }
            if (some < 0)
            {
                ThrowNoCode();
            }
        }
        var block = stackalloc int[Block];
        while (count > 0)
        {
            var some = Math.Min(count, Block - skip);
            unpacker.Unpack32(source, width, (uint*)block, (skip + some + 7) & ~7);
            AddCodes(block + skip, some, codes, offset);
            source += (skip + some) / 8 * width;
            count -= some;
            skip = 0;
        }
    }

    private void AddCodes(int* numbers, int count, int codes, int offset)
    {
        var i = 0;
        var isWrong = false;
        if (Vector256.IsHardwareAccelerated && count >= Vector256<uint>.Count)
        {
            var largest = Vector256<uint>.Zero;
            for (; i <= count - Vector256<uint>.Count; i += Vector256<uint>.Count)
            {
                largest = Vector256.Max(largest, Vector256.Load((uint*)numbers + i));
            }
            isWrong = Vector256.GreaterThanOrEqualAny(largest, Vector256.Create((uint)codes));
        }
        for (; i < count; i++)
        {
            isWrong |= (uint)numbers[i] >= (uint)codes;
        }
        if (isWrong)
        {
            ThrowNoCode();
        }
        Add(numbers, count, offset, codes - 1);
    }

    private void Add(uint* table)
    {
        var i = 0;
        for (; i <= Size - Vector256<uint>.Count; i += Vector256<uint>.Count)
        {
            (Vector256.Load(counts + i) + Vector256.Load(table + i)).Store(counts + i);
        }
        for (; i < Size; i++)
        {
            counts[i] += table[i];
        }
    }

    private static void ThrowNoCode() => Throw.Corrupt("a code is not in the dictionary");

    private static void Count(int* numbers, int count, uint* first, int size)
    {
        var second = first + size;
        var third = second + size;
        var fourth = third + size;
        var i = 0;
        for (; i <= count - Tables; i += Tables)
        {
            // Two numbers a load.
            var low = *(ulong*)(numbers + i);
            var high = *(ulong*)(numbers + i + 2);
            first[(uint)low]++;
            second[low >> 32]++;
            third[(uint)high]++;
            fourth[high >> 32]++;
        }
        for (; i < count; i++)
        {
            first[numbers[i]]++;
        }
    }

    /// <summary>Every number but the largest is searched for; what is left are the largest ones.</summary>
    private static void Compare(int* numbers, int count, uint* target, int largest)
    {
        var rest = (uint)count;
        for (var number = 0; number < largest; number++)
        {
            var i = 0;
            uint found;
            if (Vector512.IsHardwareAccelerated)
            {
                var wanted = Vector512.Create(number);
                var sums = Vector512<int>.Zero;
                for (; i <= count - Vector512<int>.Count; i += Vector512<int>.Count)
                {
                    sums -= Vector512.Equals(Vector512.Load(numbers + i), wanted);
                }
                found = (uint)Vector512.Sum(sums);
            }
            else
            {
                var wanted = Vector256.Create(number);
                var sums = Vector256<int>.Zero;
                for (; i <= count - Vector256<int>.Count; i += Vector256<int>.Count)
                {
                    sums -= Vector256.Equals(Vector256.Load(numbers + i), wanted);
                }
                found = (uint)Vector256.Sum(sums);
            }
            for (; i < count; i++)
            {
                found += numbers[i] == number ? 1u : 0;
            }
            target[number] += found;
            rest -= found;
        }
        target[largest] += rest;
    }
}
