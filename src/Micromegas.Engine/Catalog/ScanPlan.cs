using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Catalog;

/// <summary>What a scan will read. Decided while planning; nothing is decoded before <see cref="OpenAsync"/>.</summary>
public abstract class ScanPlan
{
    /// <summary>For each predicate of the request, whether every delivered row is sure to satisfy it. Others are filtered again above the scan.</summary>
    public abstract IReadOnlyList<bool> ExactPredicates { get; }

    /// <summary>Rows that will come at most, as far as known.</summary>
    public virtual long? RowEstimate => null;

    /// <summary>
    /// Ordinals in the table's schema of columns by which morsels may be sorted: ascending, NULLs last. Which of them are, <see cref="Morsel.IsSorted"/> says. A sort
    /// by the first of these columns merges such morsels instead.
    /// </summary>
    public virtual IReadOnlyList<int> SortedBy => [];

    /// <summary>Lines for EXPLAIN: partitions and row groups read and pruned, blocks to decode.</summary>
    public virtual IReadOnlyList<string> Details => [];

    /// <summary>The same for EXPLAIN, which may look further than planning needs; decodes and writes nothing.</summary>
    public virtual ValueTask<IReadOnlyList<string>> ExplainAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Details);

    /// <summary>The pieces that <see cref="OpenAsync"/> gives, where they are known before; <see langword="null"/> where they are not.</summary>
    public virtual IReadOnlyList<Morsel>? Morsels => null;

    /// <summary>
    /// The pieces to read, as they become ready. May first make what is missing (decode blocks, write partitions).
    /// Called once, when the statement runs.
    /// </summary>
    public abstract IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, CancellationToken cancellationToken);
}

/// <summary>
/// A piece of a scan that one worker reads from start to end: a row group, a block, a slice of a memory table.
/// Every morsel is disposed in the end, opened or not: disposal frees what <see cref="PrefetchAsync"/> brought, if no reader took it over.
/// </summary>
public abstract class Morsel : IDisposable
{
    /// <summary>Rows, as far as known.</summary>
    public virtual long? RowCount => null;

    /// <summary>Whether the rows come in the order of <see cref="ScanPlan.SortedBy"/>.</summary>
    public bool IsSorted { get; set; }

    /// <summary>The values of a column of the table, when known: lets a top-n leave the piece out.</summary>
    public virtual ValueRange? RangeOf(int tableOrdinal) => null;

    /// <summary>
    /// What is known of the rows without reading them. Only exact knowledge counts: every row that the metadata speak of is delivered, since all predicates are
    /// sure to be true for all of them. <see langword="null"/> when the rows must be read.
    /// </summary>
    /// <param name="tableOrdinals">The columns that are asked about.</param>
    public virtual MorselSummary? Summarize(IReadOnlyList<int> tableOrdinals) => null;

    /// <summary>Brings the bytes into memory. Called ahead of time, off the workers; <see cref="Open"/> comes only after it has completed.</summary>
    public virtual ValueTask PrefetchAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Bytes that <see cref="PrefetchAsync"/> brings at most, as far as known.</summary>
    public virtual long PrefetchBytes => 0;

    /// <summary>Starts reading on a worker. CPU work only.</summary>
    public abstract MorselReader Open(QueryContext context);

    /// <summary>Starts reading with a reader that has come to the end of another morsel of the same scan and was released; takes it over, used or not.</summary>
    public virtual MorselReader Open(QueryContext context, MorselReader released)
    {
        ArgumentNullException.ThrowIfNull(released);
        released.Dispose();
        return Open(context);
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>Reads a morsel batch by batch on a worker. Disposal frees what the morsel holds, also when it was not read to the end.</summary>
public abstract class MorselReader : IDisposable
{
    /// <summary>The next batch, borrowed until the next call, with the columns of the request's projection; <see langword="null"/> at the end.</summary>
    public abstract Batch? Next();

    /// <summary>Looks at the bounded column before anything is delivered, to tighten a <see cref="ScanBound"/> that wants it.</summary>
    public virtual void Probe()
    {
    }

    /// <summary>
    /// Ends the reading of the morsel and frees what it fetched. Whether the reader can serve another morsel of the scan (<see cref="Morsel.Open(QueryContext, MorselReader)"/>),
    /// for which it keeps what it has made; otherwise it is disposed.
    /// </summary>
    public virtual bool TryRelease()
    {
        Dispose();
        return false;
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
