using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>Tells scans and the branches of unions how many rows are wanted at most; the limit itself stays above.</summary>
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
        LogicalProject project => new LogicalProject(Push(project.Input, rows), project.Assignments),
        LogicalUnionAll union => new LogicalUnionAll([.. union.Branches.Select(branch => (LogicalPlan)new LogicalLimit(Push(branch, rows), 0, rows))], union.Output),
        _ => plan,
    };
}
