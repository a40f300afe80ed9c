namespace Micromegas.Benchmarks.Statements;

/// <summary>How far two engines' answers can be expected to agree.</summary>
internal enum RowCheck
{
    /// <summary>The same rows in the same order.</summary>
    Ordered,

    /// <summary>The same rows; the statement orders none.</summary>
    AnyOrder,

    /// <summary>
    /// The same values in the first column. DuckDB reads the files' nanoseconds as microseconds, so that it sees ties where there are none, and
    /// which of the tied rows come first, or come at all under a limit, is its own affair.
    /// </summary>
    FirstColumn,

    /// <summary>The same values in the first column, in any order: the others are approximations.</summary>
    FirstColumnInAnyOrder,
}
