namespace Micromegas.Columnar;

/// <summary>Native memory that lives until the next <see cref="Reset"/>: what one batch needs beside its body. Not thread-safe.</summary>
internal sealed unsafe class IpcMemory : IDisposable
{
    private const int BlockSize = 64 << 10;

    private readonly List<NativeBuffer> blocks = [];
    private readonly List<Vector> vectors = [];
    private readonly long limit;
    private byte* next;
    private long left;

    /// <param name="limit">Bytes that may be held at one time.</param>
    public IpcMemory(long limit = long.MaxValue) => this.limit = limit;

    /// <summary>Bytes handed out since the last <see cref="Reset"/>.</summary>
    public long Used { get; private set; }

    /// <summary>Memory of that many bytes, aligned to 64 and followed by <see cref="NativeBuffer.Slack"/> more that may be touched; its content is undefined.</summary>
    /// <exception cref="ArrowFormatException">The limit is reached.</exception>
    public byte* Rent(long bytes)
    {
        if (bytes > limit - Used)
        {
            throw new ArrowFormatException($"An Arrow batch needs more than the {limit} bytes that its reader may hold.");
        }
        Used += bytes;
        var spaced = (bytes + NativeBuffer.Slack + 63) & ~63L;
        if (spaced > left)
        {
            var block = BufferPool.Shared.Rent(Math.Max(spaced, BlockSize));
            blocks.Add(block);
            if (spaced > BlockSize / 2)
            {
                return block.Pointer;
            }
            next = block.Pointer;
            left = block.Capacity;
        }
        var rented = next;
        next += spaced;
        left -= spaced;
        return rented;
    }

    /// <summary>Takes over a vector that is needed as long as the memory.</summary>
    public Vector Keep(Vector vector)
    {
        vectors.Add(vector);
        return vector;
    }

    /// <summary>Gives everything back.</summary>
    public void Reset()
    {
        foreach (var block in blocks)
        {
            block.Dispose();
        }
        foreach (var vector in vectors)
        {
            vector.Dispose();
        }
        blocks.Clear();
        vectors.Clear();
        next = null;
        left = 0;
        Used = 0;
    }

    public void Dispose() => Reset();
}
