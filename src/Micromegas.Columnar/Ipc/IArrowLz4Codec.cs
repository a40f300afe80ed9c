namespace Micromegas.Columnar;

/// <summary>LZ4 frames for the bodies of Arrow messages (compression codec LZ4_FRAME). Used by one batch at a time; several threads may use one object.</summary>
public interface IArrowLz4Codec
{
    /// <summary>Compresses a buffer as one frame.</summary>
    /// <param name="source">The buffer.</param>
    /// <param name="destination">Receives the frame; as long as the buffer.</param>
    /// <returns>Bytes of the frame, or -1 when it does not fit: the buffer is then stored as it is.</returns>
    int Compress(ReadOnlySpan<byte> source, Span<byte> destination);

    /// <summary>Decompresses a frame that must fill the destination exactly.</summary>
    /// <param name="source">The frame.</param>
    /// <param name="destination">Receives the buffer.</param>
    /// <returns>Whether the frame is intact and has that length.</returns>
    bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> destination);
}
