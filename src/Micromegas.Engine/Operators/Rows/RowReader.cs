using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>Takes rows out of a <see cref="RowStore"/>, for one worker; the vectors are overwritten at each call.</summary>
internal sealed unsafe class RowReader(RowStore store) : IDisposable
{
    private readonly TakeTarget[] targets = [.. store.Types.Select(static _ => new TakeTarget())];
    private readonly NullColumn[] nulls = new NullColumn[store.Types.Count];

    /// <summary>A column of the rows with the given ids; -1 = null.</summary>
    public Vector Take(int column, int* ids, int count)
    {
        if (store.ColumnOf(column) is { } values)
        {
            return values.Take(ids, count, targets[column]);
        }
        // No row was ever written.
        return (nulls[column] ??= new NullColumn(store.Types[column])).Take(count);
    }

    public void Dispose()
    {
        foreach (var target in targets)
        {
            target.Dispose();
        }
        foreach (var column in nulls)
        {
            column?.Dispose();
        }
    }
}
