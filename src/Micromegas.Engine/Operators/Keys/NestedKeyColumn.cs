using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>A key column of lists, structs or maps: the number of the value's normalized bytes; the values themselves are kept beside.</summary>
internal sealed unsafe class NestedKeyColumn(DataType type) : KeyColumn(type)
{
    private readonly ByteStringTable strings = new();
    private readonly VectorBuilder builder = VectorBuilder.Create(type.ValueType);
    private Vector? values;

    public override int Size => sizeof(int);

    public override bool IsNumbering => true;

    public override int ValueCount => strings.Count;

    public override long Bytes => strings.Bytes + builder.AllocatedBytes + (values?.OwnedBytes ?? 0);

    public override long GrowthBytes(int more) => strings.GrowthBytes(more) + builder.AllocatedBytes;

    public override void Encode(in VectorAccess access, int* rows, int count, byte* target, int stride, bool add, KeyScratch scratch)
    {
        for (var i = 0; i < count; i++, target += stride)
        {
            var row = rows == null ? i : rows[i];
            if (access.IsNull(row))
            {
                continue;
            }
            scratch.Bytes.Clear();
            NormalizedValue.Append(access.Plain, access.IndexOf(row), scratch.Bytes);
            if (!add)
            {
                Unsafe.WriteUnaligned(target, strings.Find(scratch.Bytes.Span));
                continue;
            }
            var number = strings.Add(scratch.Bytes.Span);
            if (number == builder.Length)
            {
                builder.Append(access.Plain, access.IndexOf(row));
            }
            Unsafe.WriteUnaligned(target, number);
        }
    }

    /// <summary>Values can no longer be added once some were decoded.</summary>
    public override Vector Decode(byte* source, int stride, int count, byte* nulls, byte nullMask)
    {
        values ??= builder.Build();
        using var output = VectorBuilder.Create(Type.ValueType, count);
        for (var i = 0; i < count; i++, source += stride)
        {
            if (nulls != null && (nulls[(long)i * stride] & nullMask) != 0)
            {
                output.AppendNull();
            }
            else
            {
                output.Append(values, Unsafe.ReadUnaligned<int>(source));
            }
        }
        return output.Build();
    }

    public override void AddRange(KeyColumn other, int start, int count, int* numbers)
    {
        var from = (NestedKeyColumn)other;
        from.values ??= from.builder.Build();
        strings.AddRange(from.strings, start, count, numbers);
        for (var i = 0; i < count; i++)
        {
            if (numbers[i] == builder.Length)
            {
                builder.Append(from.values, start + i);
            }
        }
    }

    public override void Find(KeyColumn other, int* numbers, int count, int* found) =>
        strings.Find(((NestedKeyColumn)other).strings, numbers, count, found);

    public override void Dispose()
    {
        base.Dispose();
        strings.Dispose();
        builder.Dispose();
        values?.Dispose();
    }
}
