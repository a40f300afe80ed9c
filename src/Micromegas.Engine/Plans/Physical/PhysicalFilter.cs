using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;

namespace Micromegas.Engine.Plans.Physical;

internal sealed class PhysicalFilter(PhysicalPlan input, BoundExpression predicate) : PhysicalPlan(input.Columns, input)
{
    public override string Name => "Filter";

    public override bool Attach(PlanColumn column, ProbeBound bound) => Inputs[0].Attach(column, bound);

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var pipeline = await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
        pipeline.Add(_ => new FilterStage(ExpressionCompiler.Compile(predicate, Columns, execution.Context), Schema, Statistics));
        return pipeline;
    }
}
