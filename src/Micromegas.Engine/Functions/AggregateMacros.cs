namespace Micromegas.Engine.Functions;

/// <summary>Aggregates of PostgreSQL and DuckDB in terms of ours.</summary>
internal static class AggregateMacros
{
    public static IReadOnlyList<SqlMacro> All { get; } =
    [
        Make("any_value", ["x"], "first_value(x) IGNORE NULLS", "Some value of the group that is not NULL."),
        Make("first", ["x"], "first_value(x)", "The value of the first row."),
        Make("last", ["x"], "last_value(x)", "The value of the last row."),
        Make("arg_min", ["x", "y"], "first_value(x ORDER BY y) FILTER (WHERE y IS NOT NULL)", "x of the row with the least y."),
        Make("min_by", ["x", "y"], "first_value(x ORDER BY y) FILTER (WHERE y IS NOT NULL)", "x of the row with the least y."),
        Make("arg_max", ["x", "y"], "first_value(x ORDER BY y DESC) FILTER (WHERE y IS NOT NULL)", "x of the row with the greatest y."),
        Make("max_by", ["x", "y"], "first_value(x ORDER BY y DESC) FILTER (WHERE y IS NOT NULL)", "x of the row with the greatest y."),
        Make("count_if", ["condition"], "count(*) FILTER (WHERE condition)", "Number of rows for which the condition is true."),
        Make("countif", ["condition"], "count(*) FILTER (WHERE condition)", "Number of rows for which the condition is true."),
        Make("sum_if", ["x", "condition"], "sum(x) FILTER (WHERE condition)", "Sum over the rows for which the condition is true."),
        Make("every", ["condition"], "bool_and(condition)", "Whether the condition is true for all rows."),
        Make("list", ["x"], "array_agg(x)", "The values as a list."),
        Make("group_concat", ["x"], "string_agg(x, ',')", "The texts joined by commas."),
        Make("group_concat", ["x", "separator"], "string_agg(x, separator)", "The texts joined by a separator."),
        Make("approx_count_distinct", ["x"], "approx_distinct(x)", "About how many different values there are."),
        Make("approx_quantile", ["x", "p"], "approx_percentile_cont(x, p)", "About the value below which a share p of the values lies."),
        Make("quantile", ["x", "p"], DiscreteQuantile, "The first of the ordered values that a share p of them does not exceed."),
        Make("quantile_disc", ["x", "p"], DiscreteQuantile, "The first of the ordered values that a share p of them does not exceed."),
        Make("mode", ["x"], "array_mode(array_agg(x) FILTER (WHERE x IS NOT NULL))", "The value that comes most often."),
        Make("arbitrary", ["x"], "first_value(x)", "The value of some row."),
        Make("count_star", [], "count(*)", "Number of rows."),
        Make("geomean", ["x"], "exp(avg(ln(x)))", "The geometric mean."),
        Make("geometric_mean", ["x"], "exp(avg(ln(x)))", "The geometric mean."),
        Make("product", ["x"], "CASE WHEN count(x) = 0 THEN NULL WHEN bool_or(x = 0) THEN 0.0 ELSE exp(sum(ln(abs(nullif(x, 0))))) * CASE WHEN sum(CASE WHEN x < 0 THEN 1 ELSE 0 END) % 2 = 1 THEN -1.0 ELSE 1.0 END END",
            "The product of the values, as Float64."),
    ];

    private const string DiscreteQuantile =
        "(array_agg(x ORDER BY x) FILTER (WHERE x IS NOT NULL))[CAST(greatest(1, ceil(p * count(x))) AS BIGINT)]";

    private static SqlMacro Make(string name, string[] parameters, string body, string summary) => new(name, parameters, body, summary, true);
}
