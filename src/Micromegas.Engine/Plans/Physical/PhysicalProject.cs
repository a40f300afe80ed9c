using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

internal sealed class PhysicalProject(PhysicalPlan input, IReadOnlyList<Assignment> assignments)
    : PhysicalPlan([.. assignments.Select(static assignment => assignment.Column)], input)
{
    public override string Name => "Project";

    /// <summary>The input's column that an output column is a mere renaming of.</summary>
    public PlanColumn? SourceOf(PlanColumn column)
    {
        foreach (var assignment in assignments)
        {
            if (ReferenceEquals(assignment.Column, column))
            {
                return (assignment.Expression as BoundColumn)?.Column;
            }
        }
        return null;
    }

    /// <summary>Whether every output column is a mere renaming.</summary>
    public bool IsRenaming => assignments.All(static assignment => assignment.Expression is BoundColumn);

    public override bool Attach(PlanColumn column, ProbeBound bound) => SourceOf(column) is { } source && Inputs[0].Attach(source, bound);

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var pipeline = await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
        pipeline.Add(_ => new ProjectStage(
            CompiledExpression.Compile(assignments.Select(static assignment => assignment.Expression), Inputs[0].Columns, execution.Context),
            Schema,
            Statistics));
        return pipeline;
    }
}
