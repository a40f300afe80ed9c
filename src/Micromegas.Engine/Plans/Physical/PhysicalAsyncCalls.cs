using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Adds the results of calls that wait.</summary>
internal sealed class PhysicalAsyncCalls(PhysicalPlan input, LogicalAsyncCalls calls) : PhysicalPlan(calls.Columns, input)
{
    public override string Name => "AsyncCalls";

    public override IReadOnlyList<string> Details => [.. calls.Calls.Select(static call => call.Column.Name)];

    public override bool Attach(PlanColumn column, ProbeBound bound) => Inputs[0].Columns.Contains(column) && Inputs[0].Attach(column, bound);

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var pipeline = await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
        pipeline.Add(_ => new AsyncCallsStage(calls, Inputs[0].Columns, Schema, execution.Context, Statistics));
        return pipeline;
    }
}
