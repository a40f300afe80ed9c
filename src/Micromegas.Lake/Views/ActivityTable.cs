using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Lake.Tables;

namespace Micromegas.Lake.Views;

/// <summary>
/// What sent at least one block, as the catalogue's own tables know it. Upstream merges the rows of many partitions (spec/lakehouse.md §3.4); the catalogue gives
/// the same, and without delay.
/// </summary>
internal static class ActivityTable
{
    /// <param name="columns">The columns.</param>
    /// <param name="load">Gives what the conditions ask for.</param>
    /// <param name="insertTime">When a row was inserted: a question wants it when that is not after its end.</param>
    /// <param name="lastInsertTime">When its last block was: not before the question's begin.</param>
    public static ITable Create<TRow>(
        IReadOnlyList<RowColumn<TRow>> columns, Func<RowConditions, CancellationToken, ValueTask<IReadOnlyList<TRow>>> load,
        Func<TRow, long> insertTime, Func<TRow, long> lastInsertTime) => new RowTable<TRow>(columns, async (conditions, ct) =>
    {
        TimeRange range = conditions.Context.Range;
        IReadOnlyList<TRow> all = await load(conditions, ct).ConfigureAwait(false);
        return range.IsAll ? all
            : [.. all.Where(row => (range.End is not { } end || insertTime(row) <= end) && (range.Begin is not { } begin || lastInsertTime(row) >= begin))];
    });
}
