using Micromegas.Storage;

namespace Micromegas.Lake.Tests.Writing;

/// <summary>A store in memory whose puts fail, or seem to, while it is told to.</summary>
internal sealed class UnreliableStore : IObjectStore
{
    private readonly MemoryObjectStore store = new();
    private int puts;

    public volatile bool FailBeforePut;
    public volatile bool FailAfterPut;

    public int Puts => Volatile.Read(ref puts);

    public ValueTask<ObjectInfo?> HeadAsync(string key, CancellationToken ct) => store.HeadAsync(key, ct);

    public ValueTask ReadAsync(string key, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into, CancellationToken ct) =>
        store.ReadAsync(key, ranges, into, ct);

    public async ValueTask<PutResult> PutAsync(string key, ReadOnlyMemory<byte> content, PutMode mode, CancellationToken ct)
    {
        await Task.Yield();
        Assert.Equal(PutMode.CreateOnly, mode);
        Interlocked.Increment(ref puts);
        if (FailBeforePut)
        {
            throw new ObjectStoreException(key, "the disk is full");
        }
        PutResult result = await store.PutAsync(key, content, mode, ct);
        return FailAfterPut ? throw new ObjectStoreException(key, "the connection was lost") : result;
    }

    public ValueTask<ObjectUpload> BeginPutAsync(string key, CancellationToken ct) => store.BeginPutAsync(key, ct);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken ct) => store.ListAsync(prefix, ct);

    public ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken ct) => store.DeleteAsync(keys, ct);
}
