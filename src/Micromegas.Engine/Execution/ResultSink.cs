using Micromegas.Columnar;

namespace Micromegas.Engine.Execution;

/// <summary>Copies the last stage's rows for the reader and puts them into the queue.</summary>
internal sealed class ResultSink(ResultQueue queue, Schema schema, OperatorStatistics statistics) : Operator(statistics)
{
    private readonly ResultColumn[] columns = [.. schema.Fields.Select(static field => new ResultColumn(field.Type))];

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        var copies = new Vector[columns.Length];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] = columns[i].Copy(batch.Columns[i], batch);
        }
        var count = batch.SelectedCount;
        Interlocked.Add(ref worker.Query.Statistics.RowsReturned, count);
        return queue.Add(new Batch(schema, copies) { RowCount = count }, worker);
    }

    protected override Flow Continue(WorkerContext worker) => queue.Check(worker);

    public override void Dispose()
    {
        base.Dispose();
        Array.ForEach(columns, static column => column.Dispose());
    }
}
