using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>How many rows plans give, from what catalogues and footers say of their tables.</summary>
internal static class RowEstimates
{
    /// <summary>Rows that a plan gives, roughly; null when nothing is known.</summary>
    public static double? Of(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => scan.Table.Statistics is { } statistics ? statistics.RowCount * Math.Pow(0.25, Math.Min(scan.Predicates.Count, 3)) : null,
        LogicalValues values => values.Rows.Count,
        LogicalFilter filter => Of(filter.Input) * 0.25,
        LogicalAggregate { Keys.Count: 0 } => 1,
        LogicalAggregate aggregate => Of(aggregate.Input) * 0.1,
        LogicalLimit { Count: { } count } limit => Of(limit.Input) is { } rows ? Math.Min(rows, count) : count,
        LogicalSort { Limit: { } count } sort => Of(sort.Input) is { } rows ? Math.Min(rows, count) : count,
        LogicalJoin { Kind: JoinKind.Inner, Keys.Count: > 0 } join => Of(join.Left) is { } a && Of(join.Right) is { } b ? Math.Max(a, b) : null,
        LogicalProject or LogicalSort or LogicalWindow => Of(plan.Inputs[0]),
        _ => null,
    };
}
