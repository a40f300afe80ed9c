using System.Globalization;
using System.Text;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Explain;

/// <summary>Plans and bound expressions as text, one node a line, inputs indented below.</summary>
internal static class PlanPrinter
{
    /// <param name="plan">The plan.</param>
    /// <param name="scans">What there is to say of scans beyond their nodes.</param>
    public static string Print(LogicalPlan plan, IReadOnlyDictionary<LogicalPlan, IReadOnlyList<string>>? scans = null)
    {
        var text = new StringBuilder();
        Print(plan, 0, scans, text);
        return text.ToString().TrimEnd('\n');
    }

    /// <summary>A plan that ran, with rows and time of each operator.</summary>
    public static string Print(OperatorProfile profile)
    {
        var text = new StringBuilder();
        Print(profile, 0, text);
        return text.ToString().TrimEnd('\n');
    }

    private static void Print(OperatorProfile profile, int depth, StringBuilder text)
    {
        text.Append(' ', depth * 2).Append(profile.Name);
        if (profile.Details.Count > 0)
        {
            text.Append(": ").AppendJoin(", ", profile.Details);
        }
        text.Append(", ").Append(profile.Statistics).Append('\n');
        foreach (var input in profile.Inputs)
        {
            Print(input, depth + 1, text);
        }
    }

    private static void Print(LogicalPlan plan, int depth, IReadOnlyDictionary<LogicalPlan, IReadOnlyList<string>>? scans, StringBuilder text)
    {
        text.Append(' ', depth * 2).Append(Describe(plan));
        if (scans is not null && scans.TryGetValue(plan, out var details) && details.Count > 0)
        {
            text.Append(" (").AppendJoin(", ", details).Append(')');
        }
        text.Append('\n');
        foreach (var input in plan.Inputs)
        {
            Print(input, depth + 1, scans, text);
        }
    }

    private static string Describe(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => $"Scan: {scan.Name} projection=[{Join(scan.Columns.Select(static column => column.Name))}]"
            + (scan.Predicates.Count > 0 ? $" predicates=[{Join(scan.Predicates.Select(Describe))}]" : "")
            + (scan.Limit is { } limit ? $" limit={limit}" : ""),
        LogicalValues values => $"Values: rows={values.Rows.Count}",
        LogicalFilter filter => $"Filter: {Describe(filter.Predicate)}",
        LogicalProject project => $"Project: {Join(project.Assignments.Select(static a => $"{Describe(a.Expression)} AS {a.Column.Name}"))}",
        LogicalAggregate aggregate =>
            $"Aggregate: keys=[{Join(aggregate.Keys.Select(static key => Describe(key.Expression)))}] aggregates=[{Join(aggregate.Aggregates.Select(Describe))}]"
            + (aggregate.GroupingSets is { } sets ? $" sets={sets.Count}" : "")
            + (aggregate.ScannedColumns is null ? "" : " metadata=true"),
        LogicalSort sort => $"Sort: {Join(sort.Keys.Select(Describe))}"
            + (sort.Limit is { } limit ? $" limit={limit} offset={sort.Offset}" : ""),
        LogicalLimit limit => $"Limit: offset={limit.Offset} count={limit.Count?.ToString(CultureInfo.InvariantCulture) ?? "all"}",
        LogicalDistinctOn distinct => $"DistinctOn: {Join(distinct.Keys.Select(Describe))} order=[{Join(distinct.OrderBy.Select(Describe))}]",
        LogicalJoin join => $"{join.Kind}Join: keys=[{Join(join.Keys.Select(static key => $"{Describe(key.Left)} = {Describe(key.Right)}"))}]"
            + (join.Residual is null ? "" : $" residual={Describe(join.Residual)}"),
        LogicalUnionAll union => $"UnionAll: branches={union.Branches.Count}",
        LogicalSetOperation operation => $"{(operation.IsIntersect ? "Intersect" : "Except")}{(operation.All ? "All" : "")}",
        LogicalWindow window => $"Window: {Join(window.Calls.Select(static call => $"{call.Name}({Join(call.Arguments.Select(Describe))})"))}"
            + $" partition=[{Join(window.PartitionBy.Select(Describe))}] order=[{Join(window.OrderBy.Select(Describe))}]",
        LogicalUnnest unnest => $"Unnest: {Join(unnest.Lists.Select(Describe))}",
        LogicalTableFunction call => $"TableFunction: {call.Function.Name}({Join(call.Arguments.Select(Describe))})"
            + $" projection=[{Join(call.Projection.Select(ordinal => call.TableColumns[ordinal].Name))}]"
            + (call.Predicates.Count > 0 ? $" predicates=[{Join(call.Predicates.Select(Describe))}]" : ""),
        LogicalAsyncCalls async => $"AsyncCalls: {Join(async.Calls.Select(static call => Describe(call.Expression)))}",
        LogicalRecursive recursive => $"Recursive: {recursive.Working.Name} distinct={(recursive.Distinct ? "true" : "false")}",
        LogicalRecursiveReference reference => $"WorkingTable: {reference.Table.Name}",
        _ => plan.GetType().Name,
    };

