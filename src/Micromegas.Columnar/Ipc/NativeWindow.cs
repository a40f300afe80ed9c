using System.Buffers;

namespace Micromegas.Columnar;

/// <summary>Lets streams read and write native memory. One object serves many pieces, one after the other; it owns none of them.</summary>
internal sealed unsafe class NativeWindow : MemoryManager<byte>
{
    private byte* pointer;
    private int length;

    public Memory<byte> Of(nint address, int bytes)
    {
        pointer = (byte*)address;
        length = bytes;
        return Memory;
    }

    public override Span<byte> GetSpan() => new(pointer, length);

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length);
        return new MemoryHandle(pointer + elementIndex);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
