using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>Takes columns of rows of a block, wherever these lie; the vectors are overwritten at each call.</summary>
internal sealed unsafe class WindowRowReader(WindowBlock block, RowStore store) : IDisposable
{
    private readonly RowReader reader = store.CreateReader();
    private readonly NativeList<int> rows = new();
    private readonly NativeList<int> ids = new();
    private VectorBuilder? builder;
    private Vector? built;

    /// <summary>A column of rows that follow one another.</summary>
    public Vector Take(int column, int start, int count)
    {
        if (start >= block.PagedCount)
        {
            return reader.Take(column, block.Ids.Items + (start - block.PagedCount), count);
        }
        rows.EnsureCapacity(count);
        for (var i = 0; i < count; i++)
        {
            rows.Items[i] = start + i;
        }
        return Take(column, rows.Items, count);
    }

    /// <summary>A column of any rows; row -1 gives null.</summary>
    public Vector Take(int column, int* taken, int count)
    {
        ids.EnsureCapacity(Math.Max(count, 1));
        var located = block.Locate(taken, count, ids.Items);
        if (located == count)
        {
            return reader.Take(column, ids.Items, count);
        }
        builder ??= VectorBuilder.Create(store.Types[column].ValueType);
        for (var done = 0; done < count;)
        {
            builder.AppendRange(reader.Take(column, ids.Items, located), 0, located);
            done += located;
            located = block.Locate(taken + done, count - done, ids.Items);
        }
        built?.Dispose();
        return built = builder.Build();
    }

    public void Dispose()
    {
        reader.Dispose();
        rows.Dispose();
        ids.Dispose();
        builder?.Dispose();
        built?.Dispose();
    }
}
