using Micromegas.Columnar;

namespace Micromegas.Lake.Tables;

/// <summary>Turns rows that are objects into batches. One thread at a time.</summary>
internal sealed class RowBatchBuilder<TRow>(IReadOnlyList<RowColumn<TRow>> columns) : IDisposable
{
    public const int LargestBatch = Batch.MaxRows;

    private readonly Schema _schema = RowColumn.SchemaOf(columns);
    private readonly VectorBuilder[] _builders = columns.Select(c => VectorBuilder.Create(c.Field.Type)).ToArray();

    /// <summary>The next rows, at most <see cref="LargestBatch"/>; the caller owns the vectors.</summary>
    public Batch Build(IReadOnlyList<TRow> rows, int first)
    {
        int end = Math.Min(first + LargestBatch, rows.Count);
        for (int c = 0; c < columns.Count; c++)
        {
            Action<VectorBuilder, TRow> append = columns[c].Append;
            for (int i = first; i < end; i++)
            {
                append(_builders[c], rows[i]);
            }
        }
        return new Batch(_schema, Array.ConvertAll(_builders, b => b.Build())) { RowCount = end - first };
    }

    public void Dispose()
    {
        foreach (VectorBuilder builder in _builders)
        {
            builder.Dispose();
        }
    }
}
