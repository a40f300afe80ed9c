using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>A key column of texts or binaries: the number of the value in an interning table. A dictionary's values are looked up once.</summary>
internal sealed unsafe class BytesKeyColumn(DataType type) : KeyColumn(type)
{
    private const int FarAhead = 16;
    private const int Ahead = 8;
    private const int LongestBlock = 256;

    private readonly ByteStringTable strings = new();

    public override int Size => sizeof(int);

    public override bool IsNumbering => true;

    public override long Bytes => strings.Bytes;

    public override long GrowthBytes(int more) => strings.GrowthBytes(more);

    public override void Encode(in VectorAccess access, int* rows, int count, byte* target, int stride, bool add, KeyScratch scratch)
    {
        if (access.Plain is not BinaryVector plain)
        {
            return;
        }
        if (access.IsDirect)
        {
            EncodePlain(access, plain, rows, count, target, stride, add, scratch);
            return;
        }
        scratch.Use(plain);
        var known = scratch.Numbers.Items;
        for (var i = 0; i < count; i++, target += stride)
        {
            var row = rows == null ? i : rows[i];
            if (access.MayHaveNulls && access.IsNull(row))
            {
                continue;
            }
            var index = access.IndexOf(row);
            var number = known[index];
            if (number == KeyScratch.Unknown)
            {
                ResolveBlock(plain, known, index, add, scratch);
                number = known[index];
            }
            Unsafe.WriteUnaligned(target, number);
        }
    }

    /// <summary>
    /// Resolves a value of a dictionary and, where values turn up in the dictionary's order as writers number them, more and more of those behind it:
    /// together their cache misses run side by side.
    /// </summary>
    private void ResolveBlock(BinaryVector values, int* known, int first, bool add, KeyScratch scratch)
    {
        scratch.BlockLength = first == scratch.BlockEnd ? Math.Min(scratch.BlockLength * 2, LongestBlock) : 1;
        var end = Math.Min(first + scratch.BlockLength, values.Length);
        scratch.BlockEnd = end;
        scratch.Hashes.EnsureCapacity(LongestBlock);
        var hashes = scratch.Hashes.Items;
        for (var i = first; i < end; i++)
        {
            hashes[i - first] = ByteStringTable.Hash(values[i]);
            strings.PrefetchSlot(hashes[i - first]);
        }
        for (var i = first; i < end; i++)
        {
            // A null among the values is never looked up.
            if (known[i] == KeyScratch.Unknown && !values.IsNull(i))
            {
                known[i] = add ? strings.Add(values[i], hashes[i - first]) : strings.Find(values[i], hashes[i - first]);
            }
        }
    }

    public override Vector Decode(byte* source, int stride, int count, byte* nulls, byte nullMask)
    {
        var rows = BinaryVector.Create(Type);
        var total = 0L;
        for (var i = 0; i < count; i++)
        {
            total += Value(source, stride, i, nulls, nullMask).Length;
        }
        if (total > int.MaxValue)
        {
            Throw.Engine(SqlState.OutOfMemory, $"{count} values of {total} bytes do not fit one batch.");
        }
        rows.Prepare(count, total);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            var value = Value(source, stride, i, nulls, nullMask);
            value.CopyTo(new Span<byte>(rows.Bytes + at, value.Length));
            at += value.Length;
            rows.Offsets[i + 1] = at;
        }
        DecodeNulls(rows, stride, count, nulls, nullMask);
        return rows;
    }

    public override void Dispose()
    {
        base.Dispose();
        strings.Dispose();
    }

    private ReadOnlySpan<byte> Value(byte* source, int stride, int index, byte* nulls, byte nullMask) =>
        nulls != null && (nulls[(long)index * stride] & nullMask) != 0
            ? []
            : strings[Unsafe.ReadUnaligned<int>(source + ((long)index * stride))];

    /// <summary>Hashes all values first: then what the look-ups will read can be asked for ahead, and many cache misses run side by side.</summary>
    private void EncodePlain(in VectorAccess access, BinaryVector plain, int* rows, int count, byte* target, int stride, bool add, KeyScratch scratch)
    {
        scratch.Hashes.EnsureCapacity(count);
        var hashes = scratch.Hashes.Items;
        var mayHaveNulls = access.MayHaveNulls;
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            hashes[i] = mayHaveNulls && access.IsNull(row) ? 0 : ByteStringTable.Hash(plain[row]);
        }
        for (var i = 0; i < count; i++, target += stride)
        {
            if (i + FarAhead < count)
            {
                strings.PrefetchSlot(hashes[i + FarAhead]);
                strings.PrefetchString(hashes[i + Ahead]);
            }
            var row = rows == null ? i : rows[i];
            if (!mayHaveNulls || !access.IsNull(row))
            {
                Unsafe.WriteUnaligned(target, add ? strings.Add(plain[row], hashes[i]) : strings.Find(plain[row], hashes[i]));
            }
        }
    }
}
