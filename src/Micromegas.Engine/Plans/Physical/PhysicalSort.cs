using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Sorts, or keeps the first rows in order.</summary>
internal sealed class PhysicalSort(PhysicalPlan input, IReadOnlyList<SortKey> keys, long? limit, long offset) : PhysicalPlan(input.Columns, input)
{
    private bool isLeftOut;

    public override string Name => limit is null ? "Sort" : "TopN";

    public override IReadOnlyList<string> Details =>
        [.. isLeftOut ? ["left out: the scan is in order"] : Array.Empty<string>(), .. limit is null ? Array.Empty<string>() : [$"skip {offset}, take {limit}"]];

    public override bool Attach(PlanColumn column, ProbeBound bound) => limit is null && offset == 0 && Inputs[0].Attach(column, bound);

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var state = execution.Own(new SortState(Columns, keys, limit, offset, execution.Context, Name, Statistics));
        if (state.IsTop)
        {
            BindScan(state);
        }
        var ordered = OrderScan();
        var pipeline = await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
        isLeftOut = ordered is { IsOrdered: true };
        if (isLeftOut)
        {
            if (limit is not null || offset > 0)
            {
                var count = new LimitCount(offset, limit);
                pipeline.Add(_ => new LimitStage(count, Schema, Statistics));
            }
            return pipeline;
        }
        await execution.RunAsync(pipeline, worker => new SortStage(state, worker)).ConfigureAwait(false);
        await execution.ComputeAsync(() => state.Prepare(needsRoom: false, execution.CancellationToken)).ConfigureAwait(false);
        return new Pipeline(new SortSource(state, Schema), Statistics);
    }

    /// <summary>
    /// Tells the scan below, if there is nothing but renamings in between, by which columns its rows are wanted. Where conditions on other columns leave few of the rows,
    /// all workers look for them and the few are sorted.
    /// </summary>
    private PhysicalScan? OrderScan()
    {
        var below = Inputs[0];
        PlanColumn[] columns = [.. keys.Select(static key => key.Expression).OfType<BoundColumn>().Select(static key => key.Column)];
        while (below is PhysicalProject project && columns.Length == keys.Count)
        {
            columns = [.. columns.Select(project.SourceOf).OfType<PlanColumn>()];
            below = below.Inputs[0];
        }
        if (below is not PhysicalScan scan || columns.Length == 0 || columns.Length < keys.Count || !ScanBound.IsSupported(columns[0].Type)
            || !scan.ReadsAllBut(columns[0]) || keys.Where((key, i) => key.Descending || (key.NullsFirst && columns[i].Nullable)).Any())
        {
            return null;
        }
        scan.WantedOrder = columns;
        return scan;
    }

    /// <summary>Tells the scan below, if there is nothing but filters and renamings in between, which rows of the first key are still wanted.</summary>
    private void BindScan(SortState state)
    {
        if (keys.Count == 0 || keys[0].Expression is not BoundColumn { Column: var column })
        {
            return;
        }
        var below = Inputs[0];
        var rowsWanted = state.Top;
        while (below is PhysicalFilter or PhysicalProject)
        {
            if (below is PhysicalProject project)
            {
                if (project.SourceOf(column) is not { } source)
                {
                    return;
                }
                column = source;
            }
            else
            {
                rowsWanted = 0;
            }
            below = below.Inputs[0];
        }
        if (below is PhysicalScan scan && scan.CreateBound(column, keys[0].Descending, keys[0].NullsFirst, rowsWanted) is { } bound)
        {
            scan.Bound = bound;
            state.ScanBound = bound;
        }
    }
}
