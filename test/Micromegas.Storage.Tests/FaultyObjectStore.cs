using System.Runtime.CompilerServices;

namespace Micromegas.Storage.Tests;

/// <summary>Calls that can be made to fail.</summary>
public enum StoreCall
{
    Head,
    Read,
    Put,
    BeginPut,
    Write,
    Complete,
    List,
    Delete,
}

/// <summary>
/// A store that fails at chosen calls. <c>Decide</c> sees every call with its running number (from 1); when it returns an exception, that is thrown. With
/// <see cref="FailAfter"/> the call takes effect first and fails then, as a lost answer does.
/// </summary>
public sealed class FaultyObjectStore(IObjectStore inner) : IObjectStore
{
    private int _calls;

    public Func<StoreCall, string, int, Exception?>? Decide { get; set; }

    public bool FailAfter { get; set; }

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Fails the k-th call of one kind (any kind when null), once.</summary>
    public static Func<StoreCall, string, int, Exception?> FailAt(int k, StoreCall? only = null)
    {
        int seen = 0;
        return (call, key, _) =>
            (only is null || only == call) && Interlocked.Increment(ref seen) == k ? new ObjectStoreException(key, $"injected failure of {call}") : null;
    }

    public ValueTask<ObjectInfo?> HeadAsync(string key, CancellationToken ct) => Run(StoreCall.Head, key, () => inner.HeadAsync(key, ct));

    public async ValueTask ReadAsync(string key, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into, CancellationToken ct) =>
        await Run(StoreCall.Read, key, async () =>
        {
            await inner.ReadAsync(key, ranges, into, ct);
            return true;
        });

    public ValueTask<PutResult> PutAsync(string key, ReadOnlyMemory<byte> content, PutMode mode, CancellationToken ct) =>
        Run(StoreCall.Put, key, () => inner.PutAsync(key, content, mode, ct));

    public ValueTask<ObjectUpload> BeginPutAsync(string key, CancellationToken ct) =>
        Run<ObjectUpload>(StoreCall.BeginPut, key, async () => new FaultyUpload(this, await inner.BeginPutAsync(key, ct)));

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        await Run(StoreCall.List, prefix, () => ValueTask.FromResult(true));
        await foreach (ObjectInfo info in inner.ListAsync(prefix, ct))
        {
            yield return info;
        }
    }

    public async ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken ct) =>
        await Run(StoreCall.Delete, keys.Count == 0 ? "" : keys[0], async () =>
        {
            await inner.DeleteAsync(keys, ct);
            return true;
        });

    private async ValueTask<T> Run<T>(StoreCall call, string key, Func<ValueTask<T>> work)
    {
        Exception? failure = Decide?.Invoke(call, key, Interlocked.Increment(ref _calls));
        if (failure is not null && !FailAfter)
        {
            throw failure;
        }
        T result = await work();
        return failure is null ? result : throw failure;
    }

    private sealed class FaultyUpload(FaultyObjectStore store, ObjectUpload inner) : ObjectUpload(inner.Key)
    {
        protected override async ValueTask AppendAsync(ReadOnlyMemory<byte> content, long offset, CancellationToken ct) =>
            await store.Run(StoreCall.Write, Key, async () =>
            {
                await inner.WriteAsync(content, ct);
                return true;
            });

        protected override ValueTask<ObjectInfo> CommitAsync(long size, CancellationToken ct) =>
            store.Run(StoreCall.Complete, Key, () => inner.CompleteAsync(ct));

        protected override ValueTask AbortAsync() => inner.DisposeAsync();
    }
}
