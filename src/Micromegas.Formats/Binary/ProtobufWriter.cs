using System.Buffers.Binary;

namespace Micromegas.Formats;

/// <summary>Writer of protobuf fields into a buffer. The caller decides about order and default values.</summary>
public readonly struct ProtobufWriter
{
    private readonly PooledBuffer buffer;

    /// <summary>Appends to <paramref name="buffer"/>.</summary>
    public ProtobufWriter(PooledBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        this.buffer = buffer;
    }

    /// <summary>Writes a varint field from its 64 raw bits (negative int32 values are sign-extended by the caller's cast).</summary>
    public void WriteVarint(int field, ulong value)
    {
        WriteTag(field, ProtobufWireType.Varint);
        WriteRawVarint(value);
    }

    /// <summary>Writes a zig-zag varint field.</summary>
    public void WriteZigZag(int field, long value) => WriteVarint(field, (ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Writes a bool field.</summary>
    public void WriteBoolean(int field, bool value) => WriteVarint(field, value ? 1UL : 0UL);

    /// <summary>Writes a field of eight bytes.</summary>
    public void WriteFixed64(int field, ulong value)
    {
        WriteTag(field, ProtobufWireType.Fixed64);
        BinaryPrimitives.WriteUInt64LittleEndian(buffer.Append(8), value);
    }

    /// <summary>Writes a field of four bytes.</summary>
    public void WriteFixed32(int field, uint value)
    {
        WriteTag(field, ProtobufWireType.Fixed32);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.Append(4), value);
    }

    /// <summary>Writes a double field.</summary>
    public void WriteDouble(int field, double value) => WriteFixed64(field, BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes a string or bytes field, or an embedded message that is already encoded.</summary>
    public void WriteBytes(int field, ReadOnlySpan<byte> value)
    {
        WriteTag(field, ProtobufWireType.LengthDelimited);
        WriteRawVarint((ulong)value.Length);
        buffer.Write(value);
    }

    /// <summary>Starts an embedded message; its fields follow, then <see cref="EndMessage"/> with the returned mark.</summary>
    public int BeginMessage(int field)
    {
        WriteTag(field, ProtobufWireType.LengthDelimited);
        buffer.Write(0);
        return buffer.Length;
    }

    /// <summary>Ends the embedded message that starts at <paramref name="mark"/> and writes its length.</summary>
    public void EndMessage(int mark)
    {
        int length = buffer.Length - mark;
        int extra = VarintLength((ulong)length) - 1;
        if (extra > 0)
        {
            // One byte was kept for the length; longer messages move up.
            buffer.Append(extra);
            Span<byte> written = buffer.WritableSpan;
            written.Slice(mark, length).CopyTo(written[(mark + extra)..]);
        }

        Span<byte> lengthBytes = buffer.WritableSpan[(mark - 1)..];
        ulong rest = (ulong)length;
        int index = 0;
        for (; rest >= 0x80; rest >>= 7)
        {
            lengthBytes[index++] = (byte)(rest | 0x80);
        }

        lengthBytes[index] = (byte)rest;
    }

    /// <summary>Writes a field's tag.</summary>
    public void WriteTag(int field, ProtobufWireType wireType) => WriteRawVarint(((ulong)(uint)field << 3) | (uint)wireType);

    /// <summary>Writes a varint without a tag (inside packed fields).</summary>
    public void WriteRawVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            buffer.Write((byte)(value | 0x80));
        }

        buffer.Write((byte)value);
    }

    private static int VarintLength(ulong value)
    {
        int length = 1;
        for (; value >= 0x80; value >>= 7)
        {
            length++;
        }

        return length;
    }
}
