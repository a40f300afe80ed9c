namespace Micromegas.Engine;

/// <summary>A place in the text of a statement; the default is no place.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column in characters, from 1.</param>
public readonly record struct TextPlace(int Line, int Column)
{
    /// <summary>Whether it is a place at all.</summary>
    public bool IsKnown => Line > 0;

    /// <summary>The error, if it knows no place, with this one.</summary>
    internal EngineException Locate(EngineException error) => error.Line != 0
        ? error
        : new EngineException(error.SqlState, error.Message, error) { Line = Line, Column = Column, Hint = error.Hint };
}
