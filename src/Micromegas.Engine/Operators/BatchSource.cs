using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators;

/// <summary>Delivers owned batches of any size in pieces, in order with one reader, and disposes them in the end.</summary>
internal sealed class BatchSource : PipelineSource
{
    private readonly IReadOnlyList<Batch> batches;
    private readonly int batchSize;
    private int next;

    public BatchSource(IReadOnlyList<Batch> batches, int batchSize, bool isOrdered)
    {
        this.batches = batches;
        this.batchSize = batchSize;
        MaxParallelism = isOrdered ? 1 : Math.Max(1, batches.Count);
    }

    public override int MaxParallelism { get; }

    public override SourceReader CreateReader() => new Reader(this);

    public override void Stop() => Interlocked.Exchange(ref next, batches.Count);

    public override ValueTask DisposeAsync()
    {
        foreach (var batch in batches)
        {
            batch.DisposeColumns();
        }
        return ValueTask.CompletedTask;
    }

    private Batch? Take()
    {
        var index = Interlocked.Increment(ref next) - 1;
        return index >= 0 && index < batches.Count ? batches[index] : null;
    }

    private sealed class Reader(BatchSource source) : SourceReader
    {
        private Batch? current;
        private BatchView? view;
        private int position;

        public override Supply Next(WorkerContext worker, out Batch? batch)
        {
            while (current is null || position == current.RowCount)
            {
                view?.Dispose();
                view = null;
                current = source.Take();
                position = 0;
                if (current is null)
                {
                    batch = null;
                    return Supply.End;
                }
                view = new BatchView(current);
            }
            var count = Math.Min(source.batchSize, current.RowCount - position);
            batch = view!.Move(position, count);
            position += count;
            return Supply.Ready;
        }

        public override void Dispose()
        {
            base.Dispose();
            view?.Dispose();
        }
    }
}
