using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Collects the events of one native block and encodes it as upstream's Rust client does. Not thread-safe; used again after <see cref="Clear"/>.</summary>
public abstract class BlockWriter : IDisposable
{
    private readonly PooledBuffer dependencyFrame = new();
    private readonly PooledBuffer objectFrame = new();

    private protected BlockWriter(DependencyWriter? dependencies = null) => Dependencies = dependencies ?? new DependencyWriter();

    /// <summary>Events in the block: the <c>nb_objects</c> of its row.</summary>
    public int Count { get; private protected set; }

    /// <summary>Bytes collected so far, before compression; what flushing by size looks at.</summary>
    public int Length => Dependencies.Queue.Length + Objects.Length;

    private protected DependencyWriter Dependencies { get; }

    private protected TransitQueue Objects { get; } = new();

    /// <summary>Appends the stored object: the CBOR envelope around two LZ4 frames. Its length is the row's <c>payload_size</c>.</summary>
    public void Write(PooledBuffer payload)
    {
        dependencyFrame.Clear();
        objectFrame.Clear();
        Lz4Frame.Compress(Dependencies.Queue.Bytes, dependencyFrame, Lz4FrameOptions.RustClient);
        Lz4Frame.Compress(Objects.Bytes, objectFrame, Lz4FrameOptions.RustClient);
        BlockEnvelope.Write(dependencyFrame.WrittenSpan, objectFrame.WrittenSpan, payload);
    }

    /// <summary>Starts the next block: blocks share nothing, so all strings are written anew.</summary>
    public virtual void Clear()
    {
        Dependencies.Clear();
        Objects.Clear();
        Count = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives the buffers back.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Dependencies.Dispose();
            Objects.Dispose();
            dependencyFrame.Dispose();
            objectFrame.Dispose();
        }
    }
}
