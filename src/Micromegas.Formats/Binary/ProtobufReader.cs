using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Micromegas.Formats;

/// <summary>Forward reader of one protobuf message. Copies nothing: strings and messages come as slices of the input.</summary>
/// <remarks>Errors are <see cref="CorruptDataException"/>; positions count from the start of the outermost message.</remarks>
public ref struct ProtobufReader
{
    /// <summary>Deepest nesting of groups and messages that is read (what upstream's decoder allows).</summary>
    public const int MaxDepth = 100;

    private readonly ReadOnlySpan<byte> data;
    private readonly int origin;
    private readonly int depth;
    private int position;

    /// <summary>Reads the message that fills <paramref name="data"/>.</summary>
    public ProtobufReader(ReadOnlySpan<byte> data) : this(data, 0, 0)
    {
    }

    private ProtobufReader(ReadOnlySpan<byte> data, int origin, int depth)
    {
        this.data = data;
        this.origin = origin;
        this.depth = depth;
    }

    /// <summary>Bytes read so far, counted from the start of the outermost message.</summary>
    public readonly long Position => origin + (long)position;

    /// <summary>True when the message is read to its end.</summary>
    public readonly bool IsAtEnd => position >= data.Length;

    /// <summary>Reads the next field's number and wire type; false at the end of the message.</summary>
    public bool ReadTag(out int field, out ProtobufWireType wireType)
    {
        if (position >= data.Length)
        {
            field = 0;
            wireType = default;
            return false;
        }

        ulong tag = ReadVarint();
        field = (int)(tag >> 3);
        wireType = (ProtobufWireType)(tag & 7);
        if (tag > uint.MaxValue || field == 0 || wireType > ProtobufWireType.Fixed32)
        {
            Fail("Protobuf tag is invalid");
        }

        return true;
    }

    /// <summary>Reads a varint as its 64 raw bits.</summary>
    public ulong ReadVarint()
    {
        if (position < data.Length && data[position] < 0x80)
        {
            return data[position++];
        }

        return ReadLongVarint();
    }

    /// <summary>Reads a varint as int32, cutting to 32 bits as the format demands.</summary>
    public int ReadInt32() => (int)ReadVarint();

    /// <summary>Reads a zig-zag varint.</summary>
    public long ReadZigZag()
    {
        ulong raw = ReadVarint();
        return (long)(raw >> 1) ^ -(long)(raw & 1);
    }

    /// <summary>Reads a varint as bool: anything but 0 is true.</summary>
    public bool ReadBoolean() => ReadVarint() != 0;

    /// <summary>Reads eight bytes.</summary>
    public ulong ReadFixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>Reads four bytes.</summary>
    public uint ReadFixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    /// <summary>Reads a double.</summary>
    public double ReadDouble() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    /// <summary>Reads a length-delimited value.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        ulong length = ReadVarint();
        if (length > (ulong)(data.Length - position))
        {
            Fail("Protobuf length runs beyond the message");
        }

        return Take((int)length);
    }

    /// <summary>Reads an embedded message.</summary>
    public ProtobufReader ReadMessage()
    {
        if (depth >= MaxDepth)
        {
            Fail("Protobuf messages are nested too deeply");
        }

        ReadOnlySpan<byte> message = ReadBytes();
        return new ProtobufReader(message, origin + position - message.Length, depth + 1);
    }

    /// <summary>Reads the varint of a field whose tag had this wire type; like all that take one, it fails unless the type is the one declared.</summary>
    public ulong ReadVarint(ProtobufWireType wireType)
    {
        Expect(wireType, ProtobufWireType.Varint);
        return ReadVarint();
    }

    /// <inheritdoc cref="ReadInt32()"/>
    public int ReadInt32(ProtobufWireType wireType) => (int)ReadVarint(wireType);

    /// <inheritdoc cref="ReadBoolean()"/>
    public bool ReadBoolean(ProtobufWireType wireType) => ReadVarint(wireType) != 0;

    /// <inheritdoc cref="ReadZigZag()"/>
    public long ReadZigZag(ProtobufWireType wireType)
    {
        Expect(wireType, ProtobufWireType.Varint);
        return ReadZigZag();
    }

    /// <inheritdoc cref="ReadFixed64()"/>
    public ulong ReadFixed64(ProtobufWireType wireType)
    {
        Expect(wireType, ProtobufWireType.Fixed64);
        return ReadFixed64();
    }

    /// <inheritdoc cref="ReadFixed32()"/>
    public uint ReadFixed32(ProtobufWireType wireType)
    {
        Expect(wireType, ProtobufWireType.Fixed32);
        return ReadFixed32();
    }

    /// <inheritdoc cref="ReadDouble()"/>
    public double ReadDouble(ProtobufWireType wireType)
    {
        Expect(wireType, ProtobufWireType.Fixed64);
        return ReadDouble();
    }

    /// <inheritdoc cref="ReadBytes()"/>
    public ReadOnlySpan<byte> ReadBytes(ProtobufWireType wireType)
    {
        Expect(wireType, ProtobufWireType.LengthDelimited);
        return ReadBytes();
    }

    /// <inheritdoc cref="ReadMessage()"/>
    public ProtobufReader ReadMessage(ProtobufWireType wireType)
    {
        Expect(wireType, ProtobufWireType.LengthDelimited);
        return ReadMessage();
    }

    /// <summary>Skips the value of the field whose tag was just read.</summary>
    public void Skip(int field, ProtobufWireType wireType) => Skip(field, wireType, depth);

    /// <summary>Fails unless the wire type is the one that the schema declares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Expect(ProtobufWireType actual, ProtobufWireType declared)
    {
        if (actual != declared)
        {
            Fail("Protobuf field has another wire type than declared");
        }
    }

    private void Skip(int field, ProtobufWireType wireType, int level)
    {
        switch (wireType)
        {
            case ProtobufWireType.Varint:
                ReadVarint();
                return;
            case ProtobufWireType.Fixed64:
                Take(8);
                return;
            case ProtobufWireType.Fixed32:
                Take(4);
                return;
            case ProtobufWireType.LengthDelimited:
                ReadBytes();
                return;
            case ProtobufWireType.StartGroup when level < MaxDepth:
                while (ReadTag(out int inner, out ProtobufWireType innerType))
                {
                    if (innerType == ProtobufWireType.EndGroup)
                    {
                        if (inner == field)
                        {
                            return;
                        }

                        break;
                    }

                    Skip(inner, innerType, level + 1);
                }

                break;
        }

        Fail("Protobuf group is malformed or nested too deeply");
    }

    private ulong ReadLongVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (position >= data.Length)
            {
                Fail("Protobuf varint is cut");
            }

            byte part = data[position++];
            if (shift == 63 && part > 1)
            {
                break;
            }

            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        Fail("Protobuf varint is too long");
        return 0;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > data.Length - position)
        {
            Fail("Protobuf value is cut");
        }

        ReadOnlySpan<byte> taken = data.Slice(position, count);
        position += count;
        return taken;
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private readonly void Fail(string message) => CorruptDataException.Throw(message, Position);
}
