using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Lake.Views;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Lake.Tests.Materialization;

/// <summary>Merges of event views put the rows of a process together, in lakes that only we use (docs/decisions/0013).</summary>
public sealed class ClusteredMergeTests
{
    private const long Second = 1_000_000_000;
    private const long Hour = CatalogTime.NanosecondsPerHour;

    private static readonly LakeTimeRange s_minutes = Range("2026-11-22T16:55:00Z", "2026-11-22T16:57:00Z");
    private static readonly LakeTimeRange s_hour = Range("2026-11-22T16:00:00Z", "2026-11-22T17:00:00Z");

    public static TheoryData<string> Views => ["log_entries", "measures"];

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Rows_come_by_process_and_time_and_equal_ones_in_the_order_of_the_inputs(string name)
    {
        await using LakeHost lake = await OpenAsync();
        EventView view = Find(name);
        List<object?[]> inputs = await WriteInputsAsync(lake, view);
        Assert.Equal(new Materialized(0, 1), await MaterializeAsync(lake, view, s_hour, Hour));
        PartitionRecord merged = Assert.Single(await ListAsync(lake, view));
        Assert.Null(merged.SortOrder);
        List<object?[]> rows = await RowsAsync(lake, view, [merged]);
        AssertSequence(Clustered(view, inputs), rows);

        // Not because they came so.
        Assert.True(inputs.Select(r => r[Process(view)]).Distinct().Count() > 1);
        Assert.Contains(inputs.GroupBy(r => (r[Process(view)], r[Time(view)])), g => g.Count() > 1);
        Assert.NotEqual(Texts(inputs), Texts(rows));
    }

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Merged_partitions_are_merged_again(string name)
    {
        await using LakeHost lake = await OpenAsync();
        EventView view = Find(name);
        List<object?[]> inputs = await WriteInputsAsync(lake, view);
        foreach (long bucket in (IEnumerable<long>)[20 * Second, 60 * Second])
        {
            Assert.True((await MaterializeAsync(lake, view, s_minutes, bucket)).Merged > 0);
        }
        List<object?[]> before = await RowsAsync(lake, view, await ListAsync(lake, view));
        Assert.Equal(new Materialized(0, 1), await MaterializeAsync(lake, view, s_hour, Hour));
        List<object?[]> rows = await RowsAsync(lake, view, await ListAsync(lake, view));
        AssertSequence(Clustered(view, before), rows);
        ViewReader.AssertSameRows(inputs, rows);
    }

