using Micromegas.Columnar;

namespace Micromegas.Engine.Catalog;

/// <summary>Rows of a <see cref="MemoryTable"/> that never change. Freed when neither the table nor a scan holds it any more.</summary>
internal sealed class MemoryTableChunk(Batch rows)
{
    private int holders = 1;
    private MemoryBudget? budget;

    public Batch Rows { get; } = rows;

    public void Hold() => Interlocked.Increment(ref holders);

    private long Bytes => Rows.OwnedBytes;

    /// <summary>From now on the rows count in a budget, and in no other.</summary>
    /// <param name="next">The budget; null = none.</param>
    /// <param name="owner">Who needs them, for the error.</param>
    /// <exception cref="MemoryLimitException">The budget refuses; the rows count where they did.</exception>
    public void CountIn(MemoryBudget? next, string owner)
    {
        if (ReferenceEquals(next, budget))
        {
            return;
        }
        // The budget of a statement draws on that of its data source: what moves from one to the other counts once.
        budget?.Release(Bytes);
        var before = budget;
        budget = next;
        if (next is not null && !next.TryReserve(Bytes))
        {
            budget = before is not null && before.TryReserve(Bytes) ? before : null;
            throw new MemoryLimitException(owner, Bytes, next.Used, next.Limit);
        }
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref holders) == 0)
        {
            budget?.Release(Bytes);
            budget = null;
            Rows.DisposeColumns();
        }
    }
}
