using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>Writes rows to a <see cref="RowStore"/>, for one worker.</summary>
internal sealed unsafe class RowWriter : IDisposable
{
    // A chunk of long texts is closed early, so that it can be spilled and freed in reasonable pieces.
    private const long MaxChunkBytes = 64L << 20;

    private readonly RowStore store;
    private readonly int rowsPerChunk;
    private readonly ColumnChunk[] chunks;
    private readonly WriterScratch[] scratch;
    private int chunk = -1;
    private int used;
    private long closedBytes;

    public RowWriter(RowStore store, int rowsPerChunk)
    {
        this.store = store;
        this.rowsPerChunk = rowsPerChunk;
        chunks = new ColumnChunk[store.Types.Count];
        scratch = [.. store.Types.Select(static _ => new WriterScratch())];
    }

    /// <summary>Chunks written, in order.</summary>
    public List<int> Chunks { get; } = [];

    /// <summary>Bytes of the chunks of this writer.</summary>
    public long Bytes => closedBytes + OpenBytes;

    /// <summary>Bytes of memory that writing so many rows asks for, as far as known: another chunk, like the open one.</summary>
    public long GrowthBytes(int more) => used + more > rowsPerChunk ? OpenBytes : 0;

    private long OpenBytes
    {
        get
        {
            var bytes = 0L;
            if (chunk >= 0)
            {
                foreach (var column in chunks)
                {
                    bytes += column.Bytes;
                }
            }
            return bytes;
        }
    }

    /// <summary>
    /// Writes rows and reports the id of each.
    /// </summary>
    /// <param name="columns">One vector a column.</param>
    /// <param name="rows">The rows to write; null = the first <paramref name="count"/>.</param>
    /// <param name="count">Rows to write.</param>
    /// <param name="ids">Gets the id of each row written; may be null.</param>
    public void Write(Vector[] columns, int* rows, int count, int* ids)
    {
        var start = 0;
        while (start < count)
        {
            if (chunk < 0 || used == rowsPerChunk || OpenBytes > MaxChunkBytes)
            {
                Close();
                chunk = store.AddChunk(columns, chunks, rowsPerChunk);
                Chunks.Add(chunk);
                used = 0;
            }
            var piece = Math.Min(count - start, rowsPerChunk - used);
            for (var i = 0; i < columns.Length; i++)
            {
                store.ColumnOf(i)!.Write(chunk, used, columns[i], rows == null ? null : rows + start, start, piece, chunks[i], scratch[i]);
            }
            if (ids != null)
            {
                for (var i = 0; i < piece; i++)
                {
                    ids[start + i] = (chunk << RowStore.ChunkShift) + used + i;
                }
            }
            used += piece;
            start += piece;
            store.SetRows(chunk, used);
        }
    }

    /// <summary>Ends the open chunk: the next row opens another one.</summary>
    public void Close()
    {
        if (chunk >= 0)
        {
            closedBytes += OpenBytes;
            chunk = -1;
        }
    }

    /// <summary>Forgets the chunks written; whoever took them frees them.</summary>
    public void Forget()
    {
        Close();
        closedBytes = 0;
        Chunks.Clear();
    }

    public void Dispose()
    {
        foreach (var column in scratch)
        {
            column.Dispose();
        }
    }
}
