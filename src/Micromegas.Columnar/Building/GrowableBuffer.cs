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

    private void Grow(long bytes)
    {
        var grown = BufferPool.Shared.Rent(Math.Max(bytes, Math.Max(Capacity * 2, 1024)));
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
