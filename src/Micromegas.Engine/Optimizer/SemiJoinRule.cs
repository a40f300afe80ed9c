using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>
/// A filter on the mark of a mark join is a semi join; on NOT the mark, an anti join, if the mark cannot be NULL (EXISTS; NOT IN must keep the NULLs).
/// </summary>
internal sealed class SemiJoinRule : ILogicalRule
{
    public string Name => "semi-join";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context)
    {
        var removed = new HashSet<PlanColumn>();
        return plan.RewriteUp(node => node switch
        {
            LogicalFilter filter => Rewrite(filter, removed),

            // Decorrelation lists all columns of its rows, also those that nobody reads.
            LogicalProject project when project.Assignments.Any(assignment => removed.Contains(assignment.Column)) =>
                new LogicalProject(project.Input, [.. project.Assignments.Where(assignment => !removed.Contains(assignment.Column))]),
            _ => node,
        });
    }

    private static LogicalPlan Rewrite(LogicalFilter filter, HashSet<PlanColumn> removed)
    {
        var conjuncts = filter.Predicate.Conjuncts().ToList();
        var input = filter.Input;
        var rest = new List<BoundExpression>();
        foreach (var conjunct in conjuncts)
        {
            var (mark, negated) = conjunct switch
            {
                BoundColumn column => (column.Column, false),
                BoundNot { Operand: BoundColumn column } => (column.Column, true),
                _ => (null, false),
            };
            var usedElsewhere = mark is not null && conjuncts.Any(other => !ReferenceEquals(other, conjunct) && other.Columns().Contains(mark));
            if (mark is null || usedElsewhere || (negated && mark.Nullable) || Replace(input, mark, negated) is not { } replaced)
            {
                rest.Add(conjunct);
                continue;
            }
            input = replaced;
            removed.Add(mark);
        }
        return rest.Count == conjuncts.Count ? filter : BoundExpressions.And(rest) is { } left ? new LogicalFilter(input, left) : input;
    }

    /// <summary>The plan with the mark join of that mark made a semi or anti join; null when it is not at the top of the chain of mark joins.</summary>
    private static LogicalPlan? Replace(LogicalPlan plan, PlanColumn mark, bool negated)
    {
        if (plan is not LogicalJoin { Kind: JoinKind.LeftMark or JoinKind.LeftSingle } join)
        {
            return null;
        }
        if (join.Mark == mark)
        {
            return new LogicalJoin(join.Left, join.Right, negated ? JoinKind.LeftAnti : JoinKind.LeftSemi, join.Keys, join.Residual);
        }
        var reads = join.Keys.Any(key => key.Left.Columns().Contains(mark)) || (join.Residual?.Columns().Contains(mark) ?? false);
        return reads || Replace(join.Left, mark, negated) is not { } left ? null : join.WithInputs([left, join.Right]);
    }
}
