using Micromegas.Columnar;

namespace Micromegas.Engine.Execution;

/// <summary>What a stage says after taking a batch.</summary>
public enum Flow
{
    /// <summary>Send the next batch.</summary>
    Continue,

    /// <summary>
    /// The batch was taken, but send no more until <see cref="Stage.Resume"/> was called and said otherwise. Who says so has seen to it
    /// that <see cref="WorkerContext.Signal"/> is called once there is room.
    /// </summary>
    Full,

    /// <summary>Nobody needs more: the pipeline ends early.</summary>
    Done,
}

/// <summary>
/// One step of a push pipeline: source, stages, sink. There is one instance of each per worker.
/// </summary>
public abstract class Stage : IDisposable
{
    /// <summary>
    /// Takes a batch, which is borrowed until the call returns; after <see cref="Flow.Full"/> until the <see cref="Resume"/> that does not say Full returns,
    /// for a stage that multiplies rows may have to come back to it.
    /// </summary>
    public abstract Flow Push(Batch batch, WorkerContext worker);

    /// <summary>Goes on after <see cref="Flow.Full"/>: a stage that multiplies rows stops at Full and continues here.</summary>
    public virtual Flow Resume(WorkerContext worker) => Flow.Continue;

    /// <summary>The input has ended. May say <see cref="Flow.Full"/> too; it is called again after the next <see cref="Resume"/> said Continue.</summary>
    public virtual Flow Finish(WorkerContext worker) => Flow.Continue;

    public virtual void Dispose() => GC.SuppressFinalize(this);
}
