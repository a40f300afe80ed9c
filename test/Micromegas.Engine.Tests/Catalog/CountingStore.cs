using System.Collections.Concurrent;
using Micromegas.Storage;

namespace Micromegas.Engine.Tests.Catalog;

/// <summary>Counts what is read of the objects of another store, which may be made to wait.</summary>
internal sealed class CountingStore(IObjectStore inner, int requestCost) : IObjectStore
{
    private int reads;
    private long bytes;

    public int RequestCost => requestCost;

    /// <summary>Calls that read.</summary>
    public int Reads => Volatile.Read(ref reads);

    public long Bytes => Volatile.Read(ref bytes);

    /// <summary>What was read.</summary>
    public ConcurrentQueue<ByteRange> Ranges { get; } = [];

    /// <summary>What happens before a read, given its number from 1.</summary>
    public Func<int, CancellationToken, Task>? Before { get; set; }

    public void Reset()
    {
        (reads, bytes) = (0, 0);
        Ranges.Clear();
    }

    public async ValueTask ReadAsync(string key, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into, CancellationToken ct)
    {
        var number = Interlocked.Increment(ref reads);
        Interlocked.Add(ref bytes, ranges.Sum(static range => (long)range.Length));
        foreach (var range in ranges)
        {
            Ranges.Enqueue(range);
        }
        if (Before is { } before)
        {
            await before(number, ct);
        }
        await inner.ReadAsync(key, ranges, into, ct);
    }

    public ValueTask<ObjectInfo?> HeadAsync(string key, CancellationToken ct) => inner.HeadAsync(key, ct);

    public ValueTask<PutResult> PutAsync(string key, ReadOnlyMemory<byte> content, PutMode mode, CancellationToken ct) => inner.PutAsync(key, content, mode, ct);

    public ValueTask<ObjectUpload> BeginPutAsync(string key, CancellationToken ct) => inner.BeginPutAsync(key, ct);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken ct) => inner.ListAsync(prefix, ct);

    public ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken ct) => inner.DeleteAsync(keys, ct);
}
