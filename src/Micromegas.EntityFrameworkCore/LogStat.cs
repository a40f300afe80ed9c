using Micromegas.Data;

namespace Micromegas.EntityFrameworkCore;

/// <summary>A row of view <c>log_stats</c>: how many lines a process wrote in a minute, by level and target.</summary>
public sealed class LogStat
{
    /// <summary>The start of the minute.</summary>
    public NanoTimestamp TimeBin { get; init; }

    /// <summary>The process.</summary>
    public string ProcessId { get; init; } = "";

    /// <summary>The level.</summary>
    public TelemetryLevel Level { get; init; }

    /// <summary>The part of the program.</summary>
    public string Target { get; init; } = "";

    /// <summary>How many lines.</summary>
    public long Count { get; init; }
}
