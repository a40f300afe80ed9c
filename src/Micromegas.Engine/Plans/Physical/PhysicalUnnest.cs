using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Takes lists apart, a row an item.</summary>
internal sealed class PhysicalUnnest(PhysicalPlan input, LogicalUnnest unnest) : PhysicalPlan(unnest.Columns, input)
{
    public override string Name => "Unnest";

    public override IReadOnlyList<string> Details => [string.Join(", ", unnest.Items.Select(static item => item.Name)), .. unnest.Outer ? ["outer"] : Array.Empty<string>()];

    public override bool Attach(PlanColumn column, ProbeBound bound) => Inputs[0].Columns.Contains(column) && Inputs[0].Attach(column, bound);

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var pipeline = await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
        pipeline.Add(_ => new UnnestStage(unnest, Inputs[0].Columns, Schema, execution.Context, Name, Statistics));
        return pipeline;
    }
}
