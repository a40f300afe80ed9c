using Microsoft.Extensions.Logging;

namespace Micromegas.Lake;

/// <summary>The log messages of this room.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Warning, "Block {BlockId} gives no rows to {ViewSet}: {Reason}")]
    public static partial void BlockFailed(ILogger logger, Guid blockId, string viewSet, string reason);

    [LoggerMessage(3002, LogLevel.Information, "Block {BlockId} in {ViewSet}: {Warning}")]
    public static partial void BlockWarning(ILogger logger, Guid blockId, string viewSet, string warning);

    [LoggerMessage(3003, LogLevel.Information, "Wrote partition {ViewSet}/{InstanceId} with {Rows} rows of {Blocks} blocks to {FilePath}")]
    public static partial void PartitionWritten(ILogger logger, string viewSet, string instanceId, long rows, int blocks, string? filePath);

    [LoggerMessage(3004, LogLevel.Warning, "Partition {ViewSet}/{InstanceId} was written by somebody else at the same time")]
    public static partial void PartitionConflict(ILogger logger, string viewSet, string instanceId);

    [LoggerMessage(3005, LogLevel.Warning, "Partition record {ViewSet}/{InstanceId} is skipped: {Violation}")]
    public static partial void PartitionSkipped(ILogger logger, string viewSet, string instanceId, string violation);

    [LoggerMessage(3006, LogLevel.Warning, "File {FilePath} has no partition record and could not be removed")]
    public static partial void OrphanLeft(ILogger logger, string filePath, Exception exception);

    [LoggerMessage(3007, LogLevel.Information, "Maintenance of {ViewSet}: {Verb} {Rows} rows, {FilePath}")]
    public static partial void GlobalPartitionWritten(ILogger logger, string viewSet, string verb, long rows, string? filePath);

    [LoggerMessage(3008, LogLevel.Error, "The {Task} task of maintenance failed; the next run tries again")]
    public static partial void MaintenanceFailed(ILogger logger, Exception exception, string task);

    [LoggerMessage(3009, LogLevel.Error, "Maintenance of view {ViewSet} failed; the next run tries again")]
    public static partial void ViewMaintenanceFailed(ILogger logger, Exception exception, string viewSet);

    [LoggerMessage(3010, LogLevel.Warning, "Lease {Lease} was lost while its build ran; the work may be done twice")]
    public static partial void LeaseLost(ILogger logger, string lease);

    [LoggerMessage(3011, LogLevel.Warning, "Lease {Lease} could not be renewed; the next renewal tries again")]
    public static partial void LeaseNotRenewed(ILogger logger, string lease, Exception exception);

    [LoggerMessage(3012, LogLevel.Error, "View {ViewSet} of this shared lake is not written: its newest partition has the schema hash {Found}, ours is {Expected}")]
    public static partial void ForeignSchema(ILogger logger, string viewSet, string found, string expected);

    [LoggerMessage(3013, LogLevel.Information, "Block {BlockId} can be read now; its rows are in {ViewSet} again")]
    public static partial void BlockRecovered(ILogger logger, Guid blockId, string viewSet);

    [LoggerMessage(3014, LogLevel.Warning, "The materialized view {ViewSet} cannot be used")]
    public static partial void ViewUnusable(ILogger logger, Exception exception, string viewSet);
}
