using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>An argument of type Int64 that counts rows: the offset of lag, the n of ntile and nth_value.</summary>
internal sealed unsafe class WindowIntegers : IDisposable
{
    private readonly WindowColumns? columns;
    private readonly long? constant;

    public WindowIntegers(WindowInput input, WindowBlock block, RowStore store)
    {
        if (input.Constant is { } value)
        {
            constant = value.IsNull ? null : Convert.ToInt64(value.Value, CultureInfo.InvariantCulture);
        }
        else
        {
            columns = new WindowColumns([input], block, store);
        }
    }

    /// <summary>The value at one of the rows loaded last.</summary>
    public long? this[int row] => columns is null ? constant : columns.Values[0].IsNull(row) ? null : new FlatReader<long>(columns.Values[0])[row];

    public void Load(int start, int count) => columns?.Take(start, count);

    public void Dispose() => columns?.Dispose();
}
