namespace Micromegas.Engine.Functions;

/// <summary>Kinds of callable names, as information_schema spells them.</summary>
internal enum RoutineKind
{
    Scalar,
    Aggregate,
    Window,
    Table,
}

/// <summary>A callable name.</summary>
/// <param name="Name">Name or alias in lower case.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Usage">Arguments as documentation shows them.</param>
/// <param name="Summary">One sentence.</param>
internal sealed record Routine(string Name, RoutineKind Kind, string Usage, string Summary)
{
    /// <summary>Whether equal arguments give equal results.</summary>
    public bool Deterministic { get; init; } = true;
}

/// <summary>Callable names that the binder knows itself, as they are evaluated lazily or stand only in certain clauses (spec/sql.md §5.12 to §5.14).</summary>
internal static class SpecialForms
{
    public static IReadOnlyList<Routine> All { get; } =
    [
        new("coalesce", RoutineKind.Scalar, "(x, …)", "The first argument that is not NULL; later ones are not evaluated."),
        new("nvl", RoutineKind.Scalar, "(x, y)", "x, or y where x is NULL."),
        new("ifnull", RoutineKind.Scalar, "(x, y)", "x, or y where x is NULL."),
        new("nvl2", RoutineKind.Scalar, "(x, y, z)", "y where x is not NULL, else z."),
        new("nullif", RoutineKind.Scalar, "(x, y)", "NULL where x equals y, else x."),
        new("arrow_field", RoutineKind.Scalar, "(x)", "A struct of the expression's name, type, nullability and metadata."),
        new("arrow_metadata", RoutineKind.Scalar, "(x [, 'key'])", "The metadata that with_metadata gave the expression, or one entry of it."),
        new("unnest", RoutineKind.Scalar, "(list or struct)", "One row an item of the list, or one column a field of the struct; also in FROM."),
        new("grouping", RoutineKind.Aggregate, "(key, …)", "Which of the keys a row of ROLLUP, CUBE or GROUPING SETS leaves out, one bit a key."),
        new("row_number", RoutineKind.Window, "()", "Number of the row in its partition, from 1."),
        new("rank", RoutineKind.Window, "()", "Rank of the row with gaps: rows that are equal in ORDER BY share it."),
        new("dense_rank", RoutineKind.Window, "()", "Rank of the row without gaps."),
        new("percent_rank", RoutineKind.Window, "()", "(rank - 1) / (rows of the partition - 1)."),
        new("cume_dist", RoutineKind.Window, "()", "Share of the partition's rows that come no later than the row."),
        new("ntile", RoutineKind.Window, "(n)", "Number of the row's bucket when the partition is cut into n."),
        new("lag", RoutineKind.Window, "(x [, offset [, default]])", "x of the row that lies so many rows before (one when not given)."),
        new("lead", RoutineKind.Window, "(x [, offset [, default]])", "x of the row that lies so many rows after (one when not given)."),
        new("first_value", RoutineKind.Window, "(x)", "x of the first row of the frame."),
        new("last_value", RoutineKind.Window, "(x)", "x of the last row of the frame."),
        new("nth_value", RoutineKind.Window, "(x, n)", "x of the n-th row of the frame."),
    ];
}
