using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>
/// Has joins tell the scans of their left side which values of the keys have a match, where a left row without one is in no row of the result. The values are known
/// when the join runs, since its right side is read first.
/// </summary>
internal sealed class JoinBounds : ILogicalRule
{
    public string Name => "join-bounds";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context) => plan.RewriteUp(static node =>
        node is LogicalJoin { Keys.Count: > 0 } join && join.Kind.NeedsMatch() ? join with { BoundsScans = true } : node);
}
