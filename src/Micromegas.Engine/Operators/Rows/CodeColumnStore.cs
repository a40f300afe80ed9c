using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>Keeps a dictionary-coded column as codes into one dictionary of the store; rows come out with that dictionary.</summary>
internal sealed unsafe class CodeColumnStore(DataType type) : ColumnStore(type)
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
                WritePlain(access, plain, to, rows, start, count);
            }
            else
            {
                WriteCodes(access, plain, to, rows, start, count, scratch);
            }
        }
        WriteNulls(number, at, access, rows, start, count, chunk);
    }

    public override Vector Take(int* ids, int count, TakeTarget target)
    {
        var dictionary = Dictionary();
        var vector = (DictionaryVector)(target.Vector ??= new DictionaryVector(Type, dictionary));
        vector.Prepare(dictionary, count);
        var to = vector.Codes;
        for (var i = 0; i < count; i++)
        {
            var id = ids[i];
            to[i] = id < 0 ? 0 : ((int*)Values[id >> RowStore.ChunkShift])[id & RowStore.ChunkMask];
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

    protected override ColumnChunk CreateChunk(int rows) => new() { Values = BufferPool.Shared.Rent(rows * 4L) };

    private void WriteCodes(in VectorAccess access, BinaryVector plain, int* to, int* rows, int start, int count, WriterScratch scratch)
    {
        if (!ReferenceEquals(scratch.Dictionary, plain))
        {
            scratch.Dictionary = plain;
            scratch.Codes.Count = 0;
            scratch.Codes.Resize(plain.Length, -1);
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
            if (known[index] < 0)
            {
                lock (gate)
                {
                    known[index] = values.Add(plain[index]);
                }
            }
            to[i] = known[index];
        }
    }

    private void WritePlain(in VectorAccess access, BinaryVector plain, int* to, int* rows, int start, int count)
    {
        lock (gate)
        {
            for (var i = 0; i < count; i++)
            {
                var row = rows == null ? start + i : rows[i];
                to[i] = access.IsNull(row) ? 0 : values.Add(plain[row]);
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
