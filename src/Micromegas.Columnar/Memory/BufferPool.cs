using System.Collections.Concurrent;
using System.Numerics;

namespace Micromegas.Columnar;

/// <summary>
/// Keeps native buffers for reuse: touching fresh memory costs far more than reading it.
/// Sizes are rounded up: to a power of two from 1 KiB on, above 64 KiB to a quarter of one. Thread-safe.
/// </summary>
public sealed class BufferPool
{
    private const int SmallestShift = 10;
    private const int LargestShift = 27;

    /// <summary>From this size on there are four sizes between a power of two and the next.</summary>
    private const int QuarterShift = 16;

    /// <summary>An unused buffer is taken in place of one that is up to two sizes smaller.</summary>
    private const int LargerSizes = 2;

    /// <summary>
    /// Budgets that are no larger than this together are meant to be kept to the byte: then large blocks are mapped one by one, so that what is freed is the system's again. Mapping
    /// and clearing them costs a fifth to a half of the time of statements that read what is not cached, where memory is plenty.
    /// </summary>
    private const long SmallLimits = 1L << 30;

    private static readonly long[] Capacities = MakeCapacities();

    private readonly ConcurrentBag<NativeBuffer>[] free = new ConcurrentBag<NativeBuffer>[Capacities.Length];
    private readonly long retainedLimit;
    private long retained;
    private long outstanding;
    private long outstandingCount;
    private long held;
    private long peakHeld;
    private long limits;

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

    /// <summary>Bytes that the pool holds, rented or not.</summary>
    public long HeldBytes => Volatile.Read(ref held);

    /// <summary>The most bytes that the pool held at one time since <see cref="ResetPeak"/>.</summary>
    internal long PeakHeldBytes => Volatile.Read(ref peakHeld);

    /// <summary>A buffer of at least <paramref name="bytes"/> bytes; its content is undefined.</summary>
    public NativeBuffer Rent(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (TakeUnused(SizeOf(bytes)) is not { } buffer)
        {
            // What a process may hold includes what lies unused.
            var capacity = CapacityFor(bytes);
            Trim(capacity);
            buffer = new NativeBuffer(this, capacity, isMapped: Volatile.Read(ref limits) is > 0 and <= SmallLimits);
            Maximum.Raise(ref peakHeld, Interlocked.Add(ref held, capacity));
        }
        buffer.MarkRented(MemoryBudget.Current);
        Interlocked.Add(ref outstanding, buffer.Capacity);
        Interlocked.Increment(ref outstandingCount);
        return buffer;
    }

    /// <summary>Bytes that a buffer of at least so many bytes has, if it is a new one.</summary>
    public static long CapacityFor(long bytes)
    {
        var size = SizeOf(bytes);
        return size < Capacities.Length ? Capacities[size] : checked((bytes + 0xfffff) & ~0xfffffL);
    }

    /// <summary>Frees every unused buffer.</summary>
    public void Trim()
    {
        foreach (var bag in free)
        {
            while (bag.TryTake(out var buffer))
            {
                Interlocked.Add(ref retained, -buffer.Capacity);
                Free(buffer);
            }
        }
    }

    /// <summary>
    /// A further budget draws on the pool. From the first one on, unused buffers are kept only as long as they and those in use stay within the limits
    /// of all budgets.
    /// </summary>
    /// <param name="limit">The budget's limit.</param>
    public void AddLimit(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        long seen;
        do
        {
            seen = Volatile.Read(ref limits);
        }
        while (Interlocked.CompareExchange(ref limits, limit > long.MaxValue - seen ? long.MaxValue : seen + limit, seen) != seen);
    }

    /// <summary>Counts <see cref="PeakHeldBytes"/> anew.</summary>
    internal void ResetPeak() => Volatile.Write(ref peakHeld, HeldBytes);

    internal void Return(NativeBuffer buffer)
    {
        Forget(buffer);
        var size = SizeOf(buffer.Capacity);
        if (size >= free.Length || HeldBytes > Limit)
        {
            Free(buffer);
            return;
        }
        if (Interlocked.Add(ref retained, buffer.Capacity) > retainedLimit)
        {
            Interlocked.Add(ref retained, -buffer.Capacity);
            Free(buffer);
            return;
        }
        free[size].Add(buffer);
    }

    private NativeBuffer? TakeUnused(int size)
    {
        var end = Capacities.Length;
        if (size < end)
        {
            end = Math.Min(end, Capacities[size] <= 1L << QuarterShift ? size + 1 : size + LargerSizes + 1);
        }
        for (; size < end; size++)
        {
            if (free[size].TryTake(out var buffer))
            {
                Interlocked.Add(ref retained, -buffer.Capacity);
                return buffer;
            }
        }
        return null;
    }

    /// <summary>Bytes up to which unused buffers are kept: the rest is left for managed objects.</summary>
    private long Limit => Volatile.Read(ref limits) is > 0 and var some ? some - MemoryBudget.MarginOf(some) : long.MaxValue;

    /// <summary>Frees unused buffers, large ones first, until so many more bytes keep to the limit.</summary>
    private void Trim(long more)
    {
        for (var i = free.Length - 1; i >= 0 && HeldBytes > Limit - more && RetainedBytes > 0; i--)
        {
            while (HeldBytes > Limit - more && free[i].TryTake(out var buffer))
            {
                Interlocked.Add(ref retained, -buffer.Capacity);
                Free(buffer);
            }
        }
    }

    private void Free(NativeBuffer buffer)
    {
        Interlocked.Add(ref held, -buffer.Capacity);
        buffer.Free();
    }

    /// <summary>A rented buffer is gone.</summary>
    internal void Lose(NativeBuffer buffer)
    {
        Forget(buffer);
        Interlocked.Add(ref held, -buffer.Capacity);
    }

    private void Forget(NativeBuffer buffer)
    {
        Interlocked.Add(ref outstanding, -buffer.Capacity);
        Interlocked.Decrement(ref outstandingCount);
    }

    /// <summary>Which size holds so many bytes; one behind the last for what is never kept.</summary>
    private static int SizeOf(long bytes)
    {
        if (bytes <= 1L << SmallestShift)
        {
            return 0;
        }
        var shift = 64 - BitOperations.LeadingZeroCount((ulong)(bytes - 1));
        if (shift <= QuarterShift)
        {
            return shift - SmallestShift;
        }
        // From half of 1 << shift on in four steps.
        var quarter = (int)(((bytes - 1) >> (shift - 3)) & 3);
        return shift > LargestShift ? Capacities.Length : QuarterShift - SmallestShift + 1 + ((shift - 1 - QuarterShift) * 4) + quarter;
    }

    private static long[] MakeCapacities()
    {
        var capacities = new List<long>();
        for (var shift = SmallestShift; shift <= QuarterShift; shift++)
        {
            capacities.Add(1L << shift);
        }
        for (var shift = QuarterShift; shift < LargestShift; shift++)
        {
            for (var quarter = 1L; quarter <= 4; quarter++)
            {
                capacities.Add((1L << shift) + (quarter << (shift - 2)));
            }
        }
        return [.. capacities];
    }
}
