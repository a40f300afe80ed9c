using Microsoft.Extensions.Logging;

namespace Micromegas.Data.Diagnostics;

/// <summary>The log messages of connections (1001…) and commands (1101…). Ids are part of the public contract: they keep their meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(1001, LogLevel.Debug, "Opened a connection to {DataSource}")]
    internal static partial void ConnectionOpened(ILogger logger, string dataSource);

    [LoggerMessage(1002, LogLevel.Debug, "Closed a connection to {DataSource}")]
    internal static partial void ConnectionClosed(ILogger logger, string dataSource);

    [LoggerMessage(1003, LogLevel.Error, "Cannot open a connection to {DataSource}")]
    internal static partial void ConnectionFailed(ILogger logger, string dataSource, Exception exception);

    [LoggerMessage(1101, LogLevel.Debug, "Executing: {CommandText}")]
    internal static partial void CommandExecuting(ILogger logger, string commandText);

    [LoggerMessage(1102, LogLevel.Information, "Executed in {Duration} ms, {Rows} rows, {BytesRead} bytes read: {CommandText}")]
    internal static partial void CommandExecuted(ILogger logger, double duration, long rows, long bytesRead, string commandText);

    [LoggerMessage(1103, LogLevel.Error, "Failed after {Duration} ms with SqlState {SqlState}: {CommandText}")]
    internal static partial void CommandFailed(ILogger logger, double duration, string sqlState, string commandText, Exception exception);

    [LoggerMessage(1104, LogLevel.Information, "Cancelled or timed out after {Duration} ms: {CommandText}")]
    internal static partial void CommandCancelled(ILogger logger, double duration, string commandText);

    [LoggerMessage(
        1105,
        LogLevel.Warning,
        "Slow: {Duration} ms, of them {Planning} ms planning and {Materializing} ms making partitions; {Rows} rows of {RowsScanned} scanned, {BytesRead} bytes read, {BlocksDecoded} blocks decoded, {SpilledBytes} bytes spilled: {CommandText}")]
    internal static partial void CommandSlow(
        ILogger logger, double duration, double planning, double materializing, long rows, long rowsScanned, long bytesRead, long blocksDecoded, long spilledBytes, string commandText);

    [LoggerMessage(1106, LogLevel.Warning, "{Message}")]
    internal static partial void CommandWarning(ILogger logger, string message);
}
