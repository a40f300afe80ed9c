namespace Micromegas.Sql.Syntax;

/// <summary>The part of the statement's text that a node was read from.</summary>
/// <param name="Start">Offset of the first character, in UTF-16 code units from the start of the text.</param>
/// <param name="Length">Number of UTF-16 code units.</param>
public readonly record struct SourceSpan(int Start, int Length)
{
    /// <summary>Offset just behind the last character.</summary>
    public int End => Start + Length;
}
