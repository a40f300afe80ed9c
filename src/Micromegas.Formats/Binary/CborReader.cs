using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;

namespace Micromegas.Formats;

/// <summary>Forward reader of CBOR (RFC 8949) with the tolerance of spec/data-lake.md §3.2: definite and indefinite forms, any head width, tags skipped.</summary>
/// <remarks>Errors are <see cref="CorruptDataException"/>. Counts and lengths of the input never reserve memory by themselves.</remarks>
public ref struct CborReader
{
    /// <summary>Deepest nesting that is read.</summary>
    public const int MaxDepth = 256;

    private const int Indefinite = 31;
    private const byte Break = 0xFF;

    private readonly ReadOnlySpan<byte> data;
    private int position;
    private int depth;

    /// <summary>Reads from the start of <paramref name="data"/>.</summary>
    public CborReader(ReadOnlySpan<byte> data)
    {
        this.data = data;
    }

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => position;

    /// <summary>Skips tags and tells what comes next.</summary>
    public CborKind Peek()
    {
        int start = position;
        bool bigNumber = false;
        bool negative = false;
        while (position < data.Length && data[position] >> 5 == 6)
        {
            ulong tag = ReadHead(out _);
            bigNumber = tag is 2 or 3;
            negative = tag == 3;
        }

        if (position >= data.Length)
        {
            Fail("CBOR data is cut");
        }

        byte initial = data[position];
        switch (initial >> 5)
        {
            case 0:
                return CborKind.UnsignedInteger;
            case 1:
                return CborKind.NegativeInteger;
            case 2:
                if (bigNumber)
                {
                    // The tag belongs to the value: reading an integer parses it again.
                    position = start;
                    return negative ? CborKind.NegativeInteger : CborKind.UnsignedInteger;
                }

                return CborKind.ByteString;
            case 3:
                return CborKind.TextString;
            case 4:
                return CborKind.Array;
            case 5:
                return CborKind.Map;
            default:
                return initial switch
                {
                    0xF4 or 0xF5 => CborKind.Boolean,
                    0xF6 or 0xF7 => CborKind.Null,
                    0xF9 or 0xFA or 0xFB => CborKind.Float,
                    _ => CborKind.Simple,
                };
        }
    }

    /// <summary>Starts an array; then call <see cref="ReadMore"/> before every element.</summary>
    /// <returns>The state that <see cref="ReadMore"/> counts down: elements left, −1 for an indefinite array.</returns>
    public long ReadArrayStart() => ReadContainerStart(CborKind.Array, "CBOR array expected");

    /// <summary>Starts a map; then call <see cref="ReadMore"/> before every key.</summary>
    /// <returns>The state that <see cref="ReadMore"/> counts down: entries left, −1 for an indefinite map.</returns>
    public long ReadMapStart() => ReadContainerStart(CborKind.Map, "CBOR map expected");

    /// <summary>True when the container has another element (or entry); false at its end, which it reads.</summary>
    public bool ReadMore(ref long remaining)
    {
        if (remaining > 0)
        {
            remaining--;
            return true;
        }

        if (remaining < 0)
        {
            if (position >= data.Length)
            {
                Fail("CBOR data is cut");
            }

            if (data[position] != Break)
            {
                return true;
            }

            position++;
        }

        depth--;
        return false;
    }

    /// <summary>Reads an unsigned integer.</summary>
    public ulong ReadUInt64()
    {
        if (Peek() != CborKind.UnsignedInteger)
        {
            Fail("CBOR unsigned integer expected");
        }

        return ReadMagnitude();
    }

    /// <summary>Reads an integer that fits 64 signed bits.</summary>
    public long ReadInt64()
    {
        CborKind kind = Peek();
        if (kind is not (CborKind.UnsignedInteger or CborKind.NegativeInteger))
        {
            Fail("CBOR integer expected");
        }

        int start = position;
        ulong magnitude = ReadMagnitude();
        if (magnitude > long.MaxValue)
        {
            CorruptDataException.Throw("CBOR integer exceeds 64 bits", start);
        }

        return kind == CborKind.UnsignedInteger ? (long)magnitude : ~(long)magnitude;
    }

    /// <summary>Reads a boolean.</summary>
    public bool ReadBoolean()
    {
        if (Peek() != CborKind.Boolean)
        {
            Fail("CBOR boolean expected");
        }

        return data[position++] == 0xF5;
    }

    /// <summary>Reads a floating-point number of any width.</summary>
    public double ReadDouble()
    {
        if (Peek() != CborKind.Float)
        {
            Fail("CBOR number expected");
        }

        byte initial = data[position];
        ulong bits = ReadHead(out _);
        return initial switch
        {
            0xF9 => (double)BitConverter.UInt16BitsToHalf((ushort)bits),
            0xFA => BitConverter.UInt32BitsToSingle((uint)bits),
            _ => BitConverter.UInt64BitsToDouble(bits),
        };
    }

    /// <summary>Reads a byte string. Definite ones are slices of the input, indefinite ones are joined into a new array.</summary>
    public ReadOnlySpan<byte> ReadByteString()
    {
        if (Peek() != CborKind.ByteString)
        {
            Fail("CBOR byte string expected");
        }

        return ReadString(2);
    }

    /// <summary>Reads a text string as valid UTF-8. Definite ones are slices of the input, indefinite ones are joined into a new array.</summary>
    public ReadOnlySpan<byte> ReadText()
    {
        if (Peek() != CborKind.TextString)
        {
            Fail("CBOR text expected");
        }

        int start = position;
        ReadOnlySpan<byte> text = ReadString(3);
        if (!Utf8.IsValid(text))
        {
            CorruptDataException.Throw("CBOR text is not UTF-8", start);
        }

        return text;
    }

    /// <summary>Skips one data item with everything in it.</summary>
    public void Skip()
    {
        switch (Peek())
        {
            case CborKind.UnsignedInteger or CborKind.NegativeInteger:
                ReadMagnitude();
                break;
            case CborKind.ByteString:
                ReadString(2);
                break;
            case CborKind.TextString:
                ReadText();
                break;
            case CborKind.Array:
                long elements = ReadArrayStart();
                while (ReadMore(ref elements))
                {
                    Skip();
                }

                break;
            case CborKind.Map:
                long entries = ReadMapStart();
                while (ReadMore(ref entries))
                {
                    Skip();
                    Skip();
                }

                break;
            default:
                if (data[position] == Break)
                {
                    Fail("CBOR break outside an indefinite item");
                }

                ReadHead(out _);
                break;
        }
    }

    private long ReadContainerStart(CborKind kind, string message)
    {
        if (Peek() != kind)
        {
            Fail(message);
        }

        if (++depth > MaxDepth)
        {
            Fail("CBOR is nested too deeply");
        }

        ulong count = ReadHead(out bool indefinite);
        if (indefinite)
        {
            return -1;
        }

        if (count > (ulong)(data.Length - position))
        {
            Fail("CBOR container announces more items than there are bytes");
        }

        return (long)count;
    }

    // Magnitude of a major type 0 or 1 head, or of a big number (tag 2 or 3, possibly below other tags) that fits 64 bits.
    private ulong ReadMagnitude()
    {
        while (data[position] >> 5 == 6)
        {
            ReadHead(out _);
        }

        if (data[position] >> 5 != 2)
        {
            ulong value = ReadHead(out bool indefinite);
            if (indefinite)
            {
                Fail("CBOR integer is malformed");
            }

            return value;
        }

        ReadOnlySpan<byte> digits = ReadString(2).TrimStart((byte)0);
        if (digits.Length > 8)
        {
            Fail("CBOR integer exceeds 64 bits");
        }

        ulong magnitude = 0;
        foreach (byte digit in digits)
        {
            magnitude = (magnitude << 8) | digit;
        }

        return magnitude;
    }

    private ReadOnlySpan<byte> ReadString(int majorType)
    {
        ulong length = ReadHead(out bool indefinite);
        if (!indefinite)
        {
            return Take(length);
        }

        using PooledBuffer joined = new();
        while (true)
        {
            if (position >= data.Length)
            {
                Fail("CBOR data is cut");
            }

            if (data[position] == Break)
            {
                position++;
                return joined.WrittenSpan.ToArray();
            }

            if (data[position] >> 5 != majorType)
            {
                Fail("CBOR string chunk has another type");
            }

            length = ReadHead(out indefinite);
            if (indefinite)
            {
                Fail("CBOR string chunk has no length");
            }

            joined.Write(Take(length));
        }
    }

    private ulong ReadHead(out bool indefinite)
    {
        indefinite = false;
        byte initial = Take(1)[0];
        int information = initial & 31;
        switch (information)
        {
            case < 24:
                return (ulong)information;
            case 24:
                return Take(1)[0];
            case 25:
                return BinaryPrimitives.ReadUInt16BigEndian(Take(2));
            case 26:
                return BinaryPrimitives.ReadUInt32BigEndian(Take(4));
            case 27:
                return BinaryPrimitives.ReadUInt64BigEndian(Take(8));
            case Indefinite when initial >> 5 is >= 2 and <= 5:
                indefinite = true;
                return 0;
            default:
                position--;
                Fail("CBOR head is malformed");
                return 0;
        }
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(data.Length - position))
        {
            Fail("CBOR data is cut");
        }

        ReadOnlySpan<byte> taken = data.Slice(position, (int)count);
        position += (int)count;
        return taken;
    }

    [DoesNotReturn]
    private readonly void Fail(string message) => CorruptDataException.Throw(message, position);
}
