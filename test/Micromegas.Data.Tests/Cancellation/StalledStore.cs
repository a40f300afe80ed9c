using Micromegas.Storage;

namespace Micromegas.Data.Tests;

/// <summary>A store that gives one object as any other would, and never answers a read of the others once it is told so.</summary>
/// <param name="inner">The store that answers.</param>
/// <param name="served">The object that is always given.</param>
internal sealed class StalledStore(IObjectStore inner, string served) : IObjectStore
{
    private volatile bool _stalled;
    private int _waiting;

    /// <summary>Reads that wait now.</summary>
    internal int Waiting => Volatile.Read(ref _waiting);

    internal void Stall() => _stalled = true;

    public ValueTask<ObjectInfo?> HeadAsync(string key, CancellationToken ct) => inner.HeadAsync(key, ct);

    public async ValueTask ReadAsync(string key, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into, CancellationToken ct)
    {
        if (_stalled && key != served)
        {
            Interlocked.Increment(ref _waiting);
            try
            {
                await Task.Delay(Timeout.Infinite, ct);
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        await inner.ReadAsync(key, ranges, into, ct);
    }

    public ValueTask<PutResult> PutAsync(string key, ReadOnlyMemory<byte> content, PutMode mode, CancellationToken ct) => inner.PutAsync(key, content, mode, ct);

    public ValueTask<ObjectUpload> BeginPutAsync(string key, CancellationToken ct) => inner.BeginPutAsync(key, ct);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken ct) => inner.ListAsync(prefix, ct);

    public ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken ct) => inner.DeleteAsync(keys, ct);
}
