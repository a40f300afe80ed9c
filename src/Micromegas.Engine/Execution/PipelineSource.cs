using Micromegas.Columnar;

namespace Micromegas.Engine.Execution;

/// <summary>What a source has for a worker.</summary>
internal enum Supply
{
    /// <summary>A batch.</summary>
    Ready,

    /// <summary>Nothing yet: the worker context is signalled when there is.</summary>
    Wait,

    /// <summary>Nothing more.</summary>
    End,
}

/// <summary>Where the rows of a pipeline come from. Shared by the pipeline's instances; thread-safe.</summary>
internal abstract class PipelineSource : IAsyncDisposable
{
    /// <summary>Instances that can be fed at the same time; 1 where the order of the rows matters.</summary>
    public virtual int MaxParallelism => int.MaxValue;

    /// <summary>Called once, before readers are made.</summary>
    public virtual void Start(PipelineRun run)
    {
    }

    /// <summary>Called once, when the pipeline's tasks have been made ready: a source that has to look for its batches begins here. Throws nothing.</summary>
    public virtual void Feed()
    {
    }

    /// <summary>A reader for one instance.</summary>
    public abstract SourceReader CreateReader();

    /// <summary>Nobody needs more rows: readers say <see cref="Supply.End"/> from now on.</summary>
    public abstract void Stop();

    /// <summary>Frees everything; no reader is in use any more.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>Feeds one instance of a pipeline.</summary>
internal abstract class SourceReader : IDisposable
{
    /// <summary>The next batch, borrowed until the next call.</summary>
    public abstract Supply Next(WorkerContext worker, out Batch? batch);

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
