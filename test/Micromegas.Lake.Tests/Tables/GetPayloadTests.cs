using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Storage;

namespace Micromegas.Lake.Tests.Tables;

/// <summary><c>get_payload</c>: whatever place in a statement it stands in, reads hold no worker and are within the statement's memory.</summary>
public sealed class GetPayloadTests
{
    private const string Call = "get_payload(process_id, stream_id, block_id)";
    private const string Size = $"octet_length(encode({Call}, 'hex')) / 2";

    [Theory]
    [InlineData("SELECT count(*) FROM blocks", $"SELECT count({Call}) FROM blocks")]
    [InlineData("SELECT sum(payload_size) FROM blocks", $"SELECT sum({Size}) FROM blocks")]
    [InlineData("SELECT count(*) FROM blocks WHERE payload_size > 2000", $"SELECT count(*) FROM blocks WHERE {Size} > 2000")]
    [InlineData("SELECT block_id FROM blocks ORDER BY payload_size DESC, block_id LIMIT 5", $"SELECT block_id FROM blocks ORDER BY {Size} DESC, block_id LIMIT 5")]
    [InlineData("SELECT payload_size > 2000 AS large, count(*) FROM blocks GROUP BY 1 ORDER BY 1", $"SELECT {Size} > 2000 AS large, count(*) FROM blocks GROUP BY 1 ORDER BY 1")]
    [InlineData("SELECT sum(payload_size) FROM blocks WHERE nb_objects > 10", $"SELECT sum(CASE WHEN nb_objects > 10 THEN {Size} END) FROM blocks")]
    [InlineData("SELECT max(row_number) FROM (SELECT row_number() OVER (ORDER BY payload_size) AS row_number FROM blocks)",
        $"SELECT max(row_number) FROM (SELECT row_number() OVER (ORDER BY {Size}) AS row_number FROM blocks)")]
    [InlineData("SELECT count(*) FROM blocks a JOIN blocks b ON a.block_id = b.block_id",
        $"SELECT count(*) FROM (SELECT block_id, {Call} AS p FROM blocks) a JOIN (SELECT block_id, {Call} AS p FROM blocks) b ON a.p = b.p AND a.block_id = b.block_id")]
    [InlineData("SELECT CAST(NULL AS VARCHAR)", "SELECT md5(get_payload(NULL, NULL, NULL))")]
    public async Task Payloads_can_stand_anywhere(string expected, string sql)
    {
        await using LakeHost lake = await OpenAsync(new DirectoryObjectStore(GoldenLake.Store));
        Assert.Equal(await RowsAsync(lake, expected), await RowsAsync(lake, sql));
    }

    [Theory]
    [InlineData($"SELECT count({Call}) FROM blocks", "SELECT count(*) FROM blocks")]
    [InlineData(
        $"SELECT count(CASE WHEN nb_objects > 40 THEN 'many' WHEN nb_objects > 10 THEN encode({Call}, 'hex') WHEN nb_objects < 0 THEN CAST(nb_objects / 0 AS VARCHAR) ELSE NULL END) FROM blocks",
        "SELECT count(*) FROM blocks WHERE nb_objects > 10")]
    [InlineData($"SELECT sum(CASE WHEN nb_objects > 10 THEN abs({Size}) END) FROM blocks", "SELECT sum(payload_size) FROM blocks WHERE nb_objects > 10")]
    public async Task Reads_hold_no_worker(string sql, string expected)
    {
        var store = new GatedStore(new DirectoryObjectStore(GoldenLake.Store));
        await using LakeHost lake = await OpenAsync(store);
        using var pool = new WorkerPool(1);
        Task<List<string>> waiting = RowsAsync(lake, sql, pool: pool);
        await store.Asked;

        // The only worker is free for other statements.
        Assert.Equal(["1"], await RowsAsync(lake, "SELECT 1", pool: pool));
        Assert.NotEqual(["0"], await RowsAsync(lake, "SELECT count(*) FROM processes", pool: pool));
        Assert.False(waiting.IsCompleted);
        store.Open();
        Assert.Equal(await RowsAsync(lake, expected), await waiting);
    }

