using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>
/// Of a union's branches, and of the preserved side of an outer join that is sorted by that side's columns, only the first rows can be among the first rows
/// above: they are looked for there too, where a scan can leave out what comes too late.
/// </summary>
internal sealed class TopNPushdown : ILogicalRule
{
    public string Name => "top-n-pushdown";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context) => plan.RewriteUp(static node =>
        node is LogicalSort { Limit: { } limit } sort && limit <= long.MaxValue - sort.Offset
            && !sort.Keys.Any(static key => key.Expression.IsVolatile()) && Push(sort.Input, sort.Keys, limit + sort.Offset) is { } input
            ? new LogicalSort(input, sort.Keys, sort.Limit, sort.Offset)
            : node);

    /// <summary>The plan with fewer rows to sort; null when there is nothing below it to push to.</summary>
    private static LogicalPlan? Push(LogicalPlan plan, IReadOnlyList<SortKey> keys, long rows)
    {
        switch (plan)
        {
            case LogicalProject project when Replace(keys, project.Assignments.ToDictionary(static a => a.Column, static a => a.Expression)) is { } below:
                return below.Any(static key => key.Expression.IsVolatile()) || Push(project.Input, below, rows) is not { } input
                    ? null
                    : new LogicalProject(input, project.Assignments);
            case LogicalUnionAll union:
                return new LogicalUnionAll(
                    [.. union.Branches.Select(branch => First(branch, Replace(keys, Pairs(union.Output, branch.Columns)), rows))], union.Output);
            case LogicalJoin join when join.Kind.PreservesLeft() && AreOf(keys, join.Left):
                return join.WithInputs([First(join.Left, keys, rows), join.Right]);
            case LogicalJoin join when join.Kind.PreservesRight() && AreOf(keys, join.Right):
                return join.WithInputs([join.Left, First(join.Right, keys, rows)]);
            default:
                return null;
        }
    }

    private static LogicalSort First(LogicalPlan plan, IReadOnlyList<SortKey> keys, long rows) => new(Push(plan, keys, rows) ?? plan, keys, rows);

    private static SortKey[] Replace(IReadOnlyList<SortKey> keys, IReadOnlyDictionary<PlanColumn, BoundExpression> replacements) =>
        [.. keys.Select(key => key with { Expression = key.Expression.ReplaceColumns(replacements) })];

    private static Dictionary<PlanColumn, BoundExpression> Pairs(IReadOnlyList<PlanColumn> output, IReadOnlyList<PlanColumn> columns)
    {
        var pairs = new Dictionary<PlanColumn, BoundExpression>();
        for (var i = 0; i < output.Count; i++)
        {
            pairs[output[i]] = new BoundColumn(columns[i]);
        }
        return pairs;
    }

    private static bool AreOf(IReadOnlyList<SortKey> keys, LogicalPlan side)
    {
        var columns = side.Columns.ToHashSet();
        return keys.All(key => key.Expression.Columns().IsSubsetOf(columns));
    }
}
