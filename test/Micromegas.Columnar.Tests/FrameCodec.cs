using Micromegas.Formats;

namespace Micromegas.Columnar.Tests;

/// <summary>LZ4 frames of the Formats room.</summary>
internal sealed class FrameCodec : IArrowLz4Codec
{
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
