using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>Makes one projection of two, where that computes nothing twice.</summary>
internal sealed class ProjectionMerging : ILogicalRule
{
    public string Name => "projection-merging";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context) => plan.RewriteUp(static node =>
    {
        if (node is not LogicalProject { Input: LogicalProject inner } outer)
        {
            return node;
        }
        var uses = new Dictionary<PlanColumn, int>();
        foreach (var assignment in outer.Assignments)
        {
            Count(assignment.Expression, uses);
        }
        foreach (var assignment in inner.Assignments)
        {
            var isCheap = assignment.Expression is BoundColumn or BoundLiteral;
            if (!isCheap && (uses.GetValueOrDefault(assignment.Column) > 1 || assignment.Expression.IsVolatile()))
            {
                return node;
            }
        }
        // An expression may be used inside a lambda or a CASE branch only: then it is computed for fewer rows, never for more.
        var replacements = inner.Assignments.ToDictionary(static assignment => assignment.Column, static assignment => assignment.Expression);
        return new LogicalProject(
            inner.Input, [.. outer.Assignments.Select(assignment => new Assignment(assignment.Column, assignment.Expression.ReplaceColumns(replacements)))]);
    });

    private static void Count(BoundExpression expression, Dictionary<PlanColumn, int> uses)
    {
        if (expression is BoundColumn column)
        {
            uses[column.Column] = uses.GetValueOrDefault(column.Column) + 1;
        }
        // A lambda body runs once an item: count what it reads twice, so that it is computed before.
        foreach (var child in expression.Children())
        {
            Count(child, uses);
            if (expression is BoundLambda)
            {
                Count(child, uses);
            }
        }
    }
}
