namespace Micromegas.Columnar;

/// <summary>
/// How much memory a command (or the process) may hold. Budgets form a tree: what a child takes counts in its parents too.
/// Thread-safe. Operators ask through a <see cref="MemoryReservation"/>. Beside what is asked for, a budget knows the native buffers that were rented
/// while it was <see cref="Current"/>: those of scans and expressions, and what operators need beyond what they asked for. They are never refused, but
/// operators are, so that these spill in time.
/// </summary>
public sealed class MemoryBudget
{
    /// <summary>Managed objects that any statement brings along, with what the garbage collector lets lie of them; a quarter of a limit at most is left for that.</summary>
    private const long ManagedBytes = 4L << 20;

    [ThreadStatic]
    private static MemoryBudget? current;

    private readonly MemoryBudget? parent;
    private long used;
    private long rented;
    private long promised;
    private long peak;

    /// <param name="limit">Bytes that may be held at one time.</param>
    /// <param name="parent">The budget that this one draws on.</param>
    public MemoryBudget(long limit, MemoryBudget? parent = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Limit = limit;
        this.parent = parent;
    }

    /// <summary>A budget without limit.</summary>
    public static MemoryBudget Unlimited() => new(long.MaxValue);

    /// <summary>Bytes that may be held at one time.</summary>
    public long Limit { get; }

    /// <summary>On whose account the thread rents native buffers; null = nobody's.</summary>
    public static MemoryBudget? Current { get => current; set => current = value; }

    /// <summary>Bytes of native buffers that were rented on this account and not given back.</summary>
    public long RentedBytes => Volatile.Read(ref rented);

    /// <summary>Bytes that are reserved now.</summary>
    public long Used => Volatile.Read(ref used);

    /// <summary>The most bytes that were held at one time, reserved or rented.</summary>
    public long Peak => Volatile.Read(ref peak);

    /// <summary>Takes <paramref name="bytes"/> here and in every parent, or nothing at all.</summary>
    public bool TryReserve(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        long before, after;
        do
        {
            before = Volatile.Read(ref used);
            if (bytes > Limit - before)
            {
                return false;
            }
            after = before + bytes;
        }
        while (Interlocked.CompareExchange(ref used, after, before) != before);
        if (parent is not null && !parent.TryReserve(bytes))
        {
            Interlocked.Add(ref used, -bytes);
            return false;
        }
        Maximum.Raise(ref peak, after);
        return true;
    }

    /// <summary>
    /// Whether so many further bytes of native buffers would keep to the limit, here and in every parent. Somebody who holds little and can give little back
    /// need not ask: operators with less than an eighth of the limit go on.
    /// </summary>
    /// <param name="bytes">Bytes about to be rented.</param>
    public bool HasRoomFor(long bytes) =>
        RentedBytes + Volatile.Read(ref promised) <= Limit - MarginOf(Limit) - bytes && (parent is null || parent.HasRoomFor(bytes));

    /// <summary>Somebody was told that there is room for buffers, and others are told so no more, until the promise is taken back: by then they are rented.</summary>
    /// <param name="bytes">Bytes, here and in every parent; less than 0 = taken back.</param>
    internal void Promise(long bytes)
    {
        for (var budget = this; budget is not null; budget = budget.parent)
        {
            Interlocked.Add(ref budget.promised, bytes);
        }
    }

    /// <summary>Gives back bytes that were taken.</summary>
    public void Release(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var after = Interlocked.Add(ref used, -bytes);
        if (after < 0)
        {
            throw new InvalidOperationException($"{-after} bytes more were released than reserved.");
        }
        parent?.Release(bytes);
    }

    /// <summary>The part of a limit, 1 / 8 or more, that is left for what spilling itself needs, and for managed objects.</summary>
    internal static long MarginOf(long limit) => Math.Max(limit >> 3, Math.Min(ManagedBytes, limit >> 2));

    internal void Charge(long bytes)
    {
        for (var budget = this; budget is not null; budget = budget.parent)
        {
            Maximum.Raise(ref budget.peak, Interlocked.Add(ref budget.rented, bytes));
        }
    }

    internal void Discharge(long bytes)
    {
        for (var budget = this; budget is not null; budget = budget.parent)
        {
            Interlocked.Add(ref budget.rented, -bytes);
        }
    }
}
