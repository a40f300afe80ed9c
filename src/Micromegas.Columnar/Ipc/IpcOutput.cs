namespace Micromegas.Columnar;

/// <summary>Gathers small pieces and hands large ones to the stream where they lie.</summary>
internal sealed class IpcOutput(Stream stream) : IDisposable
{
    private const int Capacity = 64 << 10;

    /// <summary>Pieces from this size on are not copied.</summary>
    private const int LargePiece = 16 << 10;

    private const int LargestWrite = 1 << 30;

    private readonly NativeWindow window = new();
    private readonly NativeBuffer buffer = BufferPool.Shared.Rent(Capacity);
    private int used;

    /// <summary>Bytes written so far.</summary>
    public long Position { get; private set; }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!TryGather(bytes.Span))
        {
            await FlushAsync(cancellationToken).ConfigureAwait(false);
            if (!TryGather(bytes.Span))
            {
                await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
                Position += bytes.Length;
            }
        }
    }

    /// <summary>Writes native memory; address 0 stands for zeros, fewer than 64.</summary>
    public async ValueTask WriteAsync(nint address, long length, CancellationToken cancellationToken)
    {
        if (length < LargePiece)
        {
            if (Capacity - used < length)
            {
                await FlushAsync(cancellationToken).ConfigureAwait(false);
            }
            Gather(address, (int)length);
            return;
        }
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        while (length > 0)
        {
            var piece = (int)Math.Min(length, LargestWrite);
            await stream.WriteAsync(window.Of(address, piece), cancellationToken).ConfigureAwait(false);
            Position += piece;
            address += piece;
            length -= piece;
        }
    }

    /// <summary>Hands what was gathered to the stream.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (used > 0)
        {
            await stream.WriteAsync(Gathered(), cancellationToken).ConfigureAwait(false);
            used = 0;
        }
    }

    private unsafe Memory<byte> Gathered() => window.Of((nint)buffer.Pointer, used);

    private unsafe void Gather(nint address, int length)
    {
        var target = new Span<byte>(buffer.Pointer + used, length);
        if (address == 0)
        {
            target.Clear();
        }
        else
        {
            new ReadOnlySpan<byte>((byte*)address, length).CopyTo(target);
        }
        used += length;
        Position += length;
    }

    private unsafe bool TryGather(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Capacity - used)
        {
            return false;
        }
        bytes.CopyTo(new Span<byte>(buffer.Pointer + used, bytes.Length));
        used += bytes.Length;
        Position += bytes.Length;
        return true;
    }

    public void Dispose() => buffer.Dispose();
}
