namespace Micromegas.Telemetry;

/// <summary>One row of <c>measures</c>. The spans are valid until the sink returns. Keys as in <see cref="LogEvent"/>.</summary>
public readonly ref struct MetricEvent
{
    /// <summary>Unix nanoseconds.</summary>
    public required long Time { get; init; }

    /// <summary>UTF-8.</summary>
    public required ReadOnlySpan<byte> Target { get; init; }

    /// <summary>Key of <see cref="Target"/>, −1 for none.</summary>
    public required int TargetKey { get; init; }

    /// <summary>UTF-8.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }

    /// <summary>Key of <see cref="Name"/>, −1 for none.</summary>
    public required int NameKey { get; init; }

    /// <summary>UTF-8.</summary>
    public required ReadOnlySpan<byte> Unit { get; init; }

    /// <summary>Key of <see cref="Unit"/>, −1 for none.</summary>
    public required int UnitKey { get; init; }

    /// <summary>The measured value; integer ticks are already seconds.</summary>
    public required double Value { get; init; }

    /// <summary>JSONB object.</summary>
    public required ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>Key of <see cref="Properties"/>, −1 for none; 0 is the empty object.</summary>
    public required int PropertiesKey { get; init; }
}
