namespace Micromegas.Columnar;

/// <summary>
/// Up to <see cref="MaxRows"/> rows, column by column, optionally narrowed by a <see cref="Columnar.Selection"/>.
/// A batch that is handed over is borrowed: valid until the call returns; who keeps it copies it (<see cref="BatchBuilder"/>).
/// </summary>
public sealed class Batch
{
    /// <summary>The most rows of one batch.</summary>
    public const int MaxRows = 2048;

    public Batch(Schema schema, Vector[] columns)
    {
        Schema = schema;
        Columns = columns;
    }

    public Schema Schema { get; }

    /// <summary>One vector a field, each of <see cref="RowCount"/> rows.</summary>
    public Vector[] Columns { get; }

    /// <summary>Rows of the vectors, selected or not.</summary>
    public int RowCount { get; set; }

    /// <summary>The rows that count; <see langword="null"/> = all.</summary>
    public Selection? Selection { get; set; }

    /// <summary>Rows that count.</summary>
    public int SelectedCount => Selection?.Count ?? RowCount;

    /// <summary>Bytes of the buffers that the columns own, see <see cref="Vector.OwnedBytes"/>.</summary>
    public long OwnedBytes
    {
        get
        {
            var bytes = 0L;
            foreach (var column in Columns)
            {
                bytes += column.OwnedBytes;
            }
            return bytes;
        }
    }

    /// <summary>Gives the columns' buffers back: for the owner of a batch, not for who borrowed it.</summary>
    public void DisposeColumns()
    {
        foreach (var column in Columns)
        {
            column.Dispose();
        }
    }
}
