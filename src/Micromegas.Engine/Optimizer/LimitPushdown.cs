using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>
/// Tells scans, the branches of unions and the preserved sides of outer joins how many rows are wanted at most; the limit itself stays above. Each row of a
/// preserved side gives one row at least, so that more of them cannot be needed.
/// </summary>
internal sealed class LimitPushdown : ILogicalRule
{
    public string Name => "limit-pushdown";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context) => plan.RewriteUp(static node =>
        node is LogicalLimit { Count: { } count } limit && count <= long.MaxValue - limit.Offset
            ? limit.WithInputs([Push(limit.Input, count + limit.Offset)])
            : node);

    private static LogicalPlan Push(LogicalPlan plan, long rows) => plan switch
    {
        LogicalScan { Predicates.Count: 0 } scan => scan with { Limit = Math.Min(scan.Limit ?? long.MaxValue, rows) },
        LogicalProject or LogicalAsyncCalls => plan.MapInputs(input => Push(input, rows)),
        LogicalUnionAll union => union.MapInputs(branch => First(branch, rows)),
        LogicalJoin join when join.Kind.PreservesLeft() => join.WithInputs([First(join.Left, rows), join.Right]),
        LogicalJoin join when join.Kind.PreservesRight() => join.WithInputs([join.Left, First(join.Right, rows)]),
        LogicalUnnest { Outer: true } unnest => unnest.MapInputs(input => First(input, rows)),
        _ => plan,
    };

    private static LogicalPlan First(LogicalPlan plan, long rows) => plan switch
    {
        LogicalLimit { Offset: 0, Count: { } count } when count <= rows => plan,
        LogicalSort { Offset: 0, Limit: { } count } when count <= rows => plan,
        _ => new LogicalLimit(Push(plan, rows), 0, rows),
    };
}
