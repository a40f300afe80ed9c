using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>The rows of another morsel, between columns that say the same in all of them.</summary>
/// <param name="inner">Delivers the columns that have no label, in their order.</param>
/// <param name="output">All columns.</param>
/// <param name="labels">For each column its constant text; null where the inner rows have it.</param>
internal sealed class LabelledMorsel(Morsel inner, Schema output, string?[] labels) : Morsel
{
    public override long? RowCount => inner.RowCount;

    public override ValueTask PrefetchAsync(CancellationToken cancellationToken) => inner.PrefetchAsync(cancellationToken);

    public override MorselReader Open(QueryContext context) => new Reader(inner.Open(context), output, labels);

    public override void Dispose()
    {
        base.Dispose();
        inner.Dispose();
    }

    private sealed class Reader : MorselReader
    {
        private readonly MorselReader _inner;
        private readonly DictionaryVector?[] _labels;
        private readonly Batch _result;

        public Reader(MorselReader inner, Schema output, string?[] labels)
        {
            _inner = inner;
            _labels = labels.Select((text, column) => text is null ? null : ConstantColumn.Text(output[column].Type, text, 0)).ToArray();
            _result = new Batch(output, new Vector[labels.Length]);
        }

        public override Batch? Next()
        {
            if (_inner.Next() is not { } rows)
            {
                return null;
            }
            int next = 0;
            for (int i = 0; i < _labels.Length; i++)
            {
                if (_labels[i] is { } label)
                {
                    ConstantColumn.Resize(label, rows.RowCount);
                }
                _result.Columns[i] = _labels[i] ?? rows.Columns[next++];
            }
            _result.RowCount = rows.RowCount;
            _result.Selection = rows.Selection;
            return _result;
        }

        public override void Dispose()
        {
            base.Dispose();
            _inner.Dispose();
            foreach (DictionaryVector? label in _labels)
            {
                label?.Dispose();
            }
        }
    }
}
