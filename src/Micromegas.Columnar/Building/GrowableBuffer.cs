namespace Micromegas.Columnar;

/// <summary>A native buffer that grows by doubling and keeps its content.</summary>
internal unsafe struct GrowableBuffer
{
    private NativeBuffer? buffer;

    public byte* Pointer;
    public long Used;

    public readonly long Capacity => buffer?.Capacity ?? 0;

    /// <summary>Makes room for <paramref name="more"/> bytes behind the used ones.</summary>
    public void Reserve(long more)
    {
        if (buffer == null || Used + more > buffer.Capacity)
        {
            Grow(Used + more);
        }
    }

    /// <summary>Bytes of memory that making room for so many more bytes asks for; 0 where there is room.</summary>
    public readonly long GrowthBytes(long more) => Used + more <= Capacity ? 0 : BufferPool.CapacityFor(Grown(Used + more));

    private readonly long Grown(long bytes) => Math.Max(bytes, Math.Max(Capacity * 2, 1024));

    private void Grow(long bytes)
    {
        var grown = BufferPool.Shared.Rent(Grown(bytes));
        if (Used > 0)
        {
            Buffer.MemoryCopy(Pointer, grown.Pointer, grown.Capacity, Used);
        }
        buffer?.Dispose();
        buffer = grown;
        Pointer = grown.Pointer;
    }

    public NativeBuffer? Take()
    {
        var taken = buffer;
        buffer = null;
        Pointer = null;
        Used = 0;
        return taken;
    }

    public void Dispose() => Take()?.Dispose();
}
