using System.Buffers.Binary;
using System.Text;

namespace Micromegas.Formats;

/// <summary>Writer of CBOR (RFC 8949) with the shortest heads, into a buffer.</summary>
public readonly struct CborWriter
{
    private readonly PooledBuffer buffer;

    /// <summary>Appends to <paramref name="buffer"/>.</summary>
    public CborWriter(PooledBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        this.buffer = buffer;
    }

    /// <summary>Starts an array of <paramref name="count"/> elements.</summary>
    public void WriteArrayStart(int count) => WriteHead(4, (ulong)count);

    /// <summary>Starts a map of <paramref name="count"/> entries.</summary>
    public void WriteMapStart(int count) => WriteHead(5, (ulong)count);

    /// <summary>Starts an array that <see cref="WriteBreak"/> ends.</summary>
    public void WriteIndefiniteArrayStart() => buffer.Write(0x9F);

    /// <summary>Starts a map that <see cref="WriteBreak"/> ends.</summary>
    public void WriteIndefiniteMapStart() => buffer.Write(0xBF);

    /// <summary>Ends an indefinite array or map.</summary>
    public void WriteBreak() => buffer.Write(0xFF);

    /// <summary>Writes an unsigned integer.</summary>
    public void WriteUInt64(ulong value) => WriteHead(0, value);

    /// <summary>Writes an integer.</summary>
    public void WriteInt64(long value) => WriteHead(value < 0 ? 1 : 0, (ulong)(value < 0 ? ~value : value));

    /// <summary>Writes false or true.</summary>
    public void WriteBoolean(bool value) => buffer.Write(value ? (byte)0xF5 : (byte)0xF4);

    /// <summary>Writes null.</summary>
    public void WriteNull() => buffer.Write(0xF6);

    /// <summary>Writes a double-precision number.</summary>
    public void WriteDouble(double value)
    {
        buffer.Write(0xFB);
        BinaryPrimitives.WriteDoubleBigEndian(buffer.Append(8), value);
    }

    /// <summary>Writes a byte string.</summary>
    public void WriteByteString(ReadOnlySpan<byte> value)
    {
        WriteHead(2, (ulong)value.Length);
        buffer.Write(value);
    }

    /// <summary>Writes a text string that is already UTF-8.</summary>
    public void WriteText(ReadOnlySpan<byte> utf8)
    {
        WriteHead(3, (ulong)utf8.Length);
        buffer.Write(utf8);
    }

    /// <summary>Writes a text string.</summary>
    public void WriteText(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        int length = Encoding.UTF8.GetByteCount(value);
        WriteHead(3, (ulong)length);
        Encoding.UTF8.GetBytes(value, buffer.Append(length));
    }

    private void WriteHead(int majorType, ulong value)
    {
        byte major = (byte)(majorType << 5);
        if (value < 24)
        {
            buffer.Write((byte)(major | (byte)value));
        }
        else if (value <= byte.MaxValue)
        {
            buffer.Write((byte)(major | 24));
            buffer.Write((byte)value);
        }
        else if (value <= ushort.MaxValue)
        {
            buffer.Write((byte)(major | 25));
            BinaryPrimitives.WriteUInt16BigEndian(buffer.Append(2), (ushort)value);
        }
        else if (value <= uint.MaxValue)
        {
            buffer.Write((byte)(major | 26));
            BinaryPrimitives.WriteUInt32BigEndian(buffer.Append(4), (uint)value);
        }
        else
        {
            buffer.Write((byte)(major | 27));
            BinaryPrimitives.WriteUInt64BigEndian(buffer.Append(8), value);
        }
    }
}
