using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>A limit over a sort, with projections between at most, is a sort that keeps only so many rows.</summary>
internal sealed class TopN : ILogicalRule
{
    public string Name => "top-n";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context) => plan.RewriteUp(static node =>
        node is LogicalLimit { Count: { } count } limit && Into(limit.Input, count, limit.Offset) is { } sorted ? sorted : node);

    private static LogicalPlan? Into(LogicalPlan plan, long count, long offset) => plan switch
    {
        LogicalSort { Limit: null } sort => new LogicalSort(sort.Input, sort.Keys, count, offset),
        LogicalProject project when Into(project.Input, count, offset) is { } input => new LogicalProject(input, project.Assignments),
        _ => null,
    };
}
