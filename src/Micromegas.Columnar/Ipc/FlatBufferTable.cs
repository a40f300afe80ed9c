using System.Buffers.Binary;
using System.Text;

namespace Micromegas.Columnar;

/// <summary>
/// One table of a FlatBuffer, read in place. Every access is checked, so that damaged bytes give an <see cref="ArrowFormatException"/>.
/// Format: "FlatBuffer Internals" of the FlatBuffers project (vtables of 16-bit field offsets, 32-bit forward offsets).
/// </summary>
internal readonly ref struct FlatBufferTable
{
    private readonly ReadOnlySpan<byte> buffer;
    private readonly int position;
    private readonly int vtable;
    private readonly int vtableSize;

    private FlatBufferTable(ReadOnlySpan<byte> buffer, int position)
    {
        this.buffer = buffer;
        this.position = position;
        var distance = Int32At(position);
        var at = (long)position - distance;
        if (at < 0 || at > buffer.Length - 4)
        {
            Throw("a vtable lies outside the buffer");
        }
        vtable = (int)at;
        vtableSize = UInt16At(vtable);
        if (vtableSize < 4 || vtable + vtableSize > buffer.Length)
        {
            Throw("a vtable has an impossible size");
        }
    }

    /// <summary>The root table of a buffer.</summary>
    public static FlatBufferTable Root(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length < 8)
        {
            Throw("the buffer is too short");
        }
        return At(buffer, BinaryPrimitives.ReadUInt32LittleEndian(buffer));
    }

    public bool Has(int field) => Slot(field) != 0;

    public byte Byte(int field, byte missing = 0)
    {
        var at = Slot(field);
        return at == 0 ? missing : buffer[Checked(at, 1)];
    }

    public bool Bool(int field) => Byte(field) != 0;

    public short Int16(int field, short missing = 0)
    {
        var at = Slot(field);
        return at == 0 ? missing : (short)UInt16At(at);
    }

    public int Int32(int field, int missing = 0)
    {
        var at = Slot(field);
        return at == 0 ? missing : Int32At(at);
    }

    public long Int64(int field, long missing = 0)
    {
        var at = Slot(field);
        return at == 0 ? missing : BinaryPrimitives.ReadInt64LittleEndian(buffer.Slice(Checked(at, 8), 8));
    }

    public string? Text(int field)
    {
        var at = Slot(field);
        if (at == 0)
        {
            return null;
        }
        var start = Follow(at);
        var length = Int32At(start);
        if (length < 0 || length > buffer.Length - start - 4)
        {
            Throw("a text ends outside the buffer");
        }
        return Encoding.UTF8.GetString(buffer.Slice(start + 4, length));
    }

    public FlatBufferTable Table(int field)
    {
        var at = Slot(field);
        if (at == 0)
        {
            Throw("a required table is missing");
        }
        return At(buffer, (uint)Follow(at));
    }

    public int VectorLength(int field)
    {
        var at = Slot(field);
        if (at == 0)
        {
            return 0;
        }
        var start = Follow(at);
        var length = Int32At(start);
        if (length < 0 || length > (buffer.Length - start - 4) / 4)
        {
            Throw("a vector ends outside the buffer");
        }
        return length;
    }

    /// <summary>A member of a vector of tables.</summary>
    public FlatBufferTable VectorTable(int field, int index) => At(buffer, (uint)Follow(Follow(Slot(field)) + 4 + (4 * index)));

    /// <summary>A vector of structs or numbers of <paramref name="size"/> bytes each; empty when the field is absent.</summary>
    public ReadOnlySpan<byte> Structs(int field, int size)
    {
        var at = Slot(field);
        if (at == 0)
        {
            return [];
        }
        var start = Follow(at);
        var length = Int32At(start);
        if (length < 0 || length > (buffer.Length - start - 4) / size)
        {
            Throw("a vector ends outside the buffer");
        }
        return buffer.Slice(start + 4, length * size);
    }

    private static FlatBufferTable At(ReadOnlySpan<byte> buffer, uint position)
    {
        if (position > (uint)buffer.Length - 4)
        {
            Throw("a table lies outside the buffer");
        }
        return new FlatBufferTable(buffer, (int)position);
    }

    /// <summary>Where the field's value lies, 0 when the field is absent.</summary>
    private int Slot(int field)
    {
        var entry = 4 + (2 * field);
        if (entry + 2 > vtableSize)
        {
            return 0;
        }
        var offset = UInt16At(vtable + entry);
        return offset == 0 ? 0 : position + offset;
    }

    private int Follow(int at)
    {
        var target = at + (long)(uint)Int32At(at);
        if (target > buffer.Length - 4)
        {
            Throw("an offset leads outside the buffer");
        }
        return (int)target;
    }

    private int UInt16At(int at) => BinaryPrimitives.ReadUInt16LittleEndian(buffer.Slice(Checked(at, 2), 2));

    private int Int32At(int at) => BinaryPrimitives.ReadInt32LittleEndian(buffer.Slice(Checked(at, 4), 4));

    private int Checked(int at, int size)
    {
        if (at < 0 || at > buffer.Length - size)
        {
            Throw("a value lies outside the buffer");
        }
        return at;
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private static void Throw(string reason) => throw new ArrowFormatException($"Damaged Arrow metadata: {reason}.");
}
