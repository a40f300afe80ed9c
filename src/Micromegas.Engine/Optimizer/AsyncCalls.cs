using Micromegas.Columnar;
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
        var over = node.MapExpressions(expression => expression.Rewrite(part => Replace(part, calls, static argument => argument)));
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

    /// <param name="part">A part of an expression.</param>
    /// <param name="calls">Takes the calls.</param>
    /// <param name="when">Makes an argument NULL for rows that do not come to the part: functions that wait give NULL for NULL, and do not wait.</param>
    private static BoundExpression? Replace(BoundExpression part, List<Assignment> calls, Func<BoundExpression, BoundExpression> when)
    {
        switch (part)
        {
            case BoundLambda:
                // What is computed there is decided item by item.
                return part;
            case BoundCase branches when IsIn(branches):
                return Replace(branches, calls, when);
            case BoundCall { Function.IsAsync: true } call when !call.Children().Any(IsIn):
            {
                var column = new PlanColumn(call.Function.Name, call.Type);
                calls.Add(new Assignment(column, call with { Arguments = [.. call.Arguments.Select(when)] }));
                return new BoundColumn(column);
            }
            default:
                return null;
        }
    }

    /// <summary>The calls of each branch, for the rows that take it. Conditions are computed once more for that; where they wait themselves, or may change, nothing is taken out.</summary>
    private static BoundCase Replace(BoundCase part, List<Assignment> calls, Func<BoundExpression, BoundExpression> when)
    {
        BoundExpression[] conditions = [.. part.Branches.Select(static branch => branch.Condition)];
        if (Array.Exists(conditions, static condition => IsIn(condition) || condition.IsVolatile()))
        {
            return part;
        }
        return new BoundCase(
            [.. part.Branches.Select((branch, i) => new BoundWhen(branch.Condition, Branch(branch.Result, i)))],
            part.Else is null ? null : Branch(part.Else, conditions.Length),
            part.ResultType);

        BoundExpression Branch(BoundExpression result, int taken) => result.Rewrite(inner => Replace(inner, calls, argument => when(Only(taken, argument))));

        BoundExpression Only(int taken, BoundExpression argument)
        {
            var none = new BoundLiteral(new Scalar(argument.Type, null));
            return new BoundCase(
                [.. conditions.Take(taken + 1).Select((condition, i) => new BoundWhen(condition, i == taken ? argument : none))],
                taken == conditions.Length ? argument : none,
                argument.Type);
        }
    }
}
