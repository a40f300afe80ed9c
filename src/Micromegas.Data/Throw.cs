using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Micromegas.Data;

/// <summary>The faults that ADO.NET's own contract names.</summary>
internal static class Throw
{
    [SuppressMessage("Usage", "CA2201", Justification = "ADO.NET's contract for names and ordinals of columns and parameters.")]
    internal static Exception OutOfRange(string message) => new IndexOutOfRangeException(message);

    internal static Exception ReaderClosed() => new InvalidOperationException("The reader is closed.");

    internal static Exception NoResult() => new InvalidOperationException("The reader is at no result: the statement gives none, or NextResult has returned false.");

    internal static Exception NoRow() => new InvalidOperationException("The reader is at no row: call Read first, and only while it returns true.");

    internal static Exception OtherTransaction() => new InvalidOperationException("The transaction belongs to another connection.");

    internal static Exception NotOpen(DbConnection? connection) => connection is null
        ? new InvalidOperationException("The command has no connection.")
        : new InvalidOperationException($"The connection is not open; it is {connection.State switch { ConnectionState.Closed => "closed", var state => state.ToString() }}.");
}
