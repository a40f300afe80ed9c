using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>
/// Orders chains of inner joins of three tables and more by their sizes, where those are known: first the pair that gives the fewest rows, then whatever keeps the
/// result smallest. Conditions that may fail keep the order that was written, and with it the rows that they see.
/// </summary>
internal sealed class JoinOrder : ILogicalRule
{
    /// <summary>Tables of one chain beyond which the order stays.</summary>
    private const int MaxTables = 32;

    public string Name => "join-order";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context)
    {
        if (plan is not LogicalJoin { Kind: JoinKind.Inner })
        {
            return plan.MapInputs(input => Apply(input, context));
        }
        var tables = new List<LogicalPlan>();
        var conditions = new List<BoundExpression>();
        Flatten(plan, tables, conditions);
        tables = tables.ConvertAll(table => Apply(table, context));
        if (tables.Count is < 3 or > MaxTables || conditions.Exists(static condition => condition.MayFail() || condition.IsVolatile())
            || !tables.TrueForAll(static table => RowEstimates.Of(table) is not null))
        {
            return plan.MapInputs(input => input is LogicalJoin { Kind: JoinKind.Inner } ? input : Apply(input, context));
        }
        var ordered = Order(tables, conditions);
        return new LogicalProject(ordered, [.. plan.Columns.Select(static column => new Assignment(column, new BoundColumn(column)))]);
    }

    /// <summary>The tables of a tree of inner joins, in the order written, and all its conditions.</summary>
    private static void Flatten(LogicalPlan plan, List<LogicalPlan> tables, List<BoundExpression> conditions)
    {
        if (plan is not LogicalJoin { Kind: JoinKind.Inner } join)
        {
            tables.Add(plan);
            return;
        }
        Flatten(join.Left, tables, conditions);
        Flatten(join.Right, tables, conditions);
        conditions.AddRange(join.Keys.Select(static key => new BoundComparison(
            key.NullsEqual ? ComparisonOperator.NotDistinctFrom : ComparisonOperator.Equal, key.Left, key.Right)));
        conditions.AddRange(join.Residual?.Conjuncts() ?? []);
    }

    private static LogicalPlan Order(List<LogicalPlan> tables, List<BoundExpression> conditions)
    {
        var open = new List<LogicalPlan>(tables);
        var unused = new List<BoundExpression>(conditions);
        var (first, second) = (open[0], open[1]);
        var fewest = double.MaxValue;
        for (var i = 0; i < open.Count; i++)
        {
            for (var j = i + 1; j < open.Count; j++)
            {
                if (Cost(open[i], open[j], unused) is var rows && rows < fewest)
                {
                    (first, second, fewest) = (open[i], open[j], rows);
                }
            }
        }
        open.Remove(first);
        open.Remove(second);
        var joined = Join(first, second, unused);
        while (open.Count > 0)
        {
            var next = open[0];
            fewest = double.MaxValue;
            foreach (var table in open)
            {
                if (Cost(joined, table, unused) is var rows && rows < fewest)
                {
                    (next, fewest) = (table, rows);
                }
            }
            open.Remove(next);
            joined = Join(joined, next, unused);
        }
        return joined;
    }

    /// <summary>Rows of the join of two plans: without an equality between them, every pair.</summary>
    private static double Cost(LogicalPlan left, LogicalPlan right, List<BoundExpression> conditions)
    {
        var (a, b) = (RowEstimates.Of(left) ?? 1, RowEstimates.Of(right) ?? 1);
        var leftColumns = left.Columns.ToHashSet();
        var rightColumns = right.Columns.ToHashSet();
        return conditions.Exists(condition => PredicatePushdown.Key(condition, leftColumns, rightColumns) is not null) ? Math.Max(a, b) : a * b;
    }

    /// <summary>The join with the conditions that it has the columns for, which are used up.</summary>
    private static LogicalJoin Join(LogicalPlan left, LogicalPlan right, List<BoundExpression> conditions)
    {
        var leftColumns = left.Columns.ToHashSet();
        var rightColumns = right.Columns.ToHashSet();
        HashSet<PlanColumn> both = [.. leftColumns, .. rightColumns];
        var keys = new List<JoinKey>();
        var residual = new List<BoundExpression>();
        foreach (var condition in conditions.FindAll(condition => condition.Columns().IsSubsetOf(both)))
        {
            conditions.Remove(condition);
            if (PredicatePushdown.Key(condition, leftColumns, rightColumns) is { } key)
            {
                keys.Add(key);
            }
            else
            {
                residual.Add(condition);
            }
        }
        return new LogicalJoin(left, right, JoinKind.Inner, keys, BoundExpressions.And(residual));
    }
}
