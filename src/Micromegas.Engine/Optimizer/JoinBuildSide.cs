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
            || RowEstimates.Of(join.Left) is not { } left || RowEstimates.Of(join.Right) is not { } right || left * 2 >= right)
        {
            return node;
        }
        var swapped = new LogicalJoin(
            join.Right, join.Left, JoinKind.Inner, [.. join.Keys.Select(static key => new JoinKey(key.Right, key.Left, key.NullsEqual))], join.Residual);
        return new LogicalProject(swapped, [.. join.Columns.Select(static column => new Assignment(column, new BoundColumn(column)))]);
    });
}
