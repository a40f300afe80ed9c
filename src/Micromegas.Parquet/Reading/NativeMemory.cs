using System.Buffers;

namespace Micromegas.Parquet.Reading;

/// <summary>Native memory as <see cref="Memory{T}"/>, for stores to read into. The owner keeps the memory alive.</summary>
internal sealed unsafe class NativeMemory(byte* pointer, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => new(pointer, length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(pointer + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
