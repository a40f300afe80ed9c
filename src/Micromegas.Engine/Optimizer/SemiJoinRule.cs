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

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context) => plan.RewriteUp(Rewrite);

    private static LogicalPlan Rewrite(LogicalPlan node)
    {
        if (node is not LogicalFilter filter)
        {
            return node;
        }
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
        }
        return rest.Count == conjuncts.Count ? node : BoundExpressions.And(rest) is { } left ? new LogicalFilter(input, left) : input;
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
