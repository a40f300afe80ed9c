using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>The rows of a block whose value is not null, for IGNORE NULLS.</summary>
internal sealed class PresentRows(WindowInput input, WindowBlock block, RowStore store) : IDisposable
{
    private readonly WindowColumns columns = new([input], block, store);
    private readonly PagedList<int> rows = new();

    public int Count => rows.Count;

    public long Bytes => rows.Bytes;

    public int this[int index] => rows[index];

    public void Load(WorkerContext worker)
    {
        rows.Clear();
        for (var start = 0; start < block.Count; start += Batch.MaxRows)
        {
            worker.ThrowIfCancelled();
            var count = Math.Min(Batch.MaxRows, block.Count - start);
            var values = columns.Take(start, count)[0];
            for (var i = 0; i < count; i++)
            {
                if (!values.IsNull(i))
                {
                    rows.Add(start + i);
                }
            }
            if (block.Pages is { } pages)
            {
                rows.PageOut(pages.File);
            }
        }
    }

    /// <summary>How many of the rows lie before a row.</summary>
    public int CountBefore(int row)
    {
        var from = 0;
        for (var to = rows.Count; from < to;)
        {
            var middle = from + ((to - from) >> 1);
            if (rows[middle] < row)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        return from;
    }

    public void Dispose()
    {
        columns.Dispose();
        rows.Dispose();
    }
}
