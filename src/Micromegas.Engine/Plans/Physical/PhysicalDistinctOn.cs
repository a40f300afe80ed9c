using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Sorts by the keys, then by the order, and keeps the first row of each key.</summary>
internal sealed class PhysicalDistinctOn(PhysicalPlan input, LogicalDistinctOn distinct) : PhysicalPlan(distinct.Columns, input)
{
    public override string Name => "DistinctOn";

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var pipeline = await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
        SortKey[] keys = [.. distinct.Keys.Select(static key => new SortKey(key, false, false))];
        var state = execution.Own(new SortState(Inputs[0].Columns, [.. keys, .. distinct.OrderBy], null, 0, execution.Context, Name, Statistics));
        await execution.RunAsync(pipeline, worker => new SortStage(state, worker)).ConfigureAwait(false);
        await execution.ComputeAsync(() => state.Prepare(needsRoom: false, execution.CancellationToken)).ConfigureAwait(false);
        var sorted = new Pipeline(new SortSource(state, Schema), new OperatorStatistics());
        sorted.Add(_ => new DistinctOnStage(keys, Inputs[0].Columns, Schema, execution.Context, Statistics));
        return sorted;
    }
}
