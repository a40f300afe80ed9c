namespace Micromegas.Columnar;

/// <summary>What one operator holds of a <see cref="MemoryBudget"/>; disposal gives all of it back. Not thread-safe.</summary>
public sealed class MemoryReservation : IDisposable
{
    /// <summary>Less than this part of the limit, 1 / 8, is little, unless as much as 1 / 4 comes with what is about to be rented.</summary>
    private const int SmallShift = 3;
    private const int SmallAheadShift = 2;

    private readonly MemoryBudget budget;
    private long promised;

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
    /// <param name="bytes">Bytes.</param>
    /// <param name="ahead">Bytes of native buffers that are not rented yet, but will be before the operator asks again.</param>
    public bool TryGrow(long bytes, long ahead = 0)
    {
        TakeBackPromise();
        // Workers ask side by side: what one is about to rent is there for the others no more.
        budget.Promise(promised = ahead);
        // Who holds little is not made to spill for what others hold.
        var isLittle = Bytes + bytes <= budget.Limit >> SmallShift && Bytes + bytes + ahead <= budget.Limit >> SmallAheadShift;
        if ((!isLittle && !budget.HasRoomFor(0)) || !Take(bytes))
        {
            TakeBackPromise();
            return false;
        }
        return true;
    }

    /// <summary>Takes more bytes.</summary>
    /// <exception cref="MemoryLimitException">The budget refuses.</exception>
    public void Grow(long bytes)
    {
        if (!Take(bytes))
        {
            throw new MemoryLimitException(Owner, bytes, budget.Used, budget.Limit);
        }
    }

    /// <summary>Holds exactly <paramref name="bytes"/> from now on, if the budget allows.</summary>
    /// <param name="bytes">Bytes.</param>
    /// <param name="ahead">Bytes of native buffers that are not rented yet, but will be before the operator asks again.</param>
    public bool TryResize(long bytes, long ahead = 0)
    {
        if (bytes > Bytes)
        {
            return TryGrow(bytes - Bytes, ahead);
        }
        Shrink(Bytes - bytes);
        return TryGrow(0, ahead);
    }

    /// <summary>Gives bytes back.</summary>
    public void Shrink(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Bytes);
        TakeBackPromise();
        Bytes -= bytes;
        budget.Release(bytes);
    }

    public void Dispose() => Shrink(Bytes);

    private void TakeBackPromise()
    {
        if (promised != 0)
        {
            budget.Promise(-promised);
            promised = 0;
        }
    }

    private bool Take(long bytes)
    {
        if (!budget.TryReserve(bytes))
        {
            return false;
        }
        Bytes += bytes;
        return true;
    }
}