    [Fact]
    public async Task Only_what_a_branch_needs_is_read()
    {
        var store = new GatedStore(new DirectoryObjectStore(GoldenLake.Store));
        store.Open();
        await using LakeHost lake = await OpenAsync(store);
        string wanted = Assert.Single(await RowsAsync(lake, "SELECT count(*) FROM blocks WHERE nb_objects BETWEEN 11 AND 40"));
        await RowsAsync(lake, $"SELECT sum(CASE WHEN nb_objects > 40 THEN 1 WHEN nb_objects > 10 THEN {Size} END) FROM blocks");
        Assert.Equal(wanted, store.Reads.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.NotEqual("0", wanted);
    }

    [Fact]
    public async Task Payloads_ask_for_memory()
    {
        await using LakeHost lake = await OpenAsync(new DirectoryObjectStore(GoldenLake.Store));
        var budget = new MemoryBudget(64 << 10);
        var error = await Assert.ThrowsAsync<MemoryLimitException>(() => RowsAsync(lake, $"SELECT max({Size}) FROM blocks", budget));
        Assert.Contains("get_payload", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task Call_trees_ask_for_memory()
    {
        await using LakeHost lake = await OpenAsync(new DirectoryObjectStore(GoldenLake.Store));
        List<string> stream = await RowsAsync(lake, "SELECT stream_id FROM blocks WHERE array_has(\"streams.tags\", 'cpu') ORDER BY nb_objects DESC LIMIT 1");
        string sql = $"SELECT count(*) FROM view_instance('thread_spans', '{stream[0]}')";
        var error = await Assert.ThrowsAsync<MemoryLimitException>(() => RowsAsync(lake, sql, new MemoryBudget(8 << 10)));
        Assert.Contains("call trees", error.Message, StringComparison.Ordinal);
        Assert.NotEqual(["0"], await RowsAsync(lake, sql));
    }

    private static Task<LakeHost> OpenAsync(IObjectStore store) => GoldenHost.OpenAsync("global", withPartitions: false, store: new OverlayStore(store));

    private static async Task<List<string>> RowsAsync(LakeHost lake, string sql, MemoryBudget? budget = null, WorkerPool? pool = null)
    {
        var context = new QueryContext(new EngineOptions(), budget ?? MemoryBudget.Unlimited(), default);
        PlannedStatement plan = await new SqlEngine(lake.Functions, pool ?? WorkerPool.Shared)
            .PlanAsync(sql, SqlEngine.Parse(sql)[0], lake.Tables, StatementParameters.None, context, default);
        await using QueryResult result = await plan.ExecuteAsync(default);
        var rows = new List<string>();
        while (await result.ReadAsync(default) is { } batch)
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                rows.Add(string.Join('|', batch.Columns.Select(column => column.GetValue(row)?.ToString() ?? "null")));
            }
        }
        return rows;
    }

    /// <summary>Lets reads wait until it is opened.</summary>
    private sealed class GatedStore(IObjectStore inner) : IObjectStore
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private int _reads;

        public Task Asked => _asked.Task;

        public int Reads => _reads;

        public void Open() => _gate.SetResult();

        public async ValueTask ReadAsync(string key, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into, CancellationToken ct)
        {
            _asked.TrySetResult();
            Interlocked.Increment(ref _reads);
            await _gate.Task.WaitAsync(ct);
            await inner.ReadAsync(key, ranges, into, ct);
        }

        public ValueTask<ObjectInfo?> HeadAsync(string key, CancellationToken ct) => inner.HeadAsync(key, ct);

        public ValueTask<PutResult> PutAsync(string key, ReadOnlyMemory<byte> content, PutMode mode, CancellationToken ct) => inner.PutAsync(key, content, mode, ct);

        public ValueTask<ObjectUpload> BeginPutAsync(string key, CancellationToken ct) => inner.BeginPutAsync(key, ct);

        public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken ct) => inner.ListAsync(prefix, ct);

        public ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken ct) => inner.DeleteAsync(keys, ct);
    }
}
