using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>
/// Leaves out sorts of rows that come in that order anyway (<see cref="KnownOrder"/>), and sorts whose order nobody above sees: ORDER BY in a subquery without
/// LIMIT means nothing (spec/sql.md §5.2).
/// </summary>
internal sealed class SortElision : ILogicalRule
{
    public string Name => "sort-elision";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context) => Visit(plan, true);

    /// <param name="plan">The plan.</param>
    /// <param name="matters">Whether who reads its rows may see their order.</param>
    private static LogicalPlan Visit(LogicalPlan plan, bool matters)
    {
        switch (plan)
        {
            case LogicalSort { Limit: null } sort when !matters:
                return Visit(sort.Input, false);
            case LogicalSort sort when KnownOrder.Satisfies(sort.Input, sort.Keys):
            {
                var input = Visit(sort.Input, true);
                return sort.Limit is { } limit ? new LogicalLimit(input, sort.Offset, limit) : input;
            }
            case LogicalSort:
                return plan.MapInputs(static input => Visit(input, false));
            case LogicalLimit:
                return plan.MapInputs(static input => Visit(input, true));
            case LogicalFilter or LogicalProject or LogicalUnnest or LogicalAsyncCalls:
                return plan.MapInputs(input => Visit(input, matters));
            case LogicalAggregate aggregate:
            {
                // array_agg(x) without an order of its own takes the rows as they come.
                var takesOrder = aggregate.Aggregates.Any(static call => call.Function.IsOrderSensitive && call.OrderBy.Count == 0);
                return plan.MapInputs(input => Visit(input, takesOrder));
            }
            case LogicalWindow window:
                return plan.MapInputs(input => Visit(input, window.OrderBy.Count == 0));
            case LogicalDistinctOn distinct:
                return plan.MapInputs(input => Visit(input, distinct.OrderBy.Count == 0));
            case LogicalJoin { Kind: JoinKind.LeftMark or JoinKind.LeftSingle or JoinKind.LeftSemi or JoinKind.LeftAnti } join:
                // What a subquery became: the rows beside it keep their order.
                return join.WithInputs([Visit(join.Left, matters), Visit(join.Right, false)]);
            default:
                return plan.MapInputs(static input => Visit(input, false));
        }
    }
}
