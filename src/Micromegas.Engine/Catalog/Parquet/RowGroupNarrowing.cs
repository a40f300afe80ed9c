using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>
/// Finds the rows of a row group that may satisfy all predicates, by what the file keeps beside its pages: bloom filters for equality, page indexes for
/// everything that has bounds. Reads them only where they can tell more than the row group's statistics do.
/// </summary>
internal sealed class RowGroupNarrowing(ParquetFile file, IObjectStore store, ParquetRowGroup group, ScanRequest request, int?[] fileColumns)
{
    private readonly ChunkCache? cache = request.Context.Chunks;

    /// <summary>The rows to read; null = all.</summary>
    public async ValueTask<RowRanges?> FindAsync(CancellationToken cancellationToken)
    {
        foreach (var predicate in request.Predicates)
        {
            if (EqualValues(predicate) is var (column, values) && await IsExcludedAsync(column, values, cancellationToken).ConfigureAwait(false))
            {
                return RowRanges.Of([]);
            }
        }
        var columns = IndexedColumns();
        if (columns.Length == 0)
        {
            return null;
        }
        var indexes = await file.ReadPageIndexesAsync(store, group.Ordinal, columns, cache, cancellationToken).ConfigureAwait(false);
        RowRanges? rows = null;
        foreach (var predicate in request.Predicates)
        {
            if (SingleColumn(predicate) is { } column && PositionOf(column) is { } position && Array.IndexOf(columns, position) is >= 0 and var at && indexes[at] is { } index)
            {
                var matching = RowRanges.Of(index.Pages
                    .Where(page => page.RowCount > 0 && StatisticsPruner.MayMatch(predicate, _ => StatisticsOf(page), page.RowCount))
                    .Select(static page => (page.FirstRow, page.FirstRow + page.RowCount)));
                rows = rows is null ? matching : rows.Intersect(matching);
            }
        }
        return rows is null || rows.RowCount == group.RowCount ? null : rows;
    }

    private static ColumnStatistics StatisticsOf(IndexedPage page) => page.IsAllNull
        ? new ColumnStatistics { NullCount = page.RowCount }
        : page.Statistics;

    /// <summary>File columns whose page bounds may narrow a predicate.</summary>
    private int[] IndexedColumns()
    {
        var result = new List<int>();
        foreach (var predicate in request.Predicates)
        {
            if (SingleColumn(predicate) is { } column && PositionOf(column) is { } position && !result.Contains(position)
                && group.Columns[position].HasSeveralIndexedPages
                && StatisticsPruner.MayFail(predicate, _ => group.Columns[position].Statistics, group.RowCount))
            {
                result.Add(position);
            }
        }
        return [.. result];
    }

    private async ValueTask<bool> IsExcludedAsync(PlanColumn column, IReadOnlyList<Scalar> values, CancellationToken cancellationToken)
    {
        if (PositionOf(column) is not { } position || !group.Columns[position].HasBloomFilter
            // One value in all rows: the statistics have said what there is to say.
            || group.Columns[position].Statistics is { Min: { } min, Max: { } max } && min.Equals(max))
        {
            return false;
        }
        using var filter = await file.ReadBloomFilterAsync(store, group.Ordinal, position, cache, cancellationToken).ConfigureAwait(false);
        return filter is not null && values.All(value => !filter.MayContain(value));
    }

    /// <summary>The values one of which the column must have for the predicate to be true.</summary>
    private static (PlanColumn Column, IReadOnlyList<Scalar> Values)? EqualValues(BoundExpression predicate) => predicate switch
    {
        BoundComparison { Operator: ComparisonOperator.Equal, Left: BoundColumn column, Right: BoundLiteral { Value.IsNull: false } literal } => (column.Column, [literal.Value]),
        BoundComparison { Operator: ComparisonOperator.Equal, Right: BoundColumn column, Left: BoundLiteral { Value.IsNull: false } literal } => (column.Column, [literal.Value]),
        BoundIn { Negated: false, Operand: BoundColumn column } list when list.Items.All(static item => item is BoundLiteral { Value.IsNull: false }) =>
            (column.Column, [.. list.Items.Select(static item => ((BoundLiteral)item).Value)]),
        _ => null,
    };

    private static PlanColumn? SingleColumn(BoundExpression predicate)
    {
        var columns = new HashSet<PlanColumn>();
        BoundExpressions.CollectColumns(predicate, columns);
        return columns.Count == 1 ? columns.Single() : null;
    }

    private int? PositionOf(PlanColumn column)
    {
        for (var i = 0; i < fileColumns.Length; i++)
        {
            if (request.TableColumns[i] == column)
            {
                return fileColumns[i];
            }
        }
        return null;
    }
}
