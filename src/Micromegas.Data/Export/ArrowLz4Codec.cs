using Micromegas.Columnar;
using Micromegas.Formats;

namespace Micromegas.Data.Export;

/// <summary>LZ4 frames for the bodies of Arrow messages.</summary>
internal sealed class ArrowLz4Codec : IArrowLz4Codec
{
    private static ArrowLz4Codec Shared { get; } = new();

    internal static ArrowWriterOptions Options(bool compress) => new() { Lz4 = compress ? Shared : null };

    public int Compress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        using var frame = new PooledBuffer();
        Lz4Frame.Compress(source, frame, Lz4FrameOptions.Plain);
        return frame.WrittenSpan.TryCopyTo(destination) ? frame.Length : -1;
    }

    public bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        using var content = new PooledBuffer();
        try
        {
            return Lz4Frame.Decompress(source, content, destination.Length) == destination.Length && content.WrittenSpan.TryCopyTo(destination);
        }
        catch (CorruptDataException)
        {
            return false;
        }
    }
}
