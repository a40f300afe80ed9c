using Micromegas.Columnar;
using Micromegas.Engine.Binding;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>Moves conjuncts as near to the scans as they may go, and makes equalities across a join its keys.</summary>
internal sealed class PredicatePushdown : ILogicalRule
{
    public string Name => "predicate-pushdown";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context) => Push(plan, [], context);

    private static LogicalPlan Push(LogicalPlan plan, List<BoundExpression> conjuncts, QueryContext context)
    {
        switch (plan)
        {
            case LogicalFilter filter:
                return Push(filter.Input, [.. filter.Predicate.Conjuncts(), .. conjuncts], context);
            case LogicalProject project:
                return ThroughProject(project, conjuncts, context);
            case LogicalAggregate aggregate:
                return ThroughAggregate(aggregate, conjuncts, context);
            case LogicalSort { Limit: null } sort:
                return new LogicalSort(Push(sort.Input, conjuncts, context), sort.Keys);
            case LogicalJoin join:
                return ThroughJoin(join, conjuncts, context);
            case LogicalUnionAll union:
                return new LogicalUnionAll([.. union.Branches.Select(branch => Push(branch, Translate(conjuncts, union.Output, branch.Columns), context))], union.Output);
            case LogicalWindow window:
            {
                var partition = window.PartitionBy.OfType<BoundColumn>().Select(static column => column.Column).ToHashSet();
                var (below, above) = Split(conjuncts, conjunct => conjunct.Columns().IsSubsetOf(partition) && !conjunct.IsVolatile());
                return Filter(new LogicalWindow(Push(window.Input, below, context), window.PartitionBy, window.OrderBy, window.Calls), above);
            }
            case LogicalUnnest unnest:
            {
                var own = unnest.Items.Append(unnest.Ordinality).ToHashSet();
                var (below, above) = Split(conjuncts, conjunct => !conjunct.Columns().Overlaps(own!) && !conjunct.IsVolatile());
                return Filter(unnest.WithInputs([Push(unnest.Input, below, context)]), above);
            }
            case LogicalTableFunction call:
            {
                var own = call.TableColumns.ToHashSet();
                var (inside, others) = Split(conjuncts, conjunct => conjunct.Columns() is { Count: > 0 } columns && columns.IsSubsetOf(own) && !conjunct.IsVolatile() && !AsyncCalls.IsIn(conjunct));
                var (below, above) = Split(others, conjunct => !conjunct.Columns().Overlaps(own) && !conjunct.IsVolatile());
                return Filter(call with { Input = Push(call.Input, below, context), Predicates = [.. call.Predicates, .. inside] }, above);
            }
            case LogicalScan scan when conjuncts.TrueForAll(static conjunct => !conjunct.IsVolatile()):
            {
                var (above, below) = Split(conjuncts, AsyncCalls.IsIn);
                return Filter(below.Count == 0 ? scan : scan with { Predicates = [.. scan.Predicates, .. below] }, above);
            }
            default:
                return Filter(plan.MapInputs(input => Push(input, [], context)), conjuncts);
        }
    }

    private static LogicalPlan Filter(LogicalPlan plan, List<BoundExpression> conjuncts) =>
        BoundExpressions.And(conjuncts) is { } predicate ? new LogicalFilter(plan, predicate) : plan;

    private static (List<BoundExpression> Matching, List<BoundExpression> Others) Split(List<BoundExpression> conjuncts, Func<BoundExpression, bool> matches)
    {
        List<BoundExpression> matching = [];
        List<BoundExpression> rest = [];
        foreach (var conjunct in conjuncts)
        {
            (matches(conjunct) ? matching : rest).Add(conjunct);
        }
        return (matching, rest);
    }

    private static List<BoundExpression> Translate(List<BoundExpression> conjuncts, IReadOnlyList<PlanColumn> from, IReadOnlyList<PlanColumn> to)
    {
        var replacements = new Dictionary<PlanColumn, BoundExpression>();
        for (var i = 0; i < from.Count; i++)
        {
            replacements[from[i]] = new BoundColumn(to[i]);
        }
        return conjuncts.ConvertAll(conjunct => conjunct.ReplaceColumns(replacements));
    }

    private static LogicalPlan ThroughProject(LogicalProject project, List<BoundExpression> conjuncts, QueryContext context)
    {
        var replacements = project.Assignments.ToDictionary(static assignment => assignment.Column, static assignment => assignment.Expression);
        var (below, above) = Split(conjuncts, conjunct =>
            !conjunct.IsVolatile() && conjunct.Columns().All(column => !replacements.TryGetValue(column, out var expression) || !expression.IsVolatile()));
        var translated = below.ConvertAll(conjunct => Refold(conjunct.ReplaceColumns(replacements), context));
        return Filter(new LogicalProject(Push(project.Input, translated, context), project.Assignments), above);
    }

    /// <summary>Folds what became constant; a condition that is always true goes away with its caller.</summary>
    private static BoundExpression Refold(BoundExpression expression, QueryContext context) =>
        expression.Any(static node => node is not BoundColumn && node is not BoundLiteral && node.Children().Any() && node.Children().All(static child => child is BoundLiteral))
            ? expression.Rewrite(node => node.Children().Any() && node.Children().All(static child => child is BoundLiteral)
                && ConstantFolding.Fold(node, context) is BoundLiteral folded ? folded : null)
            : expression;

    private static LogicalPlan ThroughAggregate(LogicalAggregate aggregate, List<BoundExpression> conjuncts, QueryContext context)
    {
        if (aggregate.Keys.Count == 0 || aggregate.GroupingSets is not null)
        {
            return Filter(aggregate.WithInputs([Push(aggregate.Input, [], context)]), conjuncts);
        }
        var keys = aggregate.Keys.ToDictionary(static key => key.Column, static key => key.Expression);
        var (below, above) = Split(conjuncts, conjunct => conjunct.Columns().All(column => keys.TryGetValue(column, out var key) && !key.IsVolatile()) && !conjunct.IsVolatile());
        return Filter(aggregate.WithInputs([Push(aggregate.Input, below.ConvertAll(conjunct => conjunct.ReplaceColumns(keys)), context)]), above);
    }

    private static LogicalPlan ThroughJoin(LogicalJoin join, List<BoundExpression> conjuncts, QueryContext context)
    {
        var leftColumns = join.Left.Columns.ToHashSet();
        var rightColumns = join.Right.Columns.ToHashSet();
        var kind = join.Kind;
        if (kind == JoinKind.Left && conjuncts.Exists(conjunct => RejectsNulls(conjunct, rightColumns)))
        {
            kind = JoinKind.Inner;
        }
        else if (kind == JoinKind.Right && conjuncts.Exists(conjunct => RejectsNulls(conjunct, leftColumns)))
        {
            kind = JoinKind.Inner;
        }
        List<BoundExpression> left = [];
        List<BoundExpression> right = [];
        List<BoundExpression> above = [];
        List<BoundExpression> on = join.Residual is null ? [] : [.. join.Residual.Conjuncts()];

        foreach (var conjunct in conjuncts)
        {
            var columns = conjunct.Columns();
            var isVolatile = conjunct.IsVolatile();
            if (!isVolatile && columns.IsSubsetOf(leftColumns) && columns.Count > 0 && kind.MayFilterLeft())
            {
                left.Add(conjunct);
            }
            else if (!isVolatile && columns.IsSubsetOf(rightColumns) && columns.Count > 0 && kind.MayFilterRight())
            {
                right.Add(conjunct);
            }
            else if (!isVolatile && kind == JoinKind.Inner)
            {
                on.Add(conjunct);
            }
            else
            {
                above.Add(conjunct);
            }
        }

        List<JoinKey> keys = [.. join.Keys];
        List<BoundExpression> residual = [];
        foreach (var condition in on)
        {
            var columns = condition.Columns();
            var onlyLeft = columns.IsSubsetOf(leftColumns);
            var onlyRight = columns.IsSubsetOf(rightColumns);
            if (onlyRight && columns.Count > 0 && kind is JoinKind.Inner or JoinKind.Left or JoinKind.LeftSemi or JoinKind.LeftAnti)
            {
                right.Add(condition);
            }
            else if (onlyLeft && columns.Count > 0 && kind is JoinKind.Inner or JoinKind.Right or JoinKind.LeftSemi)
            {
                left.Add(condition);
            }
            else if (Key(condition, leftColumns, rightColumns) is { } key)
            {
                keys.Add(key);
            }
            else
            {
                residual.Add(condition);
            }
        }
        return Filter(
            new LogicalJoin(Push(join.Left, left, context), Push(join.Right, right, context), kind, keys, BoundExpressions.And(residual), join.Mark), above);
    }

    /// <summary>The key that an equality between both sides is; null for any other condition.</summary>
    internal static JoinKey? Key(BoundExpression condition, HashSet<PlanColumn> left, HashSet<PlanColumn> right)
    {
        if (condition is not BoundComparison { Operator: ComparisonOperator.Equal or ComparisonOperator.NotDistinctFrom } equality)
        {
            return null;
        }
        var nullsEqual = equality.Operator == ComparisonOperator.NotDistinctFrom;
        var a = equality.Left.Columns();
        var b = equality.Right.Columns();
        if (a.Count == 0 || b.Count == 0)
        {
            return null;
        }
        return a.IsSubsetOf(left) && b.IsSubsetOf(right)
            ? new JoinKey(equality.Left, equality.Right, nullsEqual)
            : a.IsSubsetOf(right) && b.IsSubsetOf(left)
                ? new JoinKey(equality.Right, equality.Left, nullsEqual)
                : null;
    }

    /// <summary>Whether the conjunct is never true for a row in which all these columns are NULL; then an outer join that fills them is an inner one.</summary>
    private static bool RejectsNulls(BoundExpression conjunct, HashSet<PlanColumn> columns) => conjunct switch
    {
        BoundComparison { Operator: not (ComparisonOperator.DistinctFrom or ComparisonOperator.NotDistinctFrom) } comparison =>
            Strict(comparison.Left, columns) || Strict(comparison.Right, columns),
        BoundIsNull { Negated: true } isNotNull => Strict(isNotNull.Operand, columns),
        BoundLike like => Strict(like.Operand, columns),
        BoundIn { Negated: false } list => Strict(list.Operand, columns),
        _ => false,
    };

    /// <summary>Whether the expression is NULL when those columns are: a column itself, or a cast of one.</summary>
    private static bool Strict(BoundExpression expression, HashSet<PlanColumn> columns) => expression switch
    {
        BoundColumn column => columns.Contains(column.Column),
        BoundCast cast => Strict(cast.Operand, columns),
        _ => false,
    };
}
