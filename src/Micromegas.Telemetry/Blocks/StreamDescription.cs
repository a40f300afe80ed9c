using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>The part of a stream row that decoding needs. Made once per stream and shared by the decoders of its blocks; thread-safe.</summary>
public sealed class StreamDescription
{
    private readonly Lazy<TypeLayout[]> dependencyLayouts;
    private readonly Lazy<TypeLayout[]> objectLayouts;

    /// <summary>Takes the columns of a stream row; the metadata is parsed when a block is decoded.</summary>
    public StreamDescription(string format, ReadOnlyMemory<byte> dependenciesMetadata, ReadOnlyMemory<byte> objectsMetadata)
    {
        ArgumentNullException.ThrowIfNull(format);
        Format = format;
        dependencyLayouts = new(() => TypeLayout.Resolve(TypeListCodec.Decode(dependenciesMetadata.Span)));
        objectLayouts = new(() => TypeLayout.Resolve(TypeListCodec.Decode(objectsMetadata.Span)));
    }

    /// <summary>Value of <c>streams.format</c>; see <see cref="StreamFormats"/>.</summary>
    public string Format { get; }

    /// <exception cref="CorruptDataException">The metadata is malformed; the same for every block of the stream.</exception>
    internal TypeLayout[] DependencyLayouts => dependencyLayouts.Value;

    /// <exception cref="CorruptDataException">The metadata is malformed; the same for every block of the stream.</exception>
    internal TypeLayout[] ObjectLayouts => objectLayouts.Value;
}

/// <summary>Values of <c>streams.format</c> (spec/data-lake.md §1.3).</summary>
public static class StreamFormats
{
    /// <summary>Self-describing binary events of the native clients.</summary>
    public const string Transit = "micromegas-transit";

    /// <summary>One OTLP <c>ResourceLogs</c> message a block.</summary>
    public const string OtlpLogs = "otlp/v1/logs";

    /// <summary>One OTLP <c>ResourceMetrics</c> message a block.</summary>
    public const string OtlpMetrics = "otlp/v1/metrics";

    /// <summary>One OTLP <c>ResourceSpans</c> message a block.</summary>
    public const string OtlpTraces = "otlp/v1/traces";
}
