using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>Takes calls that wait out of the expressions they stand in, into a node of their own that does not hold a worker meanwhile.</summary>
internal static class AsyncCalls
{
    public static LogicalPlan Extract(LogicalPlan plan) => plan.RewriteUp(static node =>
    {
        if (node.Inputs.Count != 1 || node is LogicalAsyncCalls || !node.Expressions().Any(IsIn))
        {
            return node;
        }
        var calls = new List<Assignment>();
        var over = node.MapExpressions(expression => expression.Rewrite(part => Replace(part, calls)));
        if (calls.Count == 0)
        {
            return node;
        }
        over = over.WithInputs([new LogicalAsyncCalls(node.Inputs[0], calls)]);

        // Nodes that hand their input's columns on have more of them now than whoever stands above knows of.
        return over.Columns.Count == node.Columns.Count
            ? over
            : new LogicalProject(over, [.. node.Columns.Select(static column => new Assignment(column, new BoundColumn(column)))]);
    });

    /// <summary>Whether there is such a call in an expression.</summary>
    public static bool IsIn(BoundExpression expression) => expression.Any(static part => part is BoundCall { Function.IsAsync: true });

    private static BoundExpression? Replace(BoundExpression part, List<Assignment> calls)
    {
        switch (part)
        {
            case BoundCase or BoundLambda:
                // What is computed there is decided row by row.
                return part;
            case BoundCall { Function.IsAsync: true } call when !call.Children().Any(IsIn):
            {
                var column = new PlanColumn(call.Function.Name, call.Type);
                calls.Add(new Assignment(column, call));
                return new BoundColumn(column);
            }
            default:
                return null;
        }
    }
}
