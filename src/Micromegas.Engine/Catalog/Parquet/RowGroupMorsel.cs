using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>One row group of one file.</summary>
/// <param name="file">The file.</param>
/// <param name="store">Where it is.</param>
/// <param name="group">The row group.</param>
/// <param name="tableSchema">The table's schema.</param>
/// <param name="request">The scan.</param>
/// <param name="predicates">Those of its predicates that the statistics leave open.</param>
/// <param name="columns">The columns that are read.</param>
/// <param name="known">The columns that the scan speaks of.</param>
internal sealed class RowGroupMorsel(
    ParquetFile file, IObjectStore store, ParquetRowGroup group, Schema tableSchema, ScanRequest request, ScanPredicate[] predicates, ScanColumns columns,
    ScanColumns known) : Morsel
{
    private RowGroupReader? reader;

    /// <summary>The rows that may satisfy the predicates; null = all.</summary>
    private RowRanges? rows;
    private long? size;

    public override long? RowCount => group.RowCount;

    public override ValueRange? RangeOf(int tableOrdinal)
    {
        if (known[tableOrdinal] is not { } position || group.Columns[position].Statistics is not { Min: { } min, Max: { } max } statistics)
        {
            return null;
        }
        return new ValueRange(min, max, statistics.NullCount is not 0);
    }

    public override MorselSummary? Summarize(IReadOnlyList<int> tableOrdinals)
    {
        foreach (var predicate in request.Predicates)
        {
            if (!StatisticsPruner.MustMatch(predicate, StatisticsOf))
            {
                return null;
            }
        }
        return new MorselSummary(group.RowCount, [.. tableOrdinals.Select(ColumnOf)]);
    }

    private ColumnSummary ColumnOf(int ordinal)
    {
        if (known[ordinal] is not { } position)
        {
            // The file lacks the column: it is read as NULL.
            return new ColumnSummary(group.RowCount, null, null);
        }
        return group.Columns[position].Statistics is { } statistics
            ? new ColumnSummary(statistics.NullCount, statistics.IsMinExact ? statistics.Min : null, statistics.IsMaxExact ? statistics.Max : null)
            : default;
    }

    private ColumnStatistics? StatisticsOf(PlanColumn column)
    {
        for (var i = 0; i < request.TableColumns.Count; i++)
        {
            if (request.TableColumns[i] == column)
            {
                return known[i] is { } position ? group.Columns[position].Statistics : null;
            }
        }
        return null;
    }

    public override long PrefetchBytes => size ??= columns.SizeIn(group);

    public override ValueTask PrefetchAsync(CancellationToken cancellationToken) =>
        predicates.Length > 0 && group.RowCount <= int.MaxValue ? NarrowAsync(cancellationToken) : FetchAsync(cancellationToken);

    private async ValueTask NarrowAsync(CancellationToken cancellationToken)
    {
        var narrowing = new RowGroupNarrowing(file, store, group, predicates, columns, request.Context.Chunks);
        rows = await narrowing.FindAsync(cancellationToken).ConfigureAwait(false);
        if (rows is { RowCount: 0 })
        {
            CountPruned(0);
            return;
        }
        await FetchAsync(cancellationToken).ConfigureAwait(false);
    }

    private ValueTask FetchAsync(CancellationToken cancellationToken)
    {
        var opened = OpenReader();
        ValueTask fetch;
        try
        {
            fetch = !Array.Exists(predicates, static predicate => predicate.IsSimple) || group.RowCount > int.MaxValue ? opened.PrefetchAsync(store, cancellationToken)
                : opened.TryTakeCached() ? ValueTask.CompletedTask
                : LookAndFetchAsync(opened, cancellationToken);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
        if (fetch.IsCompletedSuccessfully)
        {
            fetch.GetAwaiter().GetResult();
            Keep(opened);
            return ValueTask.CompletedTask;
        }
        return FinishAsync(opened, fetch);
    }

    /// <summary>Opens the row group on the statement's account: where indexes were fetched, this may be any thread.</summary>
    private RowGroupReader OpenReader()
    {
        var before = MemoryBudget.Current;
        MemoryBudget.Current = request.Context.Budget;
        try
        {
            return file.OpenRowGroup(group.Ordinal, columns.Present, request.Context.Chunks, rows, request.Context.Options.MapsFiles);
        }
        finally
        {
            MemoryBudget.Current = before;
        }
    }

    private async ValueTask LookAndFetchAsync(RowGroupReader opened, CancellationToken cancellationToken)
    {
        var look = new RowGroupLook(opened, store, group, tableSchema, request, columns);
        var left = await look.FindAsync(predicates, rows, cancellationToken).ConfigureAwait(false);
        if (!ReferenceEquals(left, rows))
        {
            rows = left;
            if (rows is { RowCount: 0 })
            {
                return;
            }
            opened.Narrow(rows!);
        }
        await opened.PrefetchAsync(store, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask FinishAsync(RowGroupReader opened, ValueTask fetch)
    {
        try
        {
            await fetch.ConfigureAwait(false);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
        Keep(opened);
    }

    private void Keep(RowGroupReader opened)
    {
        var statistics = request.Context.Statistics;
        request.Figures.CountFetched(opened.FetchedBytes);
        Interlocked.Add(ref statistics.BytesRead, opened.FetchedBytes);
        Interlocked.Add(ref statistics.CacheHits, opened.CacheHits);
        if (rows is { RowCount: 0 })
        {
            CountPruned(opened.FetchedBytes);
            opened.Dispose();
            return;
        }
        Interlocked.Increment(ref statistics.RowGroupsRead);
        Interlocked.Add(ref statistics.BytesPruned, opened.SkippedBytes);
        Interlocked.Add(ref statistics.PagesPruned, opened.SkippedPages);
        reader = opened;
    }

    /// <summary>Counts the row group as one that is not read.</summary>
    private void CountPruned(long fetched)
    {
        var statistics = request.Context.Statistics;
        Interlocked.Increment(ref statistics.RowGroupsPruned);
        Interlocked.Add(ref statistics.BytesPruned, PrefetchBytes - fetched);
    }

    public override MorselReader Open(QueryContext context)
    {
        if (rows is { RowCount: 0 })
        {
            return EmptyMorselReader.Instance;
        }
        return Start(new RowGroupMorselReader(tableSchema, request, predicates, columns.ReaderPositions, context));
    }

    public override MorselReader Open(QueryContext context, MorselReader released)
    {
        if (released is not RowGroupMorselReader used || rows is { RowCount: 0 } || !used.Fits(request, predicates, columns.ReaderPositions))
        {
            return base.Open(context, released);
        }
        return Start(used);
    }

    private RowGroupMorselReader Start(RowGroupMorselReader result)
    {
        if (reader is null)
        {
            result.Dispose();
            throw new InvalidOperationException("The row group was not fetched.");
        }
        result.Start(reader, rows ?? RowRanges.All(group.RowCount), columns.ReaderPositions);
        reader = null;
        return result;
    }

    public override void Dispose()
    {
        base.Dispose();
        reader?.Dispose();
        reader = null;
    }
}

/// <summary>Reads a row group none of whose rows is wanted.</summary>
internal sealed class EmptyMorselReader : MorselReader
{
    public static EmptyMorselReader Instance { get; } = new();

    public override Batch? Next() => null;

    public override bool TryRelease() => false;
}
