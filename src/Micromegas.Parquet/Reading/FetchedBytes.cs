using Micromegas.Columnar;

namespace Micromegas.Parquet;

/// <summary>Bytes of a file in memory: the cache's or, where that does not keep them, the holder's own.</summary>
internal sealed unsafe class FetchedBytes(NativeBuffer buffer, long length, CachedChunk? cached) : IDisposable
{
    private bool disposed;

    public byte* Pointer => buffer.Pointer;

    public long Length { get; } = length;

    public ReadOnlySpan<byte> Span => new(buffer.Pointer, (int)Length);

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }
        disposed = true;
        if (cached is null)
        {
            buffer.Dispose();
        }
        else
        {
            cached.Release();
        }
    }
}
