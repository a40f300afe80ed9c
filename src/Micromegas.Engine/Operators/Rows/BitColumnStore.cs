using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>Keeps Booleans, a byte each.</summary>
internal sealed unsafe class BitColumnStore(DataType type) : ColumnStore(type)
{
    public override void Write(int number, int at, Vector source, int* rows, int start, int count, ColumnChunk chunk, WriterScratch scratch)
    {
        var access = VectorAccess.Of(source, scratch.Access);
        if (access.Plain is BitVector plain)
        {
            var to = chunk.Values!.Pointer + at;
            for (var i = 0; i < count; i++)
            {
                var row = rows == null ? start + i : rows[i];
                to[i] = !access.IsNull(row) && plain[access.IndexOf(row)] ? (byte)1 : (byte)0;
            }
        }
        WriteNulls(number, at, access, rows, start, count, chunk);
    }

    public override Vector Take(int* ids, int count, TakeTarget target)
    {
        var vector = (BitVector)(target.Vector ??= new BitVector(Type));
        vector.Prepare(count);
        for (var i = 0; i < count; i++)
        {
            var id = ids[i];
            Bitmap.Assign(vector.Words, i, id >= 0 && ((byte*)Values[id >> RowStore.ChunkShift])[id & RowStore.ChunkMask] != 0);
        }
        TakeNulls(ids, count, vector);
        return vector;
    }

    protected override ColumnChunk CreateChunk(int rows) => new() { Values = BufferPool.Shared.Rent(rows) };
}
