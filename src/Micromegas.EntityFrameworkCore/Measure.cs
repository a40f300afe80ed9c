using Micromegas.Data;

namespace Micromegas.EntityFrameworkCore;

/// <summary>A row of view <c>measures</c>: one value of a metric.</summary>
public sealed class Measure
{
    /// <summary>The process that took the value.</summary>
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

    /// <summary>When the value was taken.</summary>
    public NanoTimestamp Time { get; init; }

    /// <summary>The part of the program that took it.</summary>
    public string Target { get; init; } = "";

    /// <summary>The name of the metric.</summary>
    public string Name { get; init; } = "";

    /// <summary>The unit of the value.</summary>
    public string Unit { get; init; } = "";

    /// <summary>The value.</summary>
    public double Value { get; init; }

    /// <summary>The properties of the value; in queries, <c>Properties["key"]</c> becomes <c>property_get</c>.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = EmptyProperties.Instance;

    /// <summary>The properties of the process.</summary>
    public IReadOnlyDictionary<string, string> ProcessProperties { get; init; } = EmptyProperties.Instance;
}
