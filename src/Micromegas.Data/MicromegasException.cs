using System.Data.Common;

namespace Micromegas.Data;

/// <summary>
/// Everything that a statement or a lake causes: wrong syntax, unknown names, wrong types, bad values, missing or corrupt files, cancellation.
/// <see cref="DbException.SqlState"/> tells the class of the fault (see <see cref="MicromegasErrorCodes"/>).
/// </summary>
public sealed class MicromegasException : DbException
{
    /// <summary>Creates an exception without a known class (SqlState XX000).</summary>
    public MicromegasException()
        : this("An error occurred in the telemetry lake.")
    {
    }

    /// <summary>Creates an exception without a known class (SqlState XX000).</summary>
    /// <param name="message">What happened.</param>
    public MicromegasException(string message)
        : this(message, (Exception?)null)
    {
    }

    /// <summary>Creates an exception without a known class (SqlState XX000).</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">What caused it.</param>
    public MicromegasException(string message, Exception? innerException)
        : this(message, MicromegasErrorCodes.InternalError, innerException: innerException)
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="sqlState">The five-character SQLSTATE.</param>
    /// <param name="line">The 1-based line of the statement text at fault, 0 when unknown.</param>
    /// <param name="column">The 1-based column in that line, 0 when unknown.</param>
    /// <param name="hint">Advice, such as a similar name that exists.</param>
    /// <param name="innerException">What caused it.</param>
    public MicromegasException(string message, string sqlState, int line = 0, int column = 0, string? hint = null, Exception? innerException = null)
        : base(message, innerException)
    {
        ArgumentNullException.ThrowIfNull(sqlState);
        SqlState = sqlState;
        Line = line;
        Column = column;
        Hint = hint;
    }

    /// <inheritdoc />
    public override string SqlState { get; }

    /// <summary>The 1-based line of the statement text at fault; 0 when the text is not at fault.</summary>
    public int Line { get; }

    /// <summary>The 1-based column in <see cref="Line"/>, in UTF-16 units; 0 when the text is not at fault.</summary>
    public int Column { get; }

    /// <summary>Advice, such as a similar name that exists.</summary>
    public string? Hint { get; }

    /// <summary>Whether the same call may succeed later without a change: lost connections, conflicts between writers, exhausted memory.</summary>
    public override bool IsTransient => SqlState is MicromegasErrorCodes.SerializationFailure or MicromegasErrorCodes.ConnectionFailure
        or MicromegasErrorCodes.OutOfMemory or MicromegasErrorCodes.LockNotAvailable;
}
