namespace Micromegas.Telemetry;

/// <summary>
/// One point of an OTLP histogram. Bucket <c>i</c> counts the values above bound <c>i - 1</c> up to bound <c>i</c>; the first has no lower bound, the last no upper one. Those
/// of exponential histograms are brought into the same form. The spans are valid until the sink returns.
/// </summary>
public readonly ref struct OtlpHistogram
{
    /// <summary>Unix nanoseconds.</summary>
    public required long Time { get; init; }

    /// <summary>Name of the scope, UTF-8.</summary>
    public required ReadOnlySpan<byte> Target { get; init; }

    /// <summary>UTF-8.</summary>
    public required ReadOnlySpan<byte> Name { get; init; }

    /// <summary>UTF-8.</summary>
    public required ReadOnlySpan<byte> Unit { get; init; }

    /// <summary>Values.</summary>
    public required ulong Count { get; init; }

    /// <summary>Their sum, where it was sent.</summary>
    public required double? Sum { get; init; }

    /// <summary>The least, where it was sent.</summary>
    public required double? Min { get; init; }

    /// <summary>The greatest, where it was sent.</summary>
    public required double? Max { get; init; }

    /// <summary>Bounds between the buckets, ascending.</summary>
    public required ReadOnlySpan<double> Bounds { get; init; }

    /// <summary>One more than there are bounds, or none when the point tells the sums only.</summary>
    public required ReadOnlySpan<ulong> Counts { get; init; }

    /// <summary>JSONB object.</summary>
    public required ReadOnlySpan<byte> Properties { get; init; }
}
