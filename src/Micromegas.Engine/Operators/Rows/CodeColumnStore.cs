using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>
/// Keeps a dictionary-coded column as codes into one dictionary of the store; rows come out with that dictionary. The dictionary lives as long as the store,
/// while chunks are spilled and freed: once it is as large as it may be, further values lie in the chunk of their row, and rows with such a value come out
/// without dictionary.
/// </summary>
internal sealed unsafe class CodeColumnStore(DataType type, long largestDictionary) : ColumnStore(type)
{
    private readonly Lock gate = new();
    private readonly ByteStringTable values = new();
    private readonly List<BinaryVector> dictionaries = [];

    public override long SharedBytes => base.SharedBytes + values.Bytes;

    public override void Write(int number, int at, Vector source, int* rows, int start, int count, ColumnChunk chunk, WriterScratch scratch)
    {
        var access = VectorAccess.Of(source, scratch.Access);
        if (access.Plain is BinaryVector plain)
        {
            var to = (int*)chunk.Values!.Pointer + at;
            if (access.IsDirect)
            {
                WritePlain(access, plain, (Chunk)chunk, to, rows, start, count);
            }
            else
            {
                WriteCodes(access, plain, (Chunk)chunk, to, rows, start, count, scratch);
            }
        }
        WriteNulls(number, at, access, rows, start, count, chunk);
    }

    public override Vector Take(int* ids, int count, TakeTarget target)
    {
        if (HasOwn(ids, count))
        {
            return TakePlain(ids, count, target);
        }
        var dictionary = Dictionary();
        var vector = (DictionaryVector)(target.Vector ??= new DictionaryVector(Type, dictionary));
        vector.Prepare(dictionary, count);
        var to = vector.Codes;
        for (var i = 0; i < count; i++)
        {
            var id = ids[i];
            to[i] = id < 0 ? 0 : CodeOf(id);
        }
        TakeNulls(ids, count, vector);
        return vector;
    }

    public override void Dispose()
    {
        base.Dispose();
        values.Dispose();
        foreach (var dictionary in dictionaries)
        {
            dictionary.Dispose();
        }
        dictionaries.Clear();
    }

    protected override ColumnChunk CreateChunk(int rows) => new Chunk { Values = BufferPool.Shared.Rent(rows * 4L) };

    private int CodeOf(int id) => ((int*)Values[id >> RowStore.ChunkShift])[id & RowStore.ChunkMask];

    /// <summary>Whether a row has a value that is not in the dictionary.</summary>
    private bool HasOwn(int* ids, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (ids[i] >= 0 && CodeOf(ids[i]) < 0)
            {
                return true;
            }
        }
        return false;
    }

    private BinaryVector TakePlain(int* ids, int count, TakeTarget target)
    {
        var vector = (BinaryVector)(target.Plain ??= BinaryVector.Create(Type));
        lock (gate)
        {
            var total = 0L;
            for (var i = 0; i < count; i++)
            {
                total += ids[i] < 0 ? 0 : ValueOf(ids[i]).Length;
            }
            if (total > int.MaxValue)
            {
                Throw.Engine(SqlState.OutOfMemory, $"{count} values of {total} bytes do not fit one batch.");
            }
            vector.Prepare(count, total);
            var at = 0;
            for (var i = 0; i < count; i++)
            {
                var value = ids[i] < 0 ? default : ValueOf(ids[i]);
                value.CopyTo(new Span<byte>(vector.Bytes + at, value.Length));
                at += value.Length;
                vector.Offsets[i + 1] = at;
            }
        }
        TakeNulls(ids, count, vector);
        return vector;
    }

    private ReadOnlySpan<byte> ValueOf(int id)
    {
        var code = CodeOf(id);
        if (code < 0)
        {
            return ((Chunk)ChunkOf(id >> RowStore.ChunkShift)).Own[~code].Span;
        }
        // The code of a null is 0, whether there is such a value or not.
        return code < values.Count ? values[code] : default;
    }

    /// <summary>The code of a value: of the dictionary, or negative for one that lies in the chunk. The gate is held.</summary>
    private int Add(ReadOnlySpan<byte> value, Chunk chunk)
    {
        if (values.Bytes < largestDictionary)
        {
            return values.Add(value);
        }
        var known = values.Find(value);
        return known >= 0 ? known : chunk.Add(value);
    }

    /// <summary>The codes of a chunk, and its values that are not in the dictionary.</summary>
    private sealed class Chunk : ColumnChunk
    {
        private readonly ByteArena arena = new();

        public NativeList<ByteString> Own { get; } = new();

        public override long Bytes => base.Bytes + arena.Bytes + Own.Bytes;

        public int Add(ReadOnlySpan<byte> value)
        {
            Own.Add(arena.Add(value));
            return ~(Own.Count - 1);
        }

        public override void Dispose()
        {
            base.Dispose();
            arena.Dispose();
            Own.Dispose();
        }
    }

    private void WriteCodes(in VectorAccess access, BinaryVector plain, Chunk chunk, int* to, int* rows, int start, int count, WriterScratch scratch)
    {
        // Negative codes are the chunk's own.
        if (!ReferenceEquals(scratch.Dictionary, plain) || !ReferenceEquals(scratch.Chunk, chunk))
        {
            scratch.Dictionary = plain;
            scratch.Chunk = chunk;
            scratch.Codes.Count = 0;
            scratch.Codes.Resize(plain.Length, int.MinValue);
        }
        var known = scratch.Codes.Items;
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? start + i : rows[i];
            if (access.MayHaveNulls && access.IsNull(row))
            {
                to[i] = 0;
                continue;
            }
            var index = access.IndexOf(row);
            if (known[index] == int.MinValue)
            {
                lock (gate)
                {
                    known[index] = Add(plain[index], chunk);
                }
            }
            to[i] = known[index];
        }
    }

    private void WritePlain(in VectorAccess access, BinaryVector plain, Chunk chunk, int* to, int* rows, int start, int count)
    {
        lock (gate)
        {
            for (var i = 0; i < count; i++)
            {
                var row = rows == null ? start + i : rows[i];
                to[i] = access.IsNull(row) ? 0 : Add(plain[row], chunk);
            }
        }
    }

    private BinaryVector Dictionary()
    {
        lock (gate)
        {
            if (dictionaries.Count > 0 && dictionaries[^1].Length == Math.Max(values.Count, 1))
            {
                return dictionaries[^1];
            }
            // Earlier dictionaries may still be in use by somebody's batch: they live as long as the store.
            using var builder = new BinaryVectorBuilder(Type.ValueType);
            for (var i = 0; i < values.Count; i++)
            {
                builder.Append(values[i]);
            }
            if (values.Count == 0)
            {
                builder.Append([]);
            }
            var dictionary = (BinaryVector)builder.Build();
            dictionaries.Add(dictionary);
            return dictionary;
        }
    }
}
