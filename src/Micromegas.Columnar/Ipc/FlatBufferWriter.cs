using System.Buffers.Binary;
using System.Text;

namespace Micromegas.Columnar;

/// <summary>
/// Writes one FlatBuffer from its end to its start, so that what is referred to exists before the reference. Offsets that the methods
/// return count from the end of the buffer. Children, texts and vectors must be written before <see cref="StartTable"/>.
/// </summary>
internal sealed class FlatBufferWriter
{
    private byte[] buffer = new byte[1024];
    private int head = 1024;
    private int alignment = 1;
    private readonly int[] slots = new int[8];
    private int slotCount;
    private int tableEnd;

    private int Written => buffer.Length - head;

    public int WriteText(string text)
    {
        var bytes = Encoding.UTF8.GetByteCount(text);
        Align(4, bytes + 1);
        Reserve(bytes + 1);
        head -= bytes + 1;
        Encoding.UTF8.GetBytes(text, buffer.AsSpan(head));
        buffer[head + bytes] = 0;
        PutInt32(bytes);
        return Written;
    }

    /// <summary>A vector of references.</summary>
    public int WriteVector(ReadOnlySpan<int> offsets)
    {
        Align(4, offsets.Length * 4);
        for (var i = offsets.Length - 1; i >= 0; i--)
        {
            PutReference(offsets[i]);
        }
        PutInt32(offsets.Length);
        return Written;
    }

    /// <summary>A vector of structs whose largest member has 8 bytes.</summary>
    public int WriteStructs(ReadOnlySpan<byte> structs, int size)
    {
        Align(4, structs.Length);
        Align(8, structs.Length);
        Reserve(structs.Length);
        head -= structs.Length;
        structs.CopyTo(buffer.AsSpan(head));
        PutInt32(structs.Length / size);
        return Written;
    }

    /// <param name="fields">Fields that the table's schema has, at most 8.</param>
    public void StartTable(int fields)
    {
        slots.AsSpan().Clear();
        slotCount = fields;
        tableEnd = Written;
    }

    public void AddByte(int field, byte value)
    {
        Align(1, 0);
        Reserve(1);
        buffer[--head] = value;
        slots[field] = Written;
    }

    public void AddBool(int field, bool value) => AddByte(field, value ? (byte)1 : (byte)0);

    public void AddInt16(int field, short value)
    {
        Align(2, 0);
        Reserve(2);
        head -= 2;
        BinaryPrimitives.WriteInt16LittleEndian(buffer.AsSpan(head), value);
        slots[field] = Written;
    }

    public void AddInt32(int field, int value)
    {
        Align(4, 0);
        PutInt32(value);
        slots[field] = Written;
    }

    public void AddInt64(int field, long value)
    {
        Align(8, 0);
        Reserve(8);
        head -= 8;
        BinaryPrimitives.WriteInt64LittleEndian(buffer.AsSpan(head), value);
        slots[field] = Written;
    }

    public void AddReference(int field, int offset)
    {
        Align(4, 0);
        PutReference(offset);
        slots[field] = Written;
    }

    public int EndTable()
    {
        Align(4, 0);
        PutInt32(0);
        var table = Written;
        var count = slotCount;
        while (count > 0 && slots[count - 1] == 0)
        {
            count--;
        }
        Align(2, 0);
        Reserve(4 + (2 * count));
        for (var i = count - 1; i >= 0; i--)
        {
            PutUInt16(slots[i] == 0 ? 0 : table - slots[i]);
        }
        PutUInt16(table - tableEnd);
        PutUInt16(4 + (2 * count));
        // The table starts with the distance back to its vtable, which lies before it.
        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(buffer.Length - table), Written - table);
        return table;
    }

    /// <summary>The whole buffer, starting with the reference to its root table; valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Finish(int root)
    {
        Align(Math.Max(alignment, 8), 4);
        PutReference(root);
        return buffer.AsMemory(head);
    }

    /// <summary>Forgets what was written, for the next buffer.</summary>
    public void Clear()
    {
        head = buffer.Length;
        alignment = 1;
    }

    /// <summary>Pads so that after <paramref name="following"/> more bytes the position is aligned.</summary>
    private void Align(int size, int following)
    {
        alignment = Math.Max(alignment, size);
        var padding = -(Written + following) & (size - 1);
        Reserve(padding);
        for (var i = 0; i < padding; i++)
        {
            buffer[--head] = 0;
        }
    }

    private void PutReference(int offset) => PutInt32(Written + 4 - offset);

    private void PutInt32(int value)
    {
        Reserve(4);
        head -= 4;
        BinaryPrimitives.WriteInt32LittleEndian(buffer.AsSpan(head), value);
    }

    private void PutUInt16(int value)
    {
        Reserve(2);
        head -= 2;
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.AsSpan(head), checked((ushort)value));
    }

    private void Reserve(int bytes)
    {
        if (head >= bytes)
        {
            return;
        }
        var grown = new byte[Math.Max(buffer.Length * 2, buffer.Length + bytes)];
        var used = Written;
        buffer.AsSpan(head).CopyTo(grown.AsSpan(grown.Length - used));
        head = grown.Length - used;
        buffer = grown;
    }
}
