using Micromegas.Columnar;

namespace Micromegas.Engine.Execution;

/// <summary>Copies the last stage's rows for the reader and puts them into the queue.</summary>
internal sealed class ResultSink(ResultQueue queue, Schema schema, OperatorStatistics statistics) : Operator(statistics)
{
    private readonly BatchBuilder builder = new(schema);

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        builder.Append(batch);
        Interlocked.Add(ref worker.Query.Statistics.RowsReturned, builder.RowCount);
        return queue.Add(builder.Build(), worker);
    }

    protected override Flow Continue(WorkerContext worker) => queue.Check(worker);

    public override void Dispose()
    {
        base.Dispose();
        builder.Dispose();
    }
}
