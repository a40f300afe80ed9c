using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>Keeps values of fixed size; <typeparamref name="T"/> only says how wide they are.</summary>
internal sealed unsafe class FlatColumnStore<T>(DataType type) : ColumnStore(type)
    where T : unmanaged
{
    public override void Write(int number, int at, Vector source, int* rows, int start, int count, ColumnChunk chunk, WriterScratch scratch)
    {
        var access = VectorAccess.Of(source, scratch.Access);
        if (access.Plain is FlatVector plain)
        {
            var from = (T*)plain.Data;
            var to = (T*)chunk.Values!.Pointer + at;
            if (rows == null && access.IsDirect)
            {
                new ReadOnlySpan<T>(from + start, count).CopyTo(new Span<T>(to, count));
            }
            else if (!access.MayHaveNulls)
            {
                for (var i = 0; i < count; i++)
                {
                    to[i] = from[access.IndexOf(rows == null ? start + i : rows[i])];
                }
            }
            else
            {
                for (var i = 0; i < count; i++)
                {
                    var row = rows == null ? start + i : rows[i];
                    to[i] = access.IsNull(row) ? default : from[access.IndexOf(row)];
                }
            }
        }
        WriteNulls(number, at, access, rows, start, count, chunk);
    }

    public override Vector Take(int* ids, int count, TakeTarget target)
    {
        var vector = (FlatVector)(target.Vector ??= FlatVector.Create(Type));
        vector.Prepare(count);
        var to = (T*)vector.Data;
        var values = Values;
        for (var i = 0; i < count; i++)
        {
            var id = ids[i];
            to[i] = id < 0 ? default : ((T*)values[id >> RowStore.ChunkShift])[id & RowStore.ChunkMask];
        }
        TakeNulls(ids, count, vector);
        return vector;
    }

    protected override ColumnChunk CreateChunk(int rows) => new() { Values = BufferPool.Shared.Rent((long)rows * sizeof(T)) };
}
