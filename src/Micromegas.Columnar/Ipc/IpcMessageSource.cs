using System.Buffers.Binary;

namespace Micromegas.Columnar;

/// <summary>
/// Takes messages from a stream: prefix, metadata, body. Memory grows with the bytes that really arrive, whatever lengths the prefix claims.
/// Format: Arrow columnar format, "Encapsulated message format".
/// </summary>
internal sealed class IpcMessageSource(Stream stream, ArrowReaderOptions options) : IDisposable
{
    private const int FirstPiece = 256 << 10;

    private readonly NativeWindow window = new();
    private readonly byte[] prefix = new byte[8];
    private NativeBuffer? metadata;
    private int metadataLength;

    /// <summary>The metadata of the message that <see cref="NextAsync"/> found.</summary>
    public unsafe ReadOnlySpan<byte> Metadata => new(metadata!.Pointer, metadataLength);

    /// <summary>Reads the next message's metadata; false at the end of the stream.</summary>
    /// <exception cref="ArrowFormatException">The stream is cut, or no Arrow stream.</exception>
    public async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        var read = await stream.ReadAtLeastAsync(prefix.AsMemory(0, 4), 4, false, cancellationToken).ConfigureAwait(false);
        if (read == 0)
        {
            return false;
        }
        CheckRead(read, 4);
        if (BinaryPrimitives.ReadUInt32LittleEndian(prefix) == ArrowMetadata.Continuation)
        {
            CheckRead(await stream.ReadAtLeastAsync(prefix.AsMemory(0, 4), 4, false, cancellationToken).ConfigureAwait(false), 4);
        }
        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length == 0)
        {
            return false;
        }
        if (length < 0 || length > options.MaxBatchBytes)
        {
            throw new ArrowFormatException($"No Arrow message: its metadata would have {(uint)length} bytes.");
        }
        metadata?.Dispose();
        metadata = null;
        metadata = await ReadAsync(length, cancellationToken).ConfigureAwait(false);
        metadataLength = length;
        return true;
    }

    /// <summary>Reads a body; the caller owns it.</summary>
    public async ValueTask<NativeBuffer> ReadBodyAsync(long length, CancellationToken cancellationToken)
    {
        if (length < 0 || length > options.MaxBatchBytes)
        {
            throw new ArrowFormatException($"An Arrow message with a body of {length} bytes; at most {options.MaxBatchBytes} are read.");
        }
        return await ReadAsync((int)length, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<NativeBuffer> ReadAsync(int length, CancellationToken cancellationToken)
    {
        var first = stream.CanSeek && stream.Length - stream.Position >= length ? length : Math.Min(length, FirstPiece);
        var buffer = BufferPool.Shared.Rent(first);
        try
        {
            var read = 0;
            while (read < length)
            {
                if (read == buffer.Capacity)
                {
                    buffer = Grow(buffer, Math.Min(length, buffer.Capacity * 2), read);
                }
                var piece = (int)Math.Min(length - read, buffer.Capacity - read);
                CheckRead(await stream.ReadAtLeastAsync(Window(buffer, read, piece), piece, false, cancellationToken).ConfigureAwait(false), piece);
                read += piece;
            }
            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private unsafe Memory<byte> Window(NativeBuffer buffer, int start, int length) => window.Of((nint)(buffer.Pointer + start), length);

    private static unsafe NativeBuffer Grow(NativeBuffer buffer, long capacity, int used)
    {
        var grown = BufferPool.Shared.Rent(capacity);
        Buffer.MemoryCopy(buffer.Pointer, grown.Pointer, grown.Capacity, used);
        buffer.Dispose();
        return grown;
    }

    private static void CheckRead(int read, int expected)
    {
        if (read < expected)
        {
            throw new ArrowFormatException("The Arrow stream is cut in the middle of a message.");
        }
    }

    public void Dispose()
    {
        metadata?.Dispose();
        metadata = null;
    }
}
