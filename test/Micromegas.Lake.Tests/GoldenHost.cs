using System.Collections.Concurrent;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Sqlite;
using Micromegas.Storage;

namespace Micromegas.Lake.Tests;

/// <summary>Recorded lakes, open.</summary>
internal static class GoldenHost
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<(CatalogTable Table, IReadOnlyList<object?[]> Rows)[]>>> s_tables = new();

    /// <summary>The recorded objects behind a store that keeps writes in memory, so that the repository stays as it is.</summary>
    public static async Task<LakeHost> OpenAsync(
        string state, LakeSharing? sharing = null, bool withPartitions = true, LakeOptions? options = null, IObjectStore? store = null)
    {
        options ??= new LakeOptions();
        SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(options.TimeProvider, default);
        var tables = (await s_tables.GetOrAdd(state, s => new Lazy<Task<(CatalogTable Table, IReadOnlyList<object?[]> Rows)[]>>(() => ReadAsync(s))).Value)
            .Select(t => t.Table == CatalogSchema.Partitions && !withPartitions ? (t.Table, []) : t).ToArray();
        await catalog.ReplaceContentAsync(tables, sharing ?? LakeSharing.Shared, default);
        return new LakeHost(state, catalog, store ?? new OverlayStore(new DirectoryObjectStore(state == "ingest" ? GoldenLake.IngestStore : GoldenLake.Store)), options);
    }

    private static async Task<(CatalogTable Table, IReadOnlyList<object?[]> Rows)[]> ReadAsync(string state)
    {
        await using ILakeCatalog recorded = await GoldenLake.OpenAsync(state);
        var tables = new List<(CatalogTable Table, IReadOnlyList<object?[]> Rows)>();
        foreach (CatalogTable table in CatalogSchema.Upstream)
        {
            tables.Add((table, await recorded.ReadTableAsync(table, default)));
        }
        return [.. tables];
    }
}

/// <summary>Reads from one store, writes to memory.</summary>
internal sealed class OverlayStore(IObjectStore below) : IObjectStore
{
    public MemoryObjectStore Written { get; } = new();

    public async ValueTask<ObjectInfo?> HeadAsync(string key, CancellationToken ct) => await Written.HeadAsync(key, ct) ?? await below.HeadAsync(key, ct);

    public async ValueTask ReadAsync(string key, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into, CancellationToken ct)
    {
        IObjectStore store = await Written.HeadAsync(key, ct) is null ? below : Written;
        await store.ReadAsync(key, ranges, into, ct);
    }

    public ValueTask<PutResult> PutAsync(string key, ReadOnlyMemory<byte> content, PutMode mode, CancellationToken ct) => Written.PutAsync(key, content, mode, ct);

    public ValueTask<ObjectUpload> BeginPutAsync(string key, CancellationToken ct) => Written.BeginPutAsync(key, ct);

    public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken ct) => Written.ListAsync(prefix, ct);

    public ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken ct) => Written.DeleteAsync(keys, ct);
}
