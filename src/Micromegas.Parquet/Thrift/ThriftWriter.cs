using System.Buffers;
using System.Text;

namespace Micromegas.Parquet.Thrift;

/// <summary>Writes Thrift's compact protocol. Fields of a struct must be written in ascending order of their numbers.</summary>
internal sealed class ThriftWriter
{
    private readonly ArrayBufferWriter<byte> output = new();
    private readonly Stack<int> outer = new();
    private int lastField;

    public ReadOnlyMemory<byte> Written => output.WrittenMemory;

    public void Clear()
    {
        output.ResetWrittenCount();
        lastField = 0;
    }

    public void WriteBool(int field, bool value) => Header(field, value ? ThriftType.True : ThriftType.False);

    public void WriteInt8(int field, sbyte value)
    {
        Header(field, ThriftType.Byte);
        Byte((byte)value);
    }

    public void WriteInt16(int field, short value)
    {
        Header(field, ThriftType.Int16);
        ZigZag(value);
    }

    public void WriteInt32(int field, int value)
    {
        Header(field, ThriftType.Int32);
        ZigZag(value);
    }

    public void WriteInt64(int field, long value)
    {
        Header(field, ThriftType.Int64);
        ZigZag(value);
    }

    public void WriteBinary(int field, ReadOnlySpan<byte> value)
    {
        Header(field, ThriftType.Binary);
        BinaryItem(value);
    }

    public void WriteText(int field, string value) => WriteBinary(field, Encoding.UTF8.GetBytes(value));

    public void BeginStruct(int field)
    {
        Header(field, ThriftType.Struct);
        BeginStructItem();
    }

    public void EmptyStruct(int field)
    {
        BeginStruct(field);
        EndStruct();
    }

    public void BeginList(int field, ThriftType items, int count)
    {
        Header(field, ThriftType.List);
        if (count < 15)
        {
            Byte((byte)((count << 4) | (int)items));
        }
        else
        {
            Byte((byte)(0xf0 | (int)items));
            Varint((ulong)count);
        }
    }

    /// <summary>Begins a struct that is a member of a list, or the outermost one.</summary>
    public void BeginStructItem()
    {
        outer.Push(lastField);
        lastField = 0;
    }

    public void EndStruct()
    {
        Byte(0);
        lastField = outer.Pop();
    }

    public void Int32Item(int value) => ZigZag(value);

    public void Int64Item(long value) => ZigZag(value);

    public void BoolItem(bool value) => Byte(value ? (byte)1 : (byte)2);

    public void BinaryItem(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        output.Write(value);
    }

    public void TextItem(string value) => BinaryItem(Encoding.UTF8.GetBytes(value));

    private void Header(int field, ThriftType type)
    {
        var delta = field - lastField;
        if (delta is > 0 and <= 15)
        {
            Byte((byte)((delta << 4) | (int)type));
        }
        else
        {
            Byte((byte)type);
            ZigZag(field);
        }
        lastField = field;
    }

    private void ZigZag(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    private void Varint(ulong value)
    {
        var span = output.GetSpan(10);
        var count = 0;
        while (value >= 0x80)
        {
            span[count++] = (byte)(value | 0x80);
            value >>= 7;
        }
        span[count++] = (byte)value;
        output.Advance(count);
    }

    private void Byte(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }
}
