using Micromegas.Columnar;

namespace Micromegas.Parquet.Encodings;

/// <summary>Native memory that grows and is used again and again.</summary>
internal sealed unsafe class ScratchBuffer : IDisposable
{
    private NativeBuffer? buffer;

    public byte* Pointer { get; private set; }

    public long Capacity => buffer?.Capacity ?? 0;

    /// <summary>Makes room for <paramref name="bytes"/> bytes, keeping the first <paramref name="used"/>.</summary>
    public byte* Ensure(long bytes, long used = 0)
    {
        if (buffer == null || buffer.Capacity < bytes)
        {
            var grown = BufferPool.Shared.Rent(used == 0 ? bytes : Math.Max(bytes, Capacity * 2));
            if (used > 0)
            {
                Buffer.MemoryCopy(Pointer, grown.Pointer, grown.Capacity, used);
            }
            buffer?.Dispose();
            buffer = grown;
            Pointer = grown.Pointer;
        }
        return Pointer;
    }

    public void Dispose()
    {
        buffer?.Dispose();
        buffer = null;
        Pointer = null;
    }
}
