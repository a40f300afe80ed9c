namespace Micromegas.Golden.Answers;

/// <summary>How an answer is compared with the recorded one (test/golden/README.md).</summary>
internal enum CompareRule
{
    /// <summary>The same rows in the same order.</summary>
    Rows,

    /// <summary>The first rows, in order, and the number of all of them.</summary>
    FirstRows,

    /// <summary>The same rows in any order.</summary>
    Set,

    /// <summary>Columns and number of rows only.</summary>
    Shape,

    /// <summary>The statement must be refused.</summary>
    Refused,
}
