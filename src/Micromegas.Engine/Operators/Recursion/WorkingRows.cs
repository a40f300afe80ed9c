using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators.Recursion;

/// <summary>The rows that a recursion found last, which its step reads.</summary>
internal sealed class WorkingRows
{
    public IReadOnlyList<FoundRows> Current { get; set; } = [];
}

/// <summary>Delivers the working rows; they stay with the recursion, since its step may read them more than once.</summary>
internal sealed class WorkingRowsSource(IReadOnlyList<FoundRows> batches, int batchSize) : PipelineSource
{
    private int next;

    public override int MaxParallelism => Math.Max(1, batches.Count);

    public override SourceReader CreateReader() => new BatchPiecesReader(Take, batchSize);

    public override void Stop() => Interlocked.Exchange(ref next, batches.Count);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private FoundRows? Take()
    {
        var index = Interlocked.Increment(ref next) - 1;
        return index >= 0 && index < batches.Count ? batches[index] : null;
    }

    private Supply Take(WorkerContext worker, out FoundRows? rows)
    {
        rows = Take();
        return rows is null ? Supply.End : Supply.Ready;
    }
}

/// <summary>Gives the next rows.</summary>
internal delegate Supply TakeRows(WorkerContext worker, out FoundRows? rows);

/// <summary>Reads rows, wherever they come from, in pieces of the statement's batch size.</summary>
internal sealed class BatchPiecesReader(TakeRows take, int batchSize) : SourceReader
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

/// <summary>Shows rows in pieces of the statement's batch size.</summary>
internal sealed class BatchPieces(int batchSize) : IDisposable
{
    private FoundRows? rows;
    private Batch? current;
    private BatchView? view;
    private int position;

    public void Enter(FoundRows next)
    {
        Dispose();
        rows = next;
        current = next.Open();
        view = new BatchView(current);
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
        if (current is not null)
        {
            rows!.Close(current);
            current = null;
        }
    }
}
