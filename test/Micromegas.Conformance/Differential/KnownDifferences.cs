namespace Micromegas.Conformance.Differential;

/// <summary>
/// Where the engines differ by design; statements with these are not generated, or the refusal of the other engine is not held against ours:
/// <list type="bullet">
/// <item>max of floats gives NaN only where there is no number (spec/sql.md, grouped aggregates); the others take NaN for the largest.</item>
/// <item>-0.0 and 0.0 are different keys and sort apart (spec/sql.md §5.4); the others take them for equal.</item>
/// <item>Integer arithmetic wraps; the others raise an error. Division by zero is an error; DuckDB gives NULL.</item>
/// <item>/ of whole numbers gives a whole number; DuckDB spells that //.</item>
/// <item>Floats become integers by truncation; the others round.</item>
/// <item>A key of ROLLUP or CUBE that folds to a constant stays that constant; the others give NULL where the set leaves it out.</item>
/// <item>NULLs come last in ascending and first in descending order as in PostgreSQL; DuckDB puts them last: every order says where they go.</item>
/// </list>
/// </summary>
internal static class KnownDifferences
{
    /// <summary>Refusals of another engine that say nothing about our answer.</summary>
    private static readonly string[] Refusals =
    [
        // PostgreSQL joins FULL only on conditions that it can hash or merge.
        "FULL JOIN is only supported with",
        // DuckDB computes no subquery in the condition of an outer join, joins no outer join on columns of the query around, and orders no window by them.
        "Cannot perform non-inner join on subquery",
        "Non-inner join on correlated columns not supported",
        "window expression is not supported here",
        // A text literal alone has no type there.
        "could not determine polymorphic type",
        "out of range",
        "Out of Range",
        "Overflow",
    ];

    /// <summary>Whether another engine's answer to a statement is known to be wrong.</summary>
    public static bool IsWrong(Dialect dialect, string sql) =>
        // DuckDB 1.5 keeps rows in which ts is NULL for: date_trunc('week', ts) <> constant.
        dialect == Dialect.DuckDb && sql.Contains("date_trunc", StringComparison.Ordinal) && sql.Contains("<>", StringComparison.Ordinal);

    public static bool IsRefusal(Dialect dialect, string message) => Refusals.Any(refusal => message.Contains(refusal, StringComparison.Ordinal));
}
