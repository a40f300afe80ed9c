using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization.Global;

namespace Micromegas.Lake.CustomViews;

/// <summary>
/// Makes one partition of several of a view (spec/lakehouse.md §4.7): with its merge query at once, step by step of its time where it says how many rows a step has,
/// or as its author says. Rows that are sorted come sorted: the steps follow each other, and each is sorted. Rows of one group have one time, so that no group is
/// divided.
/// </summary>
internal sealed class QueryViewMerge(LakeHost lake, QueryView view, QueryContext context, IReadOnlyList<PartitionRecord> inputs)
{
    // What is sorted goes by steps even when nobody asked: then no step has to be sorted on disk.
    private const long RowsOfSortedStep = 1 << 20;

    public IAsyncEnumerable<Batch> RunAsync(CancellationToken ct)
    {
        var merge = new PartitionMerge(lake, view.Definition, context, inputs);
        if (merge.Times is not { } times)
        {
            return merge.RunAsync([view.Queries.MergeOf()], ct);
        }
        if (view.Merger is { } merger)
        {
            var all = new ViewMerge(merge.Rows, inputs.Count(p => p.EventRange is not null), times.Begin, times.End, view.Queries.Merge);
            return merge.RunAsync(merger(all).Select(ViewQueries.MergeOf), ct);
        }
        IReadOnlyList<string>? order = view.Definition.SortOrder;
        string query = ViewQueries.Sorted(view.Queries.MergeOf(), order);
        long? step = view.MergeBatchRows ?? (order?[0] == view.Definition.MinTimeColumn ? RowsOfSortedStep : null);
        return step is { } size ? merge.RunStepsAsync(query, size, ct) : merge.RunAsync([query], ct);
    }
}
