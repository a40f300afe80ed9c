using Micromegas.Columnar;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>
/// Finds the rows of a row group that may satisfy all predicates, by what the file keeps beside its pages: bloom filters for equality, page indexes for
/// everything that has bounds. Reads them only where they can tell more than the row group's statistics do.
/// </summary>
internal readonly struct RowGroupNarrowing(ParquetFile file, IObjectStore store, ParquetRowGroup group, ScanPredicate[] predicates, ScanColumns columns, ChunkCache? cache)
{
    /// <summary>The rows to read; null = all.</summary>
    public async ValueTask<RowRanges?> FindAsync(CancellationToken cancellationToken)
    {
        foreach (var predicate in predicates)
        {
            if (await IsExcludedAsync(predicate, cancellationToken).ConfigureAwait(false))
            {
                predicate.JoinBound?.CountRowGroup(group.RowCount);
                return RowRanges.Of([]);
            }
        }
        List<int>? indexed = null;
        foreach (var predicate in predicates)
        {
            if (IsIndexed(predicate, out var position) && indexed?.Contains(position) != true)
            {
                (indexed ??= []).Add(position);
            }
        }
        if (indexed is null)
        {
            return null;
        }
        var indexes = await file.ReadPageIndexesAsync(store, group.Ordinal, indexed, cache, cancellationToken).ConfigureAwait(false);
        RowRanges? rows = null;
        foreach (var predicate in predicates)
        {
            if (PositionOf(predicate) is { } position && indexed.IndexOf(position) is >= 0 and var at && indexes[at] is { } index)
            {
                var matching = RowRanges.Of(index.Pages
                    .Where(page => page.RowCount > 0 && StatisticsPruner.MayMatch(predicate.Predicate, _ => StatisticsOf(page), page.RowCount))
                    .Select(static page => (page.FirstRow, page.FirstRow + page.RowCount)));
                var before = rows?.RowCount ?? group.RowCount;
                rows = rows is null ? matching : rows.Intersect(matching);
                if (rows.RowCount == 0 && before > 0)
                {
                    predicate.JoinBound?.CountRowGroup(before);
                }
                else
                {
                    predicate.JoinBound?.CountRows(before - rows.RowCount);
                }
            }
        }
        return rows is null || rows.RowCount == group.RowCount ? null : rows;
    }

    private static ColumnStatistics StatisticsOf(IndexedPage page) => page.IsAllNull
        ? new ColumnStatistics { NullCount = page.RowCount }
        : page.Statistics;

    private int? PositionOf(ScanPredicate predicate) => predicate.Ordinal is >= 0 and var ordinal ? columns[ordinal] : null;

    /// <summary>Whether page bounds may narrow the predicate.</summary>
    private bool IsIndexed(ScanPredicate predicate, out int position)
    {
        position = PositionOf(predicate) ?? -1;
        if (position < 0)
        {
            return false;
        }
        var chunk = group.Columns[position];
        return chunk.HasSeveralIndexedPages && StatisticsPruner.MayFail(predicate.Predicate, _ => chunk.Statistics, group.RowCount);
    }

    private async ValueTask<bool> IsExcludedAsync(ScanPredicate predicate, CancellationToken cancellationToken)
    {
        if (predicate.EqualValues.Length == 0 || PositionOf(predicate) is not { } position || !group.Columns[position].HasBloomFilter
            // One value in all rows: the statistics have said what there is to say.
            || group.Columns[position].Statistics is { Min: { } min, Max: { } max } && min.Equals(max))
        {
            return false;
        }
        using var filter = await file.ReadBloomFilterAsync(store, group.Ordinal, position, cache, cancellationToken).ConfigureAwait(false);
        return filter is not null && predicate.EqualValues.All(value => !filter.MayContain(value));
    }
}
