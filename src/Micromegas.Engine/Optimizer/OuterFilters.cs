using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>
/// Filters the outer rows of an <see cref="LogicalApply"/> before they are taken apart into what its right side depends on: what is computed for each of them, a
/// table function's table for example, is not computed for rows that nobody wants.
/// </summary>
internal static class OuterFilters
{
    public static LogicalPlan Apply(LogicalPlan plan) => plan switch
    {
        LogicalFilter { Input: LogicalApply apply } filter => Sink(filter, apply, apply.Left),
        LogicalFilter { Input: LogicalJoin { Kind: JoinKind.Inner or JoinKind.Left } join } filter when HasApply(join.Left) => Sink(filter, join, join.Left),
        _ => plan.MapInputs(Apply),
    };

    private static LogicalPlan Sink(LogicalFilter filter, LogicalPlan node, LogicalPlan outer)
    {
        var columns = outer.Columns.ToHashSet();
        var conjuncts = filter.Predicate.Conjuncts().ToLookup(conjunct =>
            !conjunct.IsVolatile() && conjunct.Columns() is { Count: > 0 } used && used.IsSubsetOf(columns));
        if (BoundExpressions.And([.. conjuncts[true]]) is not { } below)
        {
            return filter.MapInputs(static input => input.MapInputs(Apply));
        }
        var filtered = node.WithInputs([Apply(new LogicalFilter(outer, below)), Apply(node.Inputs[1])]);
        return BoundExpressions.And([.. conjuncts[false]]) is { } above ? new LogicalFilter(filtered, above) : filtered;
    }

    private static bool HasApply(LogicalPlan plan) => plan is LogicalApply || plan.Inputs.Any(HasApply);
}
