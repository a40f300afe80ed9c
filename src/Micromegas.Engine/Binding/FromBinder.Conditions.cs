using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using JoinKind = Micromegas.Engine.Plans.Logical.JoinKind;
using Assignment = Micromegas.Engine.Plans.Logical.Assignment;

namespace Micromegas.Engine.Binding;

/// <summary>Joins whose conditions have subqueries.</summary>
internal sealed partial class FromBinder
{
    /// <summary>
    /// A join whose condition has subqueries. An inner one is a filter over the pairs. For others a subquery goes to the side that it reads; with one that
    /// reads both, the other side's rows are filtered anew for each row: <c>l LEFT JOIN r ON c</c> is <c>l LEFT JOIN LATERAL (SELECT * FROM r WHERE c) ON true</c>.
    /// </summary>
    private static LogicalProject JoinWithSubqueries(LogicalPlan left, LogicalPlan right, JoinKind kind, BoundExpression condition, IReadOnlyList<Subquery> subqueries)
    {
        // What the subqueries add is no column of the join.
        PlanColumn[] columns = kind is JoinKind.LeftSemi or JoinKind.LeftAnti ? [.. left.Columns] : [.. left.Columns, .. right.Columns];
        return new LogicalProject(
            JoinBesideSubqueries(left, right, kind, condition, subqueries), [.. columns.Select(static column => new Assignment(column, new BoundColumn(column)))]);
    }

    private static LogicalPlan JoinBesideSubqueries(LogicalPlan left, LogicalPlan right, JoinKind kind, BoundExpression condition, IReadOnlyList<Subquery> subqueries)
    {
        if (kind == JoinKind.Inner)
        {
            return new LogicalFilter(subqueries.Aggregate(Join(left, right, kind, null), static (rows, subquery) => subquery.Beside(rows)), condition);
        }
        var both = new List<Subquery>();
        foreach (var subquery in subqueries)
        {
            // One subquery may read the value of another, which then is no column of either side.
            var needed = subquery.Needed();
            if (both.Exists(other => needed.Overlaps(other.Added)) || (needed.Overlaps(left.Columns) && needed.Overlaps(right.Columns)))
            {
                both.Add(subquery);
            }
            else if (needed.Overlaps(right.Columns))
            {
                right = subquery.Beside(right);
            }
            else
            {
                left = subquery.Beside(left);
            }
        }
        if (both.Count == 0)
        {
            return Join(left, right, kind, condition);
        }
        switch (kind)
        {
            case JoinKind.Right:
                return Lateral(right, left, JoinKind.Left);
            case JoinKind.Full:
                // The rows of the left side with their partners, then those of the right side that have none.
                var alone = Lateral(right, left, JoinKind.LeftAnti);
                var missing = new LogicalProject(alone, [
                    .. left.Columns.Select(static column => new Assignment(new PlanColumn(column.Name, column.Type), new BoundLiteral(new Scalar(column.Type, null)))),
                    .. right.Columns.Select(static column => new Assignment(column, new BoundColumn(column)))]);
                return new LogicalUnionAll([Lateral(left, right, JoinKind.Left), missing], [.. left.Columns, .. right.Columns]);
            default:
                return Lateral(left, right, kind);
        }

        LogicalApply Lateral(LogicalPlan outer, LogicalPlan inner, JoinKind how)
        {
            var added = both.SelectMany(static subquery => subquery.Added).ToHashSet();
            var parts = condition.Conjuncts().ToLookup(conjunct => conjunct.Columns().Overlaps(added));
            var matched = both.Aggregate(inner, static (rows, subquery) => subquery.Beside(rows));
            if (BoundExpressions.And([.. parts[true]]) is { } filter)
            {
                matched = new LogicalFilter(matched, filter);
            }
            var kept = new LogicalProject(matched, [.. inner.Columns.Select(static column => new Assignment(column, new BoundColumn(column)))]);
            return new LogicalApply(outer, kept, how, BoundExpressions.And([.. parts[false]]));
        }
    }
}
