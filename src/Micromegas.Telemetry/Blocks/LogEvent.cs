namespace Micromegas.Telemetry;

/// <summary>One row of <c>log_entries</c>. The spans are valid until the sink returns.</summary>
/// <remarks>
/// Within one block two rows with the same non-negative key have the same bytes, so a sink may encode each key once. Keys are small.
/// The converse does not hold: equal bytes may come under several keys.
/// </remarks>
public readonly ref struct LogEvent
{
    /// <summary>Unix nanoseconds.</summary>
    public required long Time { get; init; }

    /// <summary>1 Fatal, 2 Error, 3 Warn, 4 Info, 5 Debug, 6 Trace; other numbers as the client sent them.</summary>
    public required int Level { get; init; }

    /// <summary>UTF-8.</summary>
    public required ReadOnlySpan<byte> Target { get; init; }

    /// <summary>Key of <see cref="Target"/>, −1 for none.</summary>
    public required int TargetKey { get; init; }

    /// <summary>UTF-8.</summary>
    public required ReadOnlySpan<byte> Message { get; init; }

    /// <summary>Key of <see cref="Message"/>: call sites with a constant text have one, others −1.</summary>
    public required int MessageKey { get; init; }

    /// <summary>JSONB object.</summary>
    public required ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>Key of <see cref="Properties"/>, −1 for none; 0 is the empty object.</summary>
    public required int PropertiesKey { get; init; }
}
