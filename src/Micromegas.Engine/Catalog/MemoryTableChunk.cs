using Micromegas.Columnar;

namespace Micromegas.Engine.Catalog;

/// <summary>Rows of a <see cref="MemoryTable"/> that never change. Freed when neither the table nor a scan holds it any more.</summary>
internal sealed class MemoryTableChunk(Batch rows)
{
    private int holders = 1;

    public Batch Rows { get; } = rows;

    public void Hold() => Interlocked.Increment(ref holders);

    public void Release()
    {
        if (Interlocked.Decrement(ref holders) == 0)
        {
            foreach (var column in Rows.Columns)
            {
                column.Dispose();
            }
        }
    }
}
