using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Plans;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>What is wanted of decoded rows.</summary>
/// <param name="Predicates">Conditions that rows must meet.</param>
/// <param name="Columns">What the conditions call the decoded columns.</param>
/// <param name="Delivered">Which decoded columns are delivered, in their order.</param>
/// <param name="Output">Their schema.</param>
internal sealed record LiveRowsFilter(IReadOnlyList<BoundExpression> Predicates, PlanColumn[] Columns, int[] Delivered, Schema Output);

/// <summary>Hands over decoded rows that meet the scan's conditions, and owns them.</summary>
internal sealed class LiveRowsReader : MorselReader
{
    private readonly LiveRowsFilter _filter;
    private readonly Queue<Batch> _rows;
    private readonly VectorExpression[] _predicates;
    private readonly Selection[] _selections = [new(), new()];
    private readonly Batch _result;
    private readonly int _batchSize;
    private Batch? _current;
    private BatchView? _view;
    private int _position;

    public LiveRowsReader(LiveRowsFilter filter, IEnumerable<Batch> rows, QueryContext context)
    {
        _filter = filter;
        _rows = new Queue<Batch>(rows);
        _predicates = filter.Predicates.Select(p => ExpressionCompiler.Compile(p, filter.Columns, context)).ToArray();
        _result = new Batch(filter.Output, new Vector[filter.Output.Count]);
        _batchSize = context.Options.BatchSize;
    }

    public override Batch? Next()
    {
        while (_current is not null || MoveNext())
        {
            while (_position < _current!.RowCount)
            {
                int count = Math.Min(_batchSize, _current.RowCount - _position);
                Batch slice = _view!.Move(_position, count);
                _position += count;
                if (Select(slice, out Selection? selection) == 0)
                {
                    continue;
                }
                for (int i = 0; i < _filter.Delivered.Length; i++)
                {
                    _result.Columns[i] = slice.Columns[_filter.Delivered[i]];
                }
                _result.RowCount = count;
                _result.Selection = selection;
                return _result;
            }
            Release();
        }
        return null;
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (VectorExpression predicate in _predicates)
        {
            predicate.Dispose();
        }
        foreach (Selection selection in _selections)
        {
            selection.Dispose();
        }
        Release();
        while (_rows.TryDequeue(out Batch? rows))
        {
            rows?.DisposeColumns();
        }
    }

    private bool MoveNext()
    {
        if (!_rows.TryDequeue(out _current))
        {
            return false;
        }
        _view = new BatchView(_current);
        _position = 0;
        return true;
    }

    private void Release()
    {
        _view?.Dispose();
        _view = null;
        _current?.DisposeColumns();
        _current = null;
    }

    private int Select(Batch slice, out Selection? selection)
    {
        selection = null;
        int left = slice.RowCount;
        for (int i = 0; i < _predicates.Length && left > 0; i++)
        {
            Selection result = _selections[ReferenceEquals(selection, _selections[0]) ? 1 : 0];
            int before = left;
            left = _predicates[i].Filter(slice, selection, result);
            result.Count = left;
            selection = left == before ? selection : result;
        }
        return left;
    }
}
