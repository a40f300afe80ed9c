using Micromegas.Data;

namespace Micromegas.EntityFrameworkCore;

/// <summary>A row of view <c>log_entries</c>: one line of a log.</summary>
public sealed class LogEntry
{
    /// <summary>The process that wrote the line.</summary>
    public string ProcessId { get; init; } = "";

    /// <summary>The stream that carried it.</summary>
    public string StreamId { get; init; } = "";

    /// <summary>The block that holds it.</summary>
    public string BlockId { get; init; } = "";

    /// <summary>When the lake received the block.</summary>
    public NanoTimestamp InsertTime { get; init; }

    /// <summary>The executable of the process.</summary>
    public string Exe { get; init; } = "";

    /// <summary>The user who ran the process.</summary>
    public string Username { get; init; } = "";

    /// <summary>The computer that ran the process.</summary>
    public string Computer { get; init; } = "";

    /// <summary>When the line was written.</summary>
    public NanoTimestamp Time { get; init; }

    /// <summary>The part of the program that wrote it.</summary>
    public string Target { get; init; } = "";

    /// <summary>The level.</summary>
    public TelemetryLevel Level { get; init; }

    /// <summary>The text (column <c>msg</c>).</summary>
    public string Message { get; init; } = "";

    /// <summary>The properties of the line; in queries, <c>Properties["key"]</c> becomes <c>property_get</c>.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = EmptyProperties.Instance;

    /// <summary>The properties of the process.</summary>
    public IReadOnlyDictionary<string, string> ProcessProperties { get; init; } = EmptyProperties.Instance;
}
