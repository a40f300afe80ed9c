using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>Puts the smaller input of an inner join on the right, where the hash table is built.</summary>
internal sealed class JoinBuildSide : ILogicalRule
{
    public string Name => "join-build-side";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context) => plan.RewriteUp(static node =>
    {
        if (node is not LogicalJoin { Kind: JoinKind.Inner, Keys.Count: > 0 } join
            || Rows(join.Left) is not { } left || Rows(join.Right) is not { } right || left * 2 >= right)
        {
            return node;
        }
        var swapped = new LogicalJoin(
            join.Right, join.Left, JoinKind.Inner, [.. join.Keys.Select(static key => new JoinKey(key.Right, key.Left, key.NullsEqual))], join.Residual);
        return new LogicalProject(swapped, [.. join.Columns.Select(static column => new Assignment(column, new BoundColumn(column)))]);
    });

    /// <summary>Rows that a plan gives, roughly; null when nothing is known.</summary>
    private static double? Rows(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => scan.Table.Statistics is { } statistics ? statistics.RowCount * Math.Pow(0.25, Math.Min(scan.Predicates.Count, 3)) : null,
        LogicalValues values => values.Rows.Count,
        LogicalFilter filter => Rows(filter.Input) * 0.25,
        LogicalAggregate { Keys.Count: 0 } => 1,
        LogicalAggregate aggregate => Rows(aggregate.Input) * 0.1,
        LogicalLimit { Count: { } count } limit => Rows(limit.Input) is { } rows ? Math.Min(rows, count) : count,
        LogicalSort { Limit: { } count } sort => Rows(sort.Input) is { } rows ? Math.Min(rows, count) : count,
        LogicalJoin { Kind: JoinKind.Inner, Keys.Count: > 0 } join => Rows(join.Left) is { } a && Rows(join.Right) is { } b ? Math.Max(a, b) : null,
        LogicalProject or LogicalSort or LogicalWindow => Rows(plan.Inputs[0]),
        _ => null,
    };
}
