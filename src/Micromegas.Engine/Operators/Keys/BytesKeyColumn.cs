using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>A key column of texts or binaries: the number of the value in an interning table. A dictionary's values are looked up once.</summary>
internal sealed unsafe class BytesKeyColumn(DataType type) : KeyColumn(type)
{
    private const int LongestBlock = 256;

    /// <summary>Fewer strings lie in the caches as they are.</summary>
    private const int FewestFiltered = 1 << 14;

    private readonly ByteStringTable strings = new();

    public override int Size => sizeof(int);

    public override bool IsNumbering => true;

    public override int ValueCount => strings.Count;

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
            if (known[index] == KeyScratch.Unknown)
            {
                known[index] = Resolve(plain, index, add, scratch);
            }
            Unsafe.WriteUnaligned(target, known[index]);
        }
    }

    /// <summary>
    /// Looks up a value of a dictionary. Where values turn up in the dictionary's order, as writers number them, more and more of those behind it are hashed
    /// and what their look-ups will read is asked for, so that cache misses run side by side. Only values that a row has are added.
    /// </summary>
    private int Resolve(BinaryVector values, int index, bool add, KeyScratch scratch)
    {
        var start = values.Bytes + values.Offsets[index];
        var length = values.Offsets[index + 1] - values.Offsets[index];
        uint hash;
        if (index >= scratch.BlockStart && index < scratch.BlockEnd)
        {
            hash = scratch.Hashes[index - scratch.BlockStart];
        }
        else if (index == scratch.BlockEnd || index == scratch.Following)
        {
            Begin(values, index, scratch);
            hash = scratch.Hashes[0];
        }
        else
        {
            // One out of the order does not end the block: the next one is likely to be in it.
            scratch.Following = index + 1;
            hash = ByteStringTable.Hash(start, length);
        }
        return add ? strings.Add(start, length, hash) : strings.Find(start, length, hash);
    }

    private void Begin(BinaryVector values, int first, KeyScratch scratch)
    {
        scratch.BlockLength = first == scratch.BlockEnd ? Math.Min(scratch.BlockLength * 2, LongestBlock) : 1;
        scratch.BlockStart = first;
        scratch.BlockEnd = Math.Min(first + scratch.BlockLength, values.Length);
        scratch.Hashes.EnsureCapacity(LongestBlock);
        var hashes = scratch.Hashes.Items;
        var count = scratch.BlockEnd - first;
        for (var i = 0; i < count; i++)
        {
            var start = values.Offsets[first + i];
            hashes[i] = ByteStringTable.Hash(values.Bytes + start, values.Offsets[first + i + 1] - start);
            strings.PrefetchSlot(hashes[i]);
        }
        for (var i = 0; i < count && count > 1; i++)
        {
            strings.PrefetchString(hashes[i]);
        }
    }

    public override void AddRange(KeyColumn other, int start, int count, int* numbers) =>
        strings.AddRange(((BytesKeyColumn)other).strings, start, count, numbers);

    public override void Find(KeyColumn other, int* numbers, int count, int* found) =>
        strings.Find(((BytesKeyColumn)other).strings, numbers, count, found);

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

    public override void Complete()
    {
        if (strings.Count >= FewestFiltered)
        {
            strings.BuildFilter();
        }
    }

    public override void Reserve(int count) => strings.Reserve(count);

    public override Vector DecodePresence(byte* source, int stride, int count, byte* nulls, byte nullMask)
    {
        var rows = BinaryVector.Create(Type);
        rows.Prepare(count, 0);
        new Span<int>(rows.Offsets, count + 1).Clear();
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
        // The hashes of a dictionary's values go.
        scratch.BlockStart = scratch.BlockEnd = 0;
        scratch.Hashes.EnsureCapacity(count);
        var hashes = scratch.Hashes.Items;
        var offsets = plain.Offsets;
        var bytes = plain.Bytes;
        var mayHaveNulls = access.MayHaveNulls;
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            hashes[i] = mayHaveNulls && access.IsNull(row) ? 0 : ByteStringTable.Hash(bytes + offsets[row], offsets[row + 1] - offsets[row]);
        }
        if (!add && rows == null && !mayHaveNulls && strings.HasFilter)
        {
            FindFiltered(plain, count, target, stride, scratch);
            return;
        }
        for (var i = 0; i < count; i++, target += stride)
        {
            strings.PrefetchAhead(hashes, i, count);
            var row = rows == null ? i : rows[i];
            if (!mayHaveNulls || !access.IsNull(row))
            {
                var start = bytes + offsets[row];
                var length = offsets[row + 1] - offsets[row];
                Unsafe.WriteUnaligned(target, add ? strings.Add(start, length, hashes[i]) : strings.Find(start, length, hashes[i]));
            }
        }
    }

    /// <summary>Looks up those texts that may be there, which the filter says of without a branch. The others get a number that nothing has.</summary>
    private void FindFiltered(BinaryVector plain, int count, byte* target, int stride, KeyScratch scratch)
    {
        scratch.Candidates.EnsureCapacity(count);
        scratch.CandidateHashes.EnsureCapacity(count);
        var candidates = scratch.Candidates.Items;
        var hashes = scratch.CandidateHashes.Items;
        var found = 0;
        for (var i = 0; i < count; i++)
        {
            var hash = scratch.Hashes[i];
            candidates[found] = i;
            hashes[found] = hash;
            found += strings.MayHave(hash) ? 1 : 0;
            Unsafe.WriteUnaligned(target + ((long)i * stride), -1);
        }
        for (var i = 0; i < found; i++)
        {
            strings.PrefetchAhead(hashes, i, found);
            var row = candidates[i];
            var start = plain.Offsets[row];
            Unsafe.WriteUnaligned(target + ((long)row * stride), strings.Find(plain.Bytes + start, plain.Offsets[row + 1] - start, hashes[i]));
        }
    }
}
