namespace Micromegas.Telemetry;

/// <summary>One row of <c>images</c>. The spans are valid until the sink returns.</summary>
public readonly ref struct ImageEvent
{
    /// <summary>Unix nanoseconds.</summary>
    public required long Time { get; init; }

    /// <summary>UTF-8.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }

    /// <summary>UTF-8, a media type such as <c>image/png</c>.</summary>
    public required ReadOnlySpan<byte> Format { get; init; }

    /// <summary>The picture's bytes.</summary>
    public required ReadOnlySpan<byte> Data { get; init; }
}
