namespace Micromegas.Engine;

/// <summary>Whatever a statement or the data it reads causes: carries an SqlState and, where the text is at fault, its position.</summary>
public sealed class EngineException : Exception
{
    public EngineException(string sqlState, string message, Exception? innerException = null)
        : base(message, innerException) => SqlState = sqlState;

    /// <summary>Five characters as in <see cref="Engine.SqlState"/>.</summary>
    public string SqlState { get; }

    /// <summary>Line of the statement, from 1; 0 when unknown.</summary>
    public int Line { get; init; }

    /// <summary>Column of the line in characters, from 1; 0 when unknown.</summary>
    public int Column { get; init; }

    /// <summary>What might help: the nearest name, the candidates of a function.</summary>
    public string? Hint { get; init; }
}
