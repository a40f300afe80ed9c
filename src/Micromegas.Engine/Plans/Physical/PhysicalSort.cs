using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Sorts, or keeps the first rows in order.</summary>
internal sealed class PhysicalSort(PhysicalPlan input, IReadOnlyList<SortKey> keys, long? limit, long offset) : PhysicalPlan(input.Columns, input)
{
    public override string Name => limit is null ? "Sort" : "TopN";

    public override IReadOnlyList<string> Details =>
        limit is null ? [] : [$"skip {offset}, take {limit}"];

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var pipeline = await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
        var state = execution.Own(new SortState(Columns, keys, limit, offset, execution.Context, Name, Statistics));
        await execution.RunAsync(pipeline, worker => new SortStage(state, worker)).ConfigureAwait(false);
        return new Pipeline(new SortSource(state, Schema), Statistics);
    }
}
