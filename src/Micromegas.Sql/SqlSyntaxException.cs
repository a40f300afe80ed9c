namespace Micromegas.Sql;

/// <summary>The text is not a statement of the dialect. The message says what was found, what was expected and where.</summary>
public sealed class SqlSyntaxException : Exception
{
    /// <summary>An error without place.</summary>
    public SqlSyntaxException()
        : this("Syntax error.")
    {
    }

    /// <summary>An error without place.</summary>
    public SqlSyntaxException(string message)
        : base(message)
    {
    }

    /// <summary>An error without place and with a cause.</summary>
    public SqlSyntaxException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An error at a place.</summary>
    /// <param name="message">What was found and what was expected.</param>
    /// <param name="position">Offset in the text, in UTF-16 code units from 0.</param>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column in UTF-16 code units, from 1.</param>
    public SqlSyntaxException(string message, int position, int line, int column)
        : base(message)
    {
        Position = position;
        Line = line;
        Column = column;
    }

    /// <summary>Offset in the text, in UTF-16 code units from 0.</summary>
    public int Position { get; }

    /// <summary>Line, from 1; 0 when unknown.</summary>
    public int Line { get; }

    /// <summary>Column in UTF-16 code units, from 1; 0 when unknown.</summary>
    public int Column { get; }
}
