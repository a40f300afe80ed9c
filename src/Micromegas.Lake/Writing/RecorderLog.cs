using Microsoft.Extensions.Logging;

namespace Micromegas.Lake.Writing;

/// <summary>The log messages of recorders.</summary>
internal static partial class RecorderLog
{
    [LoggerMessage(3101, LogLevel.Warning, "Telemetry of process {ProcessId} could not be stored; {Blocks} blocks wait for the next attempt in {Delay}")]
    public static partial void NotStored(ILogger logger, Exception exception, Guid processId, int blocks, TimeSpan delay);
}
