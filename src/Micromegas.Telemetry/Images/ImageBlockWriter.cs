namespace Micromegas.Telemetry;

/// <summary>Encodes images in the shape of upstream's clients (spec/data-lake.md §5.10).</summary>
public sealed class ImageBlockWriter : BlockWriter
{
    private const byte ImageEventType = 0;

    /// <summary>The streams' <c>dependencies_metadata</c>: images refer to nothing.</summary>
    public static ReadOnlyMemory<byte> DependenciesMetadata { get; } = RustClientTypes.Encode([]);

    /// <summary>The streams' <c>objects_metadata</c>.</summary>
    public static ReadOnlyMemory<byte> ObjectsMetadata { get; } = RustClientTypes.Encode(RustClientTypes.ImageObjects);

    /// <summary>Adds an image.</summary>
    /// <param name="ticks">Absolute ticks of the process's counter.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="format">Its media type, such as <c>image/png</c>.</param>
    /// <param name="data">Its bytes.</param>
    public void Add(long ticks, string name, string format, ReadOnlySpan<byte> data)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(format);
        Objects.BeginDynamic(ImageEventType);
        Objects.WriteInt64(ticks);
        Objects.WriteText(name);
        Objects.WriteText(format);
        Objects.WriteBlob(data);
        Objects.EndDynamic();
        Count++;
    }
}
