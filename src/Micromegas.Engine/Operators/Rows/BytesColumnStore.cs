using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>Keeps texts and binaries: an address and a length a row, the bytes in an arena of the chunk.</summary>
internal sealed unsafe class BytesColumnStore(DataType type) : ColumnStore(type)
{
    public override void Write(int number, int at, Vector source, int* rows, int start, int count, ColumnChunk chunk, WriterScratch scratch)
    {
        var access = VectorAccess.Of(source, scratch.Access);
        var arena = ((Chunk)chunk).Arena;
        var to = (ByteString*)chunk.Values!.Pointer + at;
        var plain = access.Plain as BinaryVector;
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? start + i : rows[i];
            to[i] = plain is null || access.IsNull(row) ? default : arena.Add(plain[access.IndexOf(row)]);
        }
        WriteNulls(number, at, access, rows, start, count, chunk);
    }

    /// <summary>The stored bytes of a row.</summary>
    public ByteString Get(int id) => ((ByteString*)Values[id >> RowStore.ChunkShift])[id & RowStore.ChunkMask];

    public override Vector Take(int* ids, int count, TakeTarget target)
    {
        var vector = (BinaryVector)(target.Vector ??= BinaryVector.Create(Type));
        var total = 0L;
        for (var i = 0; i < count; i++)
        {
            total += ids[i] < 0 ? 0 : Get(ids[i]).Length;
        }
        if (total > int.MaxValue)
        {
            Throw.Engine(SqlState.OutOfMemory, $"{count} values of {total} bytes do not fit one batch.");
        }
        vector.Prepare(count, total);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            if (ids[i] >= 0)
            {
                var value = Get(ids[i]).Span;
                value.CopyTo(new Span<byte>(vector.Bytes + at, value.Length));
                at += value.Length;
            }
            vector.Offsets[i + 1] = at;
        }
        TakeNulls(ids, count, vector);
        return vector;
    }

    protected override ColumnChunk CreateChunk(int rows) => new Chunk { Values = BufferPool.Shared.Rent((long)rows * sizeof(ByteString)) };

    private sealed class Chunk : ColumnChunk
    {
        public ByteArena Arena { get; } = new();

        public override long Bytes => base.Bytes + Arena.Bytes;

        public override void Dispose()
        {
            base.Dispose();
            Arena.Dispose();
        }
    }
}
