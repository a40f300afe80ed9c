using Micromegas.Columnar;

namespace Micromegas.Engine.Operators;

/// <summary>A window that moves over the rows of an owned batch of any size, showing pieces of the statement's batch size.</summary>
public sealed class BatchView : IDisposable
{
    private readonly VectorView[] columns;

    public BatchView(Batch source)
    {
        columns = Array.ConvertAll(source.Columns, static column => new VectorView(column));
        View = new Batch(source.Schema, Array.ConvertAll(columns, static column => column.View));
    }

    /// <summary>The rows shown.</summary>
    public Batch View { get; }

    public Batch Move(int start, int count)
    {
        foreach (var column in columns)
        {
            column.Move(start, count);
        }
        View.RowCount = count;
        return View;
    }

    public void Dispose()
    {
        foreach (var column in columns)
        {
            column.Dispose();
        }
    }
}
