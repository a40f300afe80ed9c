namespace Micromegas.Columnar;

/// <summary>
/// How much memory a command (or the process) may hold. Budgets form a tree: what a child takes counts in its parents too.
/// Thread-safe. Operators ask through a <see cref="MemoryReservation"/>.
/// </summary>
public sealed class MemoryBudget
{
    private readonly MemoryBudget? parent;
    private long used;
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

    /// <summary>Bytes that are held now.</summary>
    public long Used => Volatile.Read(ref used);

    /// <summary>The most bytes that were held at one time.</summary>
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
        RaisePeak(after);
        return true;
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

    private void RaisePeak(long value)
    {
        long seen;
        while (value > (seen = Volatile.Read(ref peak)) && Interlocked.CompareExchange(ref peak, value, seen) != seen)
        {
        }
    }
}
