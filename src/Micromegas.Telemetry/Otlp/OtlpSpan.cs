namespace Micromegas.Telemetry;

/// <summary>One row of <c>otel_spans</c>. The spans are valid until the sink returns.</summary>
public readonly ref struct OtlpSpan
{
    /// <summary>16 bytes.</summary>
    public required ReadOnlySpan<byte> TraceId { get; init; }

    /// <summary>8 bytes.</summary>
    public required ReadOnlySpan<byte> SpanId { get; init; }

    /// <summary>8 bytes, or none.</summary>
    public required ReadOnlySpan<byte> ParentSpanId { get; init; }

    /// <summary>Unix nanoseconds.</summary>
    public required long Begin { get; init; }

    /// <summary>Unix nanoseconds.</summary>
    public required long End { get; init; }

    /// <summary>UTF-8.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }

    /// <summary>OTLP's number; 0 and numbers beyond 5 are unspecified.</summary>
    public required int Kind { get; init; }

    /// <summary>OTLP's number: 1 is ok, 2 an error, others are unset.</summary>
    public required int Status { get; init; }

    /// <summary>UTF-8, empty for none.</summary>
    public required ReadOnlySpan<byte> StatusMessage { get; init; }

    /// <summary>JSONB object.</summary>
    public required ReadOnlySpan<byte> Properties { get; init; }

    /// <summary>JSONB array.</summary>
    public required ReadOnlySpan<byte> Events { get; init; }

    /// <summary>JSONB array.</summary>
    public required ReadOnlySpan<byte> Links { get; init; }
}
