using System.Runtime.CompilerServices;
using System.Text;

namespace Micromegas.Parquet.Thrift;

/// <summary>
/// Reads Thrift's compact protocol in place. A struct is read by calling <see cref="NextField"/> until it returns false and either reading or
/// skipping each field's value. Format: "Thrift Compact protocol" of the Apache Thrift project.
/// </summary>
internal ref struct ThriftReader
{
    /// <summary>Keeps damaged bytes from exhausting the stack; Parquet's own metadata nests less than ten deep.</summary>
    private const int DeepestNesting = 32;

    private readonly ReadOnlySpan<byte> bytes;
    private int position;
    private int lastField;
    private int depth;

    public ThriftReader(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public readonly int Position => position;

    /// <summary>Number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>Type of the current field.</summary>
    public ThriftType Type { get; private set; }

    /// <summary>Starts a nested struct; give the result to <see cref="EndStruct"/> when its fields are read.</summary>
    public int BeginStruct()
    {
        if (++depth > DeepestNesting)
        {
            Parquet.Throw.Corrupt("the metadata is nested too deeply");
        }
        var outer = lastField;
        lastField = 0;
        return outer;
    }

    public void EndStruct(int outer)
    {
        depth--;
        lastField = outer;
    }

    public bool NextField()
    {
        var header = ReadByte();
        Type = (ThriftType)(header & 15);
        if (Type == ThriftType.Stop)
        {
            return false;
        }
        var delta = header >> 4;
        Field = delta == 0 ? (short)ReadZigZag() : lastField + delta;
        lastField = Field;
        return true;
    }

    public byte ReadByte()
    {
        if ((uint)position >= (uint)bytes.Length)
        {
            Parquet.Throw.Corrupt("the metadata ends too early");
        }
        return bytes[position++];
    }

    /// <summary>A boolean field's value is its type.</summary>
    public bool ReadBool()
    {
        Expect(Type is ThriftType.True or ThriftType.False);
        return Type == ThriftType.True;
    }

    public int ReadInt32()
    {
        Expect(Type is ThriftType.Int32 or ThriftType.Int16 or ThriftType.Byte);
        return Type == ThriftType.Byte ? (sbyte)ReadByte() : checked32(ReadZigZag());

        static int checked32(long value)
        {
            if (value != (int)value)
            {
                Parquet.Throw.Corrupt("a number of the metadata is out of range");
            }
            return (int)value;
        }
    }

    public long ReadInt64()
    {
        Expect(Type == ThriftType.Int64);
        return ReadZigZag();
    }

    public ReadOnlySpan<byte> ReadBinary()
    {
        Expect(Type == ThriftType.Binary);
        return ReadBytes();
    }

    /// <summary>The range of the bytes of a binary field in what is being read.</summary>
    public ByteSlice ReadBinarySlice()
    {
        var length = ReadBinary().Length;
        return new ByteSlice(position - length, length);
    }

    public string ReadText() => Encoding.UTF8.GetString(ReadBinary());

    public ByteSlice ReadBinarySliceItem()
    {
        var length = ReadBytes().Length;
        return new ByteSlice(position - length, length);
    }

    public int ReadInt32Item() => (int)ReadZigZag();

    public long ReadInt64Item() => ReadZigZag();

    public bool ReadBoolItem() => ReadByte() == 1;

    /// <summary>Begins a list of the given item type (<see cref="ThriftType.True"/> for booleans); every item takes at least a byte.</summary>
    public int ReadList(ThriftType items)
    {
        Expect(Type is ThriftType.List or ThriftType.Set);
        var count = ReadListHeader(out var type);
        if (type != items && !(items == ThriftType.True && type == ThriftType.False) && count > 0)
        {
            Parquet.Throw.Corrupt("a list of the metadata has items of the wrong type");
        }
        return count;
    }

    public void ExpectStruct() => Expect(Type == ThriftType.Struct);

    /// <summary>Passes over the current field's value.</summary>
    public void Skip() => Skip(Type);

    private void Skip(ThriftType type)
    {
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                break;
            case ThriftType.Byte:
                ReadByte();
                break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64:
                ReadVarint();
                break;
            case ThriftType.Double:
                Advance(8);
                break;
            case ThriftType.Uuid:
                Advance(16);
                break;
            case ThriftType.Binary:
                ReadBytes();
                break;
            case ThriftType.List or ThriftType.Set:
                SkipList();
                break;
            case ThriftType.Map:
                SkipMap();
                break;
            case ThriftType.Struct:
                var outer = BeginStruct();
                while (NextField())
                {
                    Skip(Type);
                }
                EndStruct(outer);
                break;
            default:
                Parquet.Throw.Corrupt("the metadata has a field of unknown type");
                break;
        }
    }

    private void SkipList()
    {
        var outer = BeginStruct();
        var count = ReadListHeader(out var items);
        for (var i = 0; i < count; i++)
        {
            SkipItem(items);
        }
        EndStruct(outer);
    }

    private void SkipMap()
    {
        var outer = BeginStruct();
        var count = ReadCount();
        if (count > 0)
        {
            var types = ReadByte();
            for (var i = 0; i < count; i++)
            {
                SkipItem((ThriftType)(types >> 4));
                SkipItem((ThriftType)(types & 15));
            }
        }
        EndStruct(outer);
    }

    /// <summary>Unlike fields, booleans in collections have a byte of their own.</summary>
    private void SkipItem(ThriftType type)
    {
        if (type is ThriftType.True or ThriftType.False)
        {
            ReadByte();
        }
        else
        {
            Skip(type);
        }
    }

    private int ReadListHeader(out ThriftType items)
    {
        var header = ReadByte();
        items = (ThriftType)(header & 15);
        var count = header >> 4;
        if (count < 15)
        {
            return count <= bytes.Length - position ? count : ReadTooMany();
        }
        return ReadCount();
    }

    private int ReadCount()
    {
        var count = ReadVarint();
        return count <= (ulong)(bytes.Length - position) ? (int)count : ReadTooMany();
    }

    private static int ReadTooMany()
    {
        Parquet.Throw.Corrupt("a list of the metadata ends outside it");
        return 0;
    }

    private ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadVarint();
        if (length > (ulong)(bytes.Length - position))
        {
            Parquet.Throw.Corrupt("a text of the metadata ends outside it");
        }
        var value = bytes.Slice(position, (int)length);
        position += (int)length;
        return value;
    }

    private void Advance(int count)
    {
        Expect(count <= bytes.Length - position);
        position += count;
    }

    private long ReadZigZag()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var part = ReadByte();
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
        Parquet.Throw.Corrupt("a number of the metadata is too long");
        return 0;
    }

    private static void Expect(bool condition)
    {
        if (!condition)
        {
            Parquet.Throw.Corrupt("a field of the metadata has the wrong type");
        }
    }
}

/// <summary>Some bytes of a larger buffer; <see cref="Length"/> -1 = absent.</summary>
internal readonly record struct ByteSlice(int Start, int Length)
{
    public static ByteSlice None => new(0, -1);

    public bool IsPresent => Length >= 0;
}
