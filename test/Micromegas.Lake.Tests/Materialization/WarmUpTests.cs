using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Lake.Tests.Materialization;

/// <summary>A partition that was just written is read without being fetched.</summary>
public sealed class WarmUpTests
{
    [Theory]
    [InlineData("log_entries", "5fff281d-7235-490f-b933-a5cb2f98c62d")]
    [InlineData("thread_spans", "0711ebbd-ca15-4a79-b52b-0e1345291960")]
    public async Task Who_made_a_partition_does_not_fetch_it(string view, string process)
    {
        var store = new CountingStore(new OverlayStore(new DirectoryObjectStore(GoldenLake.Store)));
        await using LakeHost lake = await GoldenHost.OpenAsync("global", LakeSharing.Exclusive, withPartitions: false, store: store);
        var memory = new MemoryBudget(1L << 30);
        using var chunks = new ChunkCache(1 << 28, memory);
        List<object?[]> first = await ReadAsync(lake, view, process, memory, chunks);
        Assert.NotEmpty(first);
        Assert.True(store.Written > 0);
        Assert.Equal(0, store.PartitionReads);
        ViewReader.AssertSameRows(first, await ReadAsync(lake, view, process, memory, chunks));
        Assert.Equal(0, store.PartitionReads);

        // Without the cache everything but the footer is fetched: the count counts.
        ViewReader.AssertSameRows(first, await ReadAsync(lake, view, process, memory, null));
        Assert.NotEqual(0, store.PartitionReads);
    }

    private static async Task<List<object?[]>> ReadAsync(LakeHost lake, string view, string process, MemoryBudget memory, ChunkCache? chunks)
    {
        var context = new QueryContext(new EngineOptions(), memory, default) { Chunks = chunks };
        ITable table = await lake.Tables.FindTableFunction("view_instance")!.BindAsync(
            [Scalar.Of(view), Scalar.Of(process)], new Dictionary<string, Scalar>(), context, default);
        return await TableRows.ReadAsync(table, context: context);
    }

    private sealed class CountingStore(IObjectStore inner) : IObjectStore
    {
        private int _reads;
        private int _written;

        public int PartitionReads => _reads;

        public int Written => _written;

        public ValueTask<ObjectInfo?> HeadAsync(string key, CancellationToken ct) => inner.HeadAsync(key, ct);

        public ValueTask ReadAsync(string key, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into, CancellationToken ct)
        {
            if (key.StartsWith("views/", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _reads);
            }
            return inner.ReadAsync(key, ranges, into, ct);
        }

        public ValueTask<PutResult> PutAsync(string key, ReadOnlyMemory<byte> content, PutMode mode, CancellationToken ct) => inner.PutAsync(key, content, mode, ct);

        public ValueTask<ObjectUpload> BeginPutAsync(string key, CancellationToken ct)
        {
            Interlocked.Increment(ref _written);
            return inner.BeginPutAsync(key, ct);
        }

        public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken ct) => inner.ListAsync(prefix, ct);

        public ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken ct) => inner.DeleteAsync(keys, ct);
    }
}
