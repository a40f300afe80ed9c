using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>Keeps lists, structs and maps, and the type without values: in a builder a chunk.</summary>
internal sealed unsafe class NestedColumnStore(DataType type) : ColumnStore(type)
{
    public override void Write(int number, int at, Vector source, int* rows, int start, int count, ColumnChunk chunk, WriterScratch scratch)
    {
        var builder = ((Chunk)chunk).Builder;
        for (var i = 0; i < count; i++)
        {
            builder.Append(source, rows == null ? start + i : rows[i]);
        }
    }

    public override Vector Take(int* ids, int count, TakeTarget target)
    {
        target.Vector?.Dispose();
        target.Vector = null;
        var builder = target.Builder ??= VectorBuilder.Create(Type);
        for (var i = 0; i < count; i++)
        {
            if (ids[i] < 0)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(((Chunk)ChunkOf(ids[i] >> RowStore.ChunkShift)).Rows, ids[i] & RowStore.ChunkMask);
            }
        }
        return target.Vector = builder.Build();
    }

    protected override ColumnChunk CreateChunk(int rows) => new Chunk(Type);

    private sealed class Chunk(DataType type) : ColumnChunk
    {
        private readonly Lock gate = new();
        private Vector? rows;

        public VectorBuilder Builder { get; } = VectorBuilder.Create(type);

        /// <summary>What was written; nothing is written any more.</summary>
        public Vector Rows
        {
            get
            {
                lock (gate)
                {
                    return rows ??= Builder.Build();
                }
            }
        }

        public override long Bytes => Builder.AllocatedBytes + (rows?.OwnedBytes ?? 0);

        public override void Dispose()
        {
            base.Dispose();
            Builder.Dispose();
            rows?.Dispose();
        }
    }
}