    [Fact]
    public async Task Many_rows_are_clustered_step_by_step_of_their_time()
    {
        await using LakeHost lake = await OpenAsync();
        EventView view = new(MeasuresView.Definition) { ClusteredFrom = 0, StepRows = 1000 };
        List<object?[]> inputs = await WriteInputsAsync(lake, view);
        await MaterializeAsync(lake, view, s_hour, Hour);
        List<object?[]> rows = await RowsAsync(lake, view, await ListAsync(lake, view));
        ViewReader.AssertSameRows(inputs, rows);

        // Each step is in row groups of its own; the times of steps follow each other.
        PartitionRecord merged = Assert.Single(await ListAsync(lake, view));
        ParquetFile file = await lake.Footers.OpenAsync(merged.FilePath!, merged.FileSize, default);
        var steps = new List<List<object?[]>>();
        int first = 0;
        foreach (int count in file.RowGroups.Select(g => (int)g.RowCount))
        {
            steps.Add(rows.GetRange(first, count));
            first += count;
        }
        Assert.InRange(steps.Count, 3, (rows.Count / 1000) + 1);
        Assert.All(steps, step => AssertSequence(Clustered(view, step), step));
        Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.True(pair.First.Max(r => (long)r[Time(view)]!) < pair.Second.Min(r => (long)r[Time(view)]!)));
        Assert.Contains(steps, step => step.Select(r => r[Process(view)]).Distinct().Count() > 1);
    }

    [Theory]
    [InlineData("log_entries", LakeSharing.Shared)]
    [InlineData("measures", LakeSharing.Shared)]
    [InlineData("measures", LakeSharing.Exclusive)]
    public async Task Where_upstream_works_too_or_rows_are_few_they_keep_the_order_of_the_inputs(string name, LakeSharing sharing)
    {
        await using LakeHost lake = await OpenAsync(sharing);
        EventView view = sharing == LakeSharing.Shared ? Find(name) : (EventView)GlobalViews.BuiltIn.First(v => v.Definition.Name == name);
        List<object?[]> inputs = await WriteInputsAsync(lake, view);
        await MaterializeAsync(lake, view, s_hour, Hour);
        PartitionRecord merged = Assert.Single(await ListAsync(lake, view), p => !p.IsEmpty);
        Assert.Null(merged.SortOrder);
        AssertSequence(inputs, await RowsAsync(lake, view, [merged]));
    }

    [Fact]
    public async Task Little_memory_makes_it_spill_and_nothing_else()
    {
        await using LakeHost lake = await OpenAsync();
        EventView view = Find("measures");
        List<object?[]> inputs = await WriteInputsAsync(lake, view);
        QueryContext context = Context(3 << 20);
        await new GlobalMaterializer(lake, context).MaterializeAsync(view, s_hour, Hour, default);
        AssertSequence(Clustered(view, inputs), await RowsAsync(lake, view, await ListAsync(lake, view)));
        Assert.True(context.Statistics.SpilledBytes > 0);
        Assert.Equal(0, context.Budget.Used);
    }

    /// <summary>While the inputs are read, and when the first bytes of the file are written.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task What_ends_in_the_middle_leaves_the_inputs(bool isCancelled, bool isReading)
    {
        using var cancel = new CancellationTokenSource();
        var store = new BreakingStore(new OverlayStore(new DirectoryObjectStore(GoldenLake.Store)), isReading, isCancelled ? cancel.Cancel : null);
        await using LakeHost lake = await OpenAsync(store: store);
        EventView view = Find("measures");
        List<object?[]> inputs = await WriteInputsAsync(lake, view);
        IReadOnlyList<PartitionRecord> before = await ListAsync(lake, view);
        HashSet<string> files = await store.KeysAsync();
        store.BreaksAfter = isReading ? before.Count / 2 : 0;
        QueryContext context = Context(1L << 30);
        Exception ended = await Assert.ThrowsAnyAsync<Exception>(
            async () => await new GlobalMaterializer(lake, context).MaterializeAsync(view, s_hour, Hour, cancel.Token));
        Assert.True(isCancelled ? ended is OperationCanceledException : ended is ObjectStoreException, ended.ToString());
        Assert.Null(store.BreaksAfter);
        Assert.Equal(before.Select(p => p.FilePath), (await ListAsync(lake, view)).Select(p => p.FilePath));
        Assert.Equal(files.Order(), (await store.KeysAsync()).Order());
        Assert.Equal(0, context.Budget.Used);
        await MaterializeAsync(lake, view, s_hour, Hour);
        AssertSequence(Clustered(view, inputs), await RowsAsync(lake, view, await ListAsync(lake, view)));
    }

    [Fact]
    public async Task Questions_about_a_process_read_little_of_a_merged_partition()
    {
        await using LakeHost lake = await OpenAsync();
        EventView view = Find("measures");
        await WriteInputsAsync(lake, view);
        string process = (string)(await lake.RunAsync("SELECT process_id FROM measures GROUP BY 1 ORDER BY count(*) LIMIT 1")).Rows[0][0]!;
        string question = $"SELECT time, name, value FROM measures WHERE process_id = '{process}' ORDER BY time";
        (List<object?[]> expected, _) = await lake.RunAsync(question);
        await MaterializeAsync(lake, view, s_hour, Hour);
        (List<object?[]> rows, QueryStatistics reading) = await lake.RunAsync(question);
        ViewReader.AssertSameRows(expected, rows);
        PartitionRecord merged = Assert.Single(await ListAsync(lake, view));
        Assert.True(reading.RowsScanned * 2 < merged.RowCount, $"{reading.RowsScanned} of {merged.RowCount} rows");
    }

    /// <summary>The recorded lake is small.</summary>
    private static EventView Find(string name) => new(ViewCatalog.Find(name)!) { ClusteredFrom = 0 };

    /// <summary>Partitions of five seconds, and their rows in order.</summary>
    private static async Task<List<object?[]>> WriteInputsAsync(LakeHost lake, EventView view)
    {
        await MaterializeAsync(lake, view, s_minutes, 5 * Second);
        IReadOnlyList<PartitionRecord> partitions = await ListAsync(lake, view);
        Assert.True(partitions.Count(p => !p.IsEmpty) > 3, $"{partitions.Count} partitions");
        return await RowsAsync(lake, view, partitions);
    }

    private static ValueTask<Materialized> MaterializeAsync(LakeHost lake, EventView view, LakeTimeRange range, long bucket) =>
        new GlobalMaterializer(lake, Context(1L << 30)).MaterializeAsync(view, range, bucket, default);

    private static async Task<IReadOnlyList<PartitionRecord>> ListAsync(LakeHost lake, EventView view) =>
        [.. (await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = view.Definition.Name, InstanceId = "global" }, default)).OrderBy(p => p.InsertRange.Begin)];

    private static Task<List<object?[]>> RowsAsync(LakeHost lake, EventView view, IReadOnlyList<PartitionRecord> partitions) =>
        TableRows.ReadAsync(new PartitionFilesTable(lake, view.Definition, partitions));

    private static IEnumerable<object?[]> Clustered(EventView view, List<object?[]> rows) =>
        rows.OrderBy(r => (string)r[Process(view)]!, StringComparer.Ordinal).ThenBy(r => (long)r[Time(view)]!);

    private static int Process(EventView view) => view.Definition.Schema.IndexOf("process_id");

    private static int Time(EventView view) => view.Definition.Schema.IndexOf("time");

    private static void AssertSequence(IEnumerable<object?[]> expected, IEnumerable<object?[]> actual) => Assert.Equal(Texts(expected), Texts(actual));

    private static string[] Texts(IEnumerable<object?[]> rows) => [.. rows.Select(r => string.Join('|', r.Select(
        v => v is byte[] bytes ? bytes.Length.ToString(CultureInfo.InvariantCulture) : Convert.ToString(v, CultureInfo.InvariantCulture))))];

    private static QueryContext Context(long limit) => new(new EngineOptions(), new MemoryBudget(limit), default);

    private static LakeTimeRange Range(string begin, string end) => new(Nanoseconds(begin), Nanoseconds(end));

    private static long Nanoseconds(string time) => (DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).UtcTicks - DateTime.UnixEpoch.Ticks) * 100;

    private static Task<LakeHost> OpenAsync(LakeSharing sharing = LakeSharing.Exclusive, IObjectStore? store = null) =>
        GoldenHost.OpenAsync("global", sharing, withPartitions: false, new LakeOptions { TimeProvider = new FixedClock() }, store);

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 16, 59, 0, TimeSpan.Zero);
    }

    /// <summary>A store one of whose reads, or written pieces, fails, or at which something else happens.</summary>
    private sealed class BreakingStore(OverlayStore inner, bool isReading, Action? instead) : IObjectStore
    {
        private readonly Lock _gate = new();

        /// <summary>After how many more it happens; null when it happened.</summary>
        public int? BreaksAfter { get; set; }

        public async Task<HashSet<string>> KeysAsync()
        {
            var keys = new HashSet<string>();
            await foreach (ObjectInfo written in inner.ListAsync("", default))
            {
                keys.Add(written.Key);
            }
            return keys;
        }

        public ValueTask<ObjectInfo?> HeadAsync(string key, CancellationToken ct) => inner.HeadAsync(key, ct);

        public ValueTask ReadAsync(string key, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into, CancellationToken ct)
        {
            Count(key, reads: true);
            return inner.ReadAsync(key, ranges, into, ct);
        }

        public ValueTask<PutResult> PutAsync(string key, ReadOnlyMemory<byte> content, PutMode mode, CancellationToken ct) => inner.PutAsync(key, content, mode, ct);

        public async ValueTask<ObjectUpload> BeginPutAsync(string key, CancellationToken ct) => new Upload(this, await inner.BeginPutAsync(key, ct));

        public IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, CancellationToken ct) => inner.ListAsync(prefix, ct);

        public ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken ct) => inner.DeleteAsync(keys, ct);

        private void Count(string key, bool reads)
        {
            lock (_gate)
            {
                if (reads != isReading || BreaksAfter is not { } left)
                {
                    return;
                }
                BreaksAfter = left == 0 ? null : left - 1;
                if (left > 0)
                {
                    return;
                }
            }
            (instead ?? throw new ObjectStoreException(key, "the disk is full"))();
        }

        private sealed class Upload(BreakingStore store, ObjectUpload inner) : ObjectUpload(inner.Key)
        {
            protected override ValueTask AppendAsync(ReadOnlyMemory<byte> content, long offset, CancellationToken ct)
            {
                store.Count(Key, reads: false);
                return inner.WriteAsync(content, ct);
            }

            protected override ValueTask<ObjectInfo> CommitAsync(long size, CancellationToken ct) => inner.CompleteAsync(ct);

            protected override ValueTask AbortAsync() => inner.DisposeAsync();
        }
    }
}