    private static string Describe(AggregateCall call) =>
        $"{call.Function.Name}({(call.Distinct ? "DISTINCT " : "")}{(call.Arguments.Count == 0 ? "*" : Join(call.Arguments.Select(Describe)))})"
        + (call.Filter is null ? "" : $" FILTER {Describe(call.Filter)}");

    private static string Describe(Plans.Logical.SortKey key) => $"{Describe(key.Expression)}{(key.Descending ? " DESC" : " ASC")}{(key.NullsFirst ? " NULLS FIRST" : " NULLS LAST")}";

    /// <summary>An expression roughly as SQL.</summary>
    public static string Describe(BoundExpression expression) => expression switch
    {
        BoundLiteral literal => literal.Value.Value switch
        {
            null => "NULL",
            string text => $"'{text}'",
            byte[] bytes => $"X'{Convert.ToHexStringLower(bytes)}'",
            object?[] items => $"[{items.Length} items]",
            var value => $"{literal.Type}({Convert.ToString(value, CultureInfo.InvariantCulture)})",
        },
        BoundColumn column => column.Column.Relation is { } relation ? $"{relation}.{column.Column.Name}" : column.Column.Name,
        BoundCast cast => $"{(cast.Try ? "TRY_CAST" : "CAST")}({Describe(cast.Operand)} AS {cast.Target})",
        BoundComparison comparison => $"{Describe(comparison.Left)} {Sign(comparison.Operator)} {Describe(comparison.Right)}",
        BoundLogical logical => $"({string.Join(logical.IsAnd ? " AND " : " OR ", logical.Operands.Select(Describe))})",
        BoundNot not => $"NOT {Describe(not.Operand)}",
        BoundIsNull isNull => $"{Describe(isNull.Operand)} IS {(isNull.Negated ? "NOT " : "")}NULL",
        BoundIn list => $"{Describe(list.Operand)} {(list.Negated ? "NOT " : "")}IN ({Join(list.Items.Select(Describe))})",
        BoundLike like => $"{Describe(like.Operand)} {(like.Negated ? "NOT " : "")}{(like.IgnoreCase ? "ILIKE" : "LIKE")} {Describe(like.Pattern)}",
        BoundCase branches => $"CASE {string.Join(' ', branches.Branches.Select(static b => $"WHEN {Describe(b.Condition)} THEN {Describe(b.Result)}"))}"
            + $"{(branches.Else is null ? "" : $" ELSE {Describe(branches.Else)}")} END",
        BoundCall call => $"{call.Function.Name}({Join(call.Arguments.Select(Describe))})",
        BoundLambda lambda => $"({Join(lambda.Parameters.Select(static p => p.Name))}) -> {Describe(lambda.Body)}",
        _ => expression.GetType().Name,
    };

    private static string Join(IEnumerable<string> parts) => string.Join(", ", parts);

    private static string Sign(ComparisonOperator comparison) => comparison switch
    {
        ComparisonOperator.Equal => "=",
        ComparisonOperator.NotEqual => "<>",
        ComparisonOperator.LessThan => "<",
        ComparisonOperator.LessThanOrEqual => "<=",
        ComparisonOperator.GreaterThan => ">",
        ComparisonOperator.GreaterThanOrEqual => ">=",
        ComparisonOperator.DistinctFrom => "IS DISTINCT FROM",
        _ => "IS NOT DISTINCT FROM",
    };
}
