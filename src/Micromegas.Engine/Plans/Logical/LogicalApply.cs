using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Plans.Logical;

/// <summary>
/// A join whose right side may read columns of the left side: a correlated subquery or LATERAL. The optimizer always turns it into joins
/// (<see cref="Optimizer.Decorrelation"/>); it never reaches execution.
/// </summary>
/// <param name="Left">The outer rows.</param>
/// <param name="Right">Evaluated once an outer row, in meaning.</param>
/// <param name="Kind">Inner, left, semi and anti joins (LATERAL), mark joins (IN, EXISTS, ANY) and single joins (scalar subqueries).</param>
/// <param name="Condition">Over both sides; null = always true.</param>
/// <param name="Mark">Result of a mark join.</param>
public sealed record LogicalApply(LogicalPlan Left, LogicalPlan Right, JoinKind Kind, BoundExpression? Condition, PlanColumn? Mark = null) : LogicalPlan
{
    public override IReadOnlyList<PlanColumn> Columns { get; } = Kind switch
    {
        JoinKind.LeftMark => [.. Left.Columns, Mark!],
        JoinKind.LeftSemi or JoinKind.LeftAnti => Left.Columns,
        _ => [.. Left.Columns, .. Right.Columns],
    };

    public override IReadOnlyList<LogicalPlan> Inputs => [Left, Right];
}
