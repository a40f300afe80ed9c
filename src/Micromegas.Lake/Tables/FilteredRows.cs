using Micromegas.Columnar;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>
/// Which columns of a view a scan has to read: those of the projection, and behind them those that only the time filter needs. Cuts batches of these down to the
/// rows and columns that were asked for.
/// </summary>
internal sealed class FilteredRows : IDisposable
{
    private readonly TimeFilter _filter;
    private readonly int _minTimes;
    private readonly int _maxTimes;
    private readonly Selection? _selection;
    private readonly Batch _output;

    /// <param name="view">The view.</param>
    /// <param name="projection">Ordinals of the columns to deliver.</param>
    /// <param name="filter">The rows to deliver; open for all.</param>
    public FilteredRows(ViewDefinition view, IReadOnlyList<int> projection, TimeFilter filter)
    {
        _filter = filter;
        int[] columns = ColumnsToRead(projection, filter);
        _minTimes = Array.IndexOf(columns, filter.MinColumn);
        _maxTimes = Array.IndexOf(columns, filter.MaxColumn);
        _selection = filter.IsOpen ? null : new Selection();
        _output = new Batch(view.Schema.Project(projection.ToArray()), new Vector[projection.Count]);
    }

    public static int[] ColumnsToRead(IReadOnlyList<int> projection, TimeFilter filter) => projection.Concat(filter.Columns.Where(c => !projection.Contains(c))).ToArray();

    /// <summary>The batch to deliver, which may have no rows; valid until the next call.</summary>
    public Batch Cut(ReadOnlySpan<Vector> columns, int rows)
    {
        columns[.._output.Columns.Length].CopyTo(_output.Columns);
        _output.RowCount = rows;
        _output.Selection = null;
        if (_selection is not null)
        {
            _filter.Apply(_minTimes < 0 ? null : columns[_minTimes], _maxTimes < 0 ? null : columns[_maxTimes], rows, _selection);
            if (_selection.Count != rows)
            {
                _output.Selection = _selection;
            }
        }
        return _output;
    }

    public void Dispose() => _selection?.Dispose();
}
