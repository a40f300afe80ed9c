namespace Micromegas.Columnar;

/// <summary>What one operator holds of a <see cref="MemoryBudget"/>; disposal gives all of it back. Not thread-safe.</summary>
public sealed class MemoryReservation : IDisposable
{
    private readonly MemoryBudget budget;

    /// <param name="budget">The budget to draw on.</param>
    /// <param name="owner">The operator, as it is named in an error.</param>
    public MemoryReservation(MemoryBudget budget, string owner)
    {
        this.budget = budget;
        Owner = owner;
    }

    /// <summary>The operator, as it is named in an error.</summary>
    public string Owner { get; }

    /// <summary>Bytes held now.</summary>
    public long Bytes { get; private set; }

    /// <summary>Takes more bytes; <see langword="false"/> means the operator must spill or give up.</summary>
    public bool TryGrow(long bytes)
    {
        if (!budget.TryReserve(bytes))
        {
            return false;
        }
        Bytes += bytes;
        return true;
    }

    /// <summary>Takes more bytes.</summary>
    /// <exception cref="MemoryLimitException">The budget refuses.</exception>
    public void Grow(long bytes)
    {
        if (!TryGrow(bytes))
        {
            throw new MemoryLimitException(Owner, bytes, budget.Used, budget.Limit);
        }
    }

    /// <summary>Holds exactly <paramref name="bytes"/> from now on, if the budget allows.</summary>
    public bool TryResize(long bytes)
    {
        if (bytes > Bytes)
        {
            return TryGrow(bytes - Bytes);
        }
        Shrink(Bytes - bytes);
        return true;
    }

    /// <summary>Gives bytes back.</summary>
    public void Shrink(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Bytes);
        Bytes -= bytes;
        budget.Release(bytes);
    }

    public void Dispose() => Shrink(Bytes);
}
