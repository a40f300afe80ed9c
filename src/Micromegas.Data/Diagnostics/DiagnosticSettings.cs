using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Micromegas.Data.Diagnostics;

/// <summary>Where the connections of a data source report to.</summary>
/// <param name="loggers">Makes the loggers.</param>
/// <param name="slowQueryThreshold">From which duration on a command counts as slow; null for never.</param>
internal sealed class DiagnosticSettings(ILoggerFactory loggers, TimeSpan? slowQueryThreshold)
{
    internal static DiagnosticSettings None { get; } = new(NullLoggerFactory.Instance, null);

    internal ILoggerFactory Loggers { get; } = loggers;

    internal ILogger Connections { get; } = loggers.CreateLogger("Micromegas.Data.Connection");

    internal ILogger Commands { get; } = loggers.CreateLogger("Micromegas.Data.Command");

    internal TimeSpan? SlowQueryThreshold { get; } = slowQueryThreshold;
}
