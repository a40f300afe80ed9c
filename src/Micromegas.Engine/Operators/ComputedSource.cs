using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators;

/// <summary>Delivers one batch, which the worker that asks for it computes.</summary>
internal sealed class ComputedSource(Func<Batch> compute) : PipelineSource
{
    private readonly Func<Batch> compute = compute;
    private Batch? made;
    private bool isDone;

    public override int MaxParallelism => 1;

    public override SourceReader CreateReader() => new Reader(this);

    public override void Stop() => Volatile.Write(ref isDone, true);

    public override ValueTask DisposeAsync()
    {
        made?.DisposeColumns();
        made = null;
        return ValueTask.CompletedTask;
    }

    private sealed class Reader(ComputedSource source) : SourceReader
    {
        public override Supply Next(WorkerContext worker, out Batch? batch)
        {
            if (Volatile.Read(ref source.isDone))
            {
                batch = null;
                return Supply.End;
            }
            source.isDone = true;
            batch = source.made = source.compute();
            return Supply.Ready;
        }
    }
}
