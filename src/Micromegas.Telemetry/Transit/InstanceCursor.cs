using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Reads the little-endian values of one instance in order, never beyond its window.</summary>
internal ref struct InstanceCursor(ReadOnlySpan<byte> buffer, int position, int end)
{
    private readonly ReadOnlySpan<byte> buffer = buffer;
    private readonly int end = end;

    public int Position { get; private set; } = position;

    public readonly int Remaining => end - Position;

    public byte ReadByte() => Take(1)[0];

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public ReadOnlySpan<byte> ReadBlob()
    {
        uint length = ReadUInt32();
        if (length > (uint)Remaining)
        {
            Fail("Binary value runs beyond its instance");
        }

        return Take((int)length);
    }

    /// <summary>Reads a DynString as UTF-8 (see <see cref="TransitText.Decode"/>).</summary>
    public ReadOnlySpan<byte> ReadText(PooledBuffer scratch)
    {
        int start = Position;
        byte codec = ReadByte();
        return TransitText.Decode(codec, ReadBlob(), scratch, start);
    }

    /// <summary>Reads the rest of the instance as strict UTF-8.</summary>
    public ReadOnlySpan<byte> ReadTail()
    {
        int start = Position;
        ReadOnlySpan<byte> tail = Take(Remaining);
        if (!Utf8.IsValid(tail))
        {
            throw new CorruptDataException("String is not UTF-8", start);
        }

        return tail;
    }

    /// <summary>Passes over the image of a fixed-size structure and returns its start.</summary>
    public int Skip(int count)
    {
        int start = Position;
        Take(count);
        return start;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining)
        {
            Fail("Instance is cut");
        }

        ReadOnlySpan<byte> taken = buffer.Slice(Position, count);
        Position += count;
        return taken;
    }

    [DoesNotReturn]
    private readonly void Fail(string message) => throw new CorruptDataException(message, Position);
}
