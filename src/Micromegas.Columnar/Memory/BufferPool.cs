using System.Collections.Concurrent;
using System.Numerics;

namespace Micromegas.Columnar;

/// <summary>
/// Keeps native buffers for reuse: touching fresh memory costs far more than reading it.
/// Sizes are rounded up to a power of two, from 1 KiB. Thread-safe.
/// </summary>
public sealed class BufferPool
{
    private const int SmallestShift = 10;
    private const int LargestShift = 27;

    private readonly ConcurrentBag<NativeBuffer>[] free = new ConcurrentBag<NativeBuffer>[LargestShift - SmallestShift + 1];
    private readonly long retainedLimit;
    private long retained;
    private long outstanding;
    private long outstandingCount;

    /// <param name="retainedLimit">Bytes of unused buffers that the pool keeps; what exceeds it is freed at once.</param>
    public BufferPool(long retainedLimit = 256L << 20)
    {
        this.retainedLimit = retainedLimit;
        for (var i = 0; i < free.Length; i++)
        {
            free[i] = [];
        }
    }

    /// <summary>The pool of the process.</summary>
    public static BufferPool Shared { get; } = new();

    /// <summary>Bytes that are rented now.</summary>
    public long OutstandingBytes => Volatile.Read(ref outstanding);

    /// <summary>Buffers that are rented now.</summary>
    public long OutstandingCount => Volatile.Read(ref outstandingCount);

    /// <summary>Bytes of unused buffers that are kept.</summary>
    public long RetainedBytes => Volatile.Read(ref retained);

    /// <summary>A buffer of at least <paramref name="bytes"/> bytes; its content is undefined.</summary>
    public NativeBuffer Rent(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var shift = ShiftOf(bytes);
        NativeBuffer? buffer;
        if (shift <= LargestShift && free[shift - SmallestShift].TryTake(out buffer))
        {
            Interlocked.Add(ref retained, -buffer.Capacity);
        }
        else
        {
            buffer = new NativeBuffer(this, shift <= LargestShift ? 1L << shift : checked((bytes + 0xfffff) & ~0xfffffL));
        }
        buffer.MarkRented();
        Interlocked.Add(ref outstanding, buffer.Capacity);
        Interlocked.Increment(ref outstandingCount);
        return buffer;
    }

    /// <summary>Frees every unused buffer.</summary>
    public void Trim()
    {
        foreach (var bag in free)
        {
            while (bag.TryTake(out var buffer))
            {
                Interlocked.Add(ref retained, -buffer.Capacity);
                buffer.Free();
            }
        }
    }

    internal void Return(NativeBuffer buffer)
    {
        Forget(buffer);
        var shift = ShiftOf(buffer.Capacity);
        if (shift > LargestShift || Interlocked.Add(ref retained, buffer.Capacity) > retainedLimit)
        {
            if (shift <= LargestShift)
            {
                Interlocked.Add(ref retained, -buffer.Capacity);
            }
            buffer.Free();
            return;
        }
        free[shift - SmallestShift].Add(buffer);
    }

    internal void Forget(NativeBuffer buffer)
    {
        Interlocked.Add(ref outstanding, -buffer.Capacity);
        Interlocked.Decrement(ref outstandingCount);
    }

    private static int ShiftOf(long bytes) =>
        bytes <= 1L << SmallestShift ? SmallestShift : 64 - BitOperations.LeadingZeroCount((ulong)(bytes - 1));
}
