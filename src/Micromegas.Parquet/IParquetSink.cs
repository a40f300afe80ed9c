using Micromegas.Storage;

namespace Micromegas.Parquet;

/// <summary>Where a <see cref="ParquetWriter"/> sends the bytes of a file, in order.</summary>
public interface IParquetSink
{
    /// <summary>Takes the next bytes; the memory may be reused when the call has returned.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct);
}

/// <summary>The usual sinks.</summary>
public static class ParquetSink
{
    /// <summary>A streamed put; the caller completes or disposes it.</summary>
    public static IParquetSink To(ObjectUpload upload) => new UploadSink(upload);

    /// <summary>A stream, which stays open.</summary>
    public static IParquetSink To(Stream stream) => new StreamSink(stream);

    private sealed class UploadSink(ObjectUpload upload) : IParquetSink
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct) => upload.WriteAsync(bytes, ct);
    }

    private sealed class StreamSink(Stream stream) : IParquetSink
    {
        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct) => stream.WriteAsync(bytes, ct);
    }
}
