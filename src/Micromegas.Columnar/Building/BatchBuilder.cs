namespace Micromegas.Columnar;

/// <summary>Copies rows of borrowed batches into a batch that owns its memory.</summary>
public sealed class BatchBuilder : IDisposable
{
    private readonly VectorBuilder[] columns;

    public BatchBuilder(Schema schema, int capacity = 0)
    {
        Schema = schema;
        columns = [.. schema.Fields.Select(field => VectorBuilder.Create(field.Type, capacity))];
    }

    public Schema Schema { get; }

    /// <summary>Rows so far.</summary>
    public int RowCount { get; private set; }

    /// <summary>Bytes of native memory held.</summary>
    public long AllocatedBytes
    {
        get
        {
            // Asked after every batch: nothing is allocated here.
            var bytes = 0L;
            foreach (var column in columns)
            {
                bytes += column.AllocatedBytes;
            }
            return bytes;
        }
    }

    /// <summary>Copies the selected rows of a batch of the same schema.</summary>
    public void Append(Batch batch)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            if (batch.Selection is { } selection)
            {
                columns[i].Append(batch.Columns[i], selection.Span);
            }
            else
            {
                columns[i].AppendRange(batch.Columns[i], 0, batch.RowCount);
            }
        }
        RowCount += batch.SelectedCount;
    }

    /// <summary>Copies some rows of a batch of the same schema, whatever its selection.</summary>
    public void Append(Batch batch, ReadOnlySpan<int> rows) => Append(batch.Columns, rows);

    /// <summary>Copies some rows of vectors, one a column.</summary>
    public void Append(ReadOnlySpan<Vector> source, ReadOnlySpan<int> rows)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i].Append(source[i], rows);
        }
        RowCount += rows.Length;
    }

    /// <summary>The batch of all rows so far (which may be more than <see cref="Batch.MaxRows"/>); the caller owns its vectors.</summary>
    /// <param name="into">A batch of the same types that an earlier call gave and whose vectors were disposed: it is used again. Null = a new one.</param>
    public Batch Build(Batch? into = null)
    {
        var batch = into ?? new Batch(Schema, new Vector[columns.Length]);
        for (var i = 0; i < columns.Length; i++)
        {
            batch.Columns[i] = columns[i].Build(into?.Columns[i]);
        }
        batch.RowCount = RowCount;
        RowCount = 0;
        return batch;
    }

    public void Dispose()
    {
        foreach (var column in columns)
        {
            column.Dispose();
        }
    }
}
