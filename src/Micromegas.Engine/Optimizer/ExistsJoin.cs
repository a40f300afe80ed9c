using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>
/// EXISTS over rows that depend on the outer ones by conditions of WHERE only, an equality among them: those conditions are the join's, and the subquery is read once
/// without looking at the outer rows first.
/// </summary>
internal static class ExistsJoin
{
    /// <summary>The join that does the same; null where there is none.</summary>
    public static LogicalJoin? Of(LogicalApply apply)
    {
        if (apply is not { Kind: JoinKind.LeftMark, Mark.Nullable: false, Condition: null })
        {
            return null;
        }
        var outer = apply.Left.Columns.ToHashSet();
        var rows = apply.Right;
        var own = new List<BoundExpression>();
        var correlated = new List<BoundExpression>();
        for (;;)
        {
            if (rows is LogicalFilter filter)
            {
                foreach (var conjunct in filter.Predicate.Conjuncts())
                {
                    (conjunct.Columns().Overlaps(outer) ? correlated : own).Add(conjunct);
                }
                rows = filter.Input;
            }
            else if (rows is LogicalProject project && project.Assignments.All(static assignment => !assignment.Expression.IsVolatile()))
            {
                var sources = project.Assignments.ToDictionary(static assignment => assignment.Column, static assignment => assignment.Expression);
                own = own.ConvertAll(conjunct => conjunct.ReplaceColumns(sources));
                correlated = correlated.ConvertAll(conjunct => conjunct.ReplaceColumns(sources));
                rows = project.Input;
            }
            else
            {
                break;
            }
        }
        var inner = rows.Columns.ToHashSet();
        return FreeColumns.Of(rows).Overlaps(outer)
            || own.Exists(conjunct => conjunct.IsVolatile() || !conjunct.Columns().IsSubsetOf(inner))
            || correlated.Exists(conjunct => conjunct.IsVolatile() || !conjunct.Columns().All(column => outer.Contains(column) || inner.Contains(column)))
            || !correlated.Exists(conjunct => PredicatePushdown.Key(conjunct, outer, inner) is not null)
                ? null
                : new LogicalJoin(
                    apply.Left, BoundExpressions.And(own) is { } predicate ? new LogicalFilter(rows, predicate) : rows, JoinKind.LeftMark, [], BoundExpressions.And(correlated), apply.Mark);
    }
}
