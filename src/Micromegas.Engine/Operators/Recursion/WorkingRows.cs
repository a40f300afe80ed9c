using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators.Recursion;

/// <summary>The rows that a recursion found last, which its step reads.</summary>
internal sealed class WorkingRows
{
    public IReadOnlyList<Batch> Current { get; set; } = [];
}

/// <summary>Delivers the working rows; they stay with the recursion, since its step may read them more than once.</summary>
internal sealed class WorkingRowsSource(IReadOnlyList<Batch> batches, int batchSize) : PipelineSource
{
    private int next;

    public override int MaxParallelism => Math.Max(1, batches.Count);

    public override SourceReader CreateReader() => new BatchPiecesReader(Take, batchSize);

    public override void Stop() => Interlocked.Exchange(ref next, batches.Count);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Batch? Take()
    {
        var index = Interlocked.Increment(ref next) - 1;
        return index >= 0 && index < batches.Count ? batches[index] : null;
    }

    private Supply Take(WorkerContext worker, out Batch? batch)
    {
        batch = Take();
        return batch is null ? Supply.End : Supply.Ready;
    }
}

/// <summary>Gives the next owned batch of any size.</summary>
internal delegate Supply TakeBatch(WorkerContext worker, out Batch? batch);

/// <summary>Reads owned batches, wherever they come from, in pieces of the statement's batch size.</summary>
internal sealed class BatchPiecesReader(TakeBatch take, int batchSize) : SourceReader
{
    private readonly BatchPieces pieces = new(batchSize);

    public override Supply Next(WorkerContext worker, out Batch? batch)
    {
        for (;;)
        {
            batch = pieces.Next();
            if (batch is not null)
            {
                return Supply.Ready;
            }
            var supply = take(worker, out var more);
            if (supply != Supply.Ready)
            {
                return supply;
            }
            pieces.Enter(more!);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        pieces.Dispose();
    }
}

/// <summary>Shows an owned batch in pieces of the statement's batch size.</summary>
internal sealed class BatchPieces(int batchSize) : IDisposable
{
    private Batch? current;
    private BatchView? view;
    private int position;

    public void Enter(Batch batch)
    {
        view?.Dispose();
        view = new BatchView(batch);
        current = batch;
        position = 0;
    }

    /// <summary>The next piece; <see langword="null"/> at the end of the batch.</summary>
    public Batch? Next()
    {
        if (current is null || position == current.RowCount)
        {
            return null;
        }
        var count = Math.Min(batchSize, current.RowCount - position);
        var piece = view!.Move(position, count);
        position += count;
        return piece;
    }

    public void Dispose()
    {
        view?.Dispose();
        view = null;
        current = null;
    }
}
