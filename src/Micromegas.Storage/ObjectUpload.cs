namespace Micromegas.Storage;

/// <summary>
/// A streamed put in progress. The object appears, whole, when <see cref="CompleteAsync"/> returns; disposing an upload that was not completed leaves nothing
/// behind. Not for concurrent use.
/// </summary>
public abstract class ObjectUpload : IAsyncDisposable
{
    private bool _completed;
    private bool _disposed;

    /// <summary>Creates an upload for a key.</summary>
    protected ObjectUpload(string key) => Key = key;

    /// <summary>The key under which the object will appear.</summary>
    public string Key { get; }

    /// <summary>Bytes written so far.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Appends bytes; the memory may be reused when the call has returned.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        ThrowIfFinished();
        await AppendAsync(content, BytesWritten, ct).ConfigureAwait(false);
        BytesWritten += content.Length;
    }

    /// <summary>Makes the object visible.</summary>
    /// <exception cref="ObjectExistsException">The key is taken; the upload is discarded.</exception>
    public async ValueTask<ObjectInfo> CompleteAsync(CancellationToken ct)
    {
        ThrowIfFinished();
        ObjectInfo info = await CommitAsync(BytesWritten, ct).ConfigureAwait(false);
        _completed = true;
        return info;
    }

    /// <summary>Ends the upload; without a completed <see cref="CompleteAsync"/> what was written is discarded.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        GC.SuppressFinalize(this);
        if (!_completed)
        {
            await AbortAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Appends bytes at <paramref name="offset"/>, which is where the previous ones ended.</summary>
    protected abstract ValueTask AppendAsync(ReadOnlyMemory<byte> content, long offset, CancellationToken ct);

    /// <summary>Publishes the object.</summary>
    protected abstract ValueTask<ObjectInfo> CommitAsync(long size, CancellationToken ct);

    /// <summary>Discards what was written.</summary>
    protected abstract ValueTask AbortAsync();

    private void ThrowIfFinished()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_completed)
        {
            Throw.UploadCompleted(Key);
        }
    }
}
