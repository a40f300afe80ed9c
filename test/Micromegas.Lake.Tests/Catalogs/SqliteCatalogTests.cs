using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Sqlite;

namespace Micromegas.Lake.Tests.Catalogs;

public sealed class SqliteCatalogTests
{
    private static readonly Guid s_process = new("5fff281d-7235-490f-b933-a5cb2f98c62d");

    [Fact]
    public async Task What_goes_in_comes_out()
    {
        using var scratch = new ScratchFolder();
        var process = new ProcessRecord
        {
            ProcessId = Guid.NewGuid(),
            Exe = "a",
            Username = "b",
            Realname = "c",
            Computer = "d",
            Distro = "e",
            CpuBrand = "f",
            TscFrequency = 5,
            StartTime = 1_000_123_456_000,
            StartTicks = -7,
            InsertTime = 2_000_000,
            ParentProcessId = Guid.NewGuid(),
            Properties = [KeyValuePair.Create("k\"é", "v\n"), KeyValuePair.Create("", "")],
        };
        var stream = new StreamRecord
        {
            StreamId = Guid.NewGuid(),
            ProcessId = process.ProcessId,
            DependenciesMetadata = [1, 2],
            ObjectsMetadata = [],
            Tags = ["log", "x"],
            InsertTime = 3_000,
            Format = "otlp/v1/logs",
        };
        var block = new BlockRecord
        {
            BlockId = Guid.NewGuid(),
            StreamId = stream.StreamId,
            ProcessId = process.ProcessId,
            BeginTime = -5_000,
            BeginTicks = 1,
            EndTime = 6_000,
            EndTicks = long.MaxValue,
            ObjectCount = 3,
            ObjectOffset = 4,
            PayloadSize = 5,
            InsertTime = 7_000,
        };
        await using (SqliteCatalog catalog = await SqliteCatalog.OpenAsync(scratch["c.db"], LakeMode.ReadWriteCreate, TimeProvider.System, default))
        {
            Assert.Equal(1, await catalog.InsertAsync(new CatalogRows { Processes = [process], Streams = [stream], Blocks = [block] }, false, default));
            Assert.Equal(0, await catalog.InsertAsync(new CatalogRows { Processes = [process with { Exe = "other" }], Blocks = [block] }, false, default));
        }
        await using SqliteCatalog reopened = await SqliteCatalog.OpenAsync(scratch["c.db"], LakeMode.ReadWrite, TimeProvider.System, default);
        SourceBlock found = Assert.Single(await reopened.ListBlocksAsync(default, default));
        Assert.Equivalent(new SourceBlock(block, stream, process), found, strict: true);
        Assert.Equal($"blobs/{process.ProcessId}/{stream.StreamId}/{block.BlockId}", found.Block.ObjectKey);
        Assert.Equivalent(process, await reopened.FindProcessAsync(process.ProcessId, default), strict: true);
        Assert.Null(await reopened.FindProcessAsync(Guid.NewGuid(), default));
        Assert.Null(await reopened.FindStreamAsync(Guid.NewGuid(), default));
        Assert.Equal(LakeSharing.Exclusive, reopened.Sharing);
    }

    [Fact]
    public async Task Stamped_insert_times_are_the_clocks()
    {
        await using SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(new FixedClock(DateTimeOffset.UnixEpoch.AddSeconds(9)), default);
        var process = new ProcessRecord { ProcessId = Guid.NewGuid(), InsertTime = 5 };
        await catalog.InsertAsync(new CatalogRows { Processes = [process] }, stampInsertTime: true, default);
        Assert.Equal(9_000_000_000, (await catalog.FindProcessAsync(process.ProcessId, default))!.InsertTime);
    }

    [Fact]
    public async Task Blocks_are_found_by_process_tag_stream_and_times()
    {
        await using ILakeCatalog catalog = await GoldenLake.OpenAsync("global");
        IReadOnlyList<SourceBlock> all = await catalog.ListBlocksAsync(default, default);
        Assert.Equal(160, all.Count);
        Assert.Equal(all.OrderBy(b => b.Block.InsertTime).ThenBy(b => b.Block.BlockId), all);
        long middle = all[80].Block.InsertTime;
        long eventTime = all[80].Block.EndTime;
        Guid stream = all[3].Block.StreamId;
        (BlockFilter Filter, Func<SourceBlock, bool> Naive)[] cases =
        [
            (new BlockFilter { ProcessId = s_process }, b => b.Block.ProcessId == s_process),
            (new BlockFilter { ProcessId = s_process, Tag = "log" }, b => b.Block.ProcessId == s_process && b.Stream.Tags!.Contains("log")),
            (new BlockFilter { StreamId = stream }, b => b.Block.StreamId == stream),
            (new BlockFilter { Tag = "metrics", InsertRange = new LakeTimeRange(0, middle) },
                b => b.Stream.Tags!.Contains("metrics") && b.Block.InsertTime < middle),
            (new BlockFilter { InsertRange = new LakeTimeRange(middle, long.MaxValue) }, b => b.Block.InsertTime >= middle),
            (new BlockFilter { InsertRange = new LakeTimeRange(middle + 1, long.MaxValue) }, b => b.Block.InsertTime > middle),
            (new BlockFilter { EventRange = new LakeTimeRange(eventTime, eventTime + 1_000_000_000) },
                b => b.Block.BeginTime <= eventTime + 1_000_000_000 && b.Block.EndTime >= eventTime),
        ];
        foreach ((BlockFilter filter, Func<SourceBlock, bool> naive) in cases)
        {
            SourceBlock[] expected = all.Where(naive).ToArray();
            Assert.NotEmpty(expected);
            Assert.Equal(expected.Select(b => b.Block.BlockId), (await catalog.ListBlocksAsync(filter, default)).Select(b => b.Block.BlockId));
            BlockTotals totals = await catalog.SumBlocksAsync(filter, default);
            Assert.Equal(
                new BlockTotals(expected.Length, expected.Sum(b => (long)b.Block.ObjectCount), expected.Min(b => b.Block.InsertTime), expected.Max(b => b.Block.InsertTime)),
                totals);
            IReadOnlyList<HourTotals> hours = await catalog.SumBlocksPerHourAsync(filter, default);
            Assert.Equal(
                expected.GroupBy(b => CatalogTime.FloorToHour(b.Block.InsertTime)).OrderBy(g => g.Key).Select(g => (g.Key, (long)g.Count(), g.Sum(b => (long)b.Block.ObjectCount))),
                hours.Select(h => (h.Hour, h.Totals.Blocks, h.Totals.Objects)));
        }
        Assert.Equal(0, (await catalog.SumBlocksAsync(new BlockFilter { StreamId = Guid.NewGuid() }, default)).Blocks);
    }

    [Fact]
    public async Task A_block_without_process_row_does_not_count()
    {
        await using ILakeCatalog catalog = await GoldenLake.OpenAsync("ingest");
        var known = new HashSet<object?>((await catalog.ReadTableAsync(CatalogSchema.Processes, default)).Select(r => r[0]));
        var streams = new HashSet<object?>((await catalog.ReadTableAsync(CatalogSchema.Streams, default)).Select(r => r[0]));
        int expected = (await catalog.ReadTableAsync(CatalogSchema.Blocks, default)).Count(r => streams.Contains(r[1]) && known.Contains(r[2]));
        Assert.InRange(expected, 1, 45);
        Assert.Equal(expected, (await catalog.ListBlocksAsync(default, default)).Count);
    }

    [Fact]
    public async Task A_lease_has_one_owner_until_it_expires()
    {
        await using SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(TimeProvider.System, default);
        Assert.True(await catalog.TryAcquireLeaseAsync("jit", "a", 1_000, 5_000, default));
        Assert.False(await catalog.TryAcquireLeaseAsync("jit", "b", 2_000, 9_000, default));
        Assert.True(await catalog.TryAcquireLeaseAsync("jit", "a", 2_000, 6_000, default));
        Assert.True(await catalog.TryAcquireLeaseAsync("other", "b", 2_000, 9_000, default));
        Assert.True(await catalog.TryAcquireLeaseAsync("jit", "b", 6_000, 9_000, default));
        await catalog.ReleaseLeaseAsync("jit", "a", default);
        Assert.False(await catalog.TryAcquireLeaseAsync("jit", "a", 7_000, 9_000, default));
        await catalog.ReleaseLeaseAsync("jit", "b", default);
        Assert.True(await catalog.TryAcquireLeaseAsync("jit", "a", 7_000, 9_000, default));
    }

    [Fact]
    public async Task Failed_blocks_are_remembered_once_per_view()
    {
        await using SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(TimeProvider.System, default);
        Guid block = Guid.NewGuid();
        await catalog.RecordFailedBlocksAsync([new FailedBlock(block, "log_entries", "torn", 1_000), new FailedBlock(block, "measures", "torn", 1_000)], default);
        await catalog.RecordFailedBlocksAsync([new FailedBlock(block, "log_entries", "missing", 2_000)], default);
        Assert.Equal(
            [new FailedBlock(block, "measures", "torn", 1_000), new FailedBlock(block, "log_entries", "missing", 2_000)],
            await catalog.ListFailedBlocksAsync(default));
    }

    [Fact]
    public async Task What_is_no_lake_is_refused_with_a_name()
    {
        using var scratch = new ScratchFolder();
        Assert.Equal("08006", (await Open("missing.db", LakeMode.ReadWrite)).SqlState);
        Assert.Equal("08006", (await Open("missing.db", LakeMode.ReadOnly)).SqlState);
        Assert.False(File.Exists(scratch["missing.db"]));
        await File.WriteAllTextAsync(scratch["text.db"], new string('x', 10_000));
        Assert.Equal("08006", (await Open("text.db", LakeMode.ReadWriteCreate)).SqlState);
        await using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={scratch["other.db"]};Pooling=false"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE mine(x)";
            command.ExecuteNonQuery();
        }
        Assert.Contains("not a lake", (await Open("other.db", LakeMode.ReadWriteCreate)).Message, StringComparison.Ordinal);

        Task<LakeException> Open(string name, LakeMode mode) => Assert.ThrowsAnyAsync<LakeException>(
            async () => await SqliteCatalog.OpenAsync(scratch[name], mode, TimeProvider.System, default));
    }

    [Fact]
    public async Task A_newer_catalogue_is_refused()
    {
        using var scratch = new ScratchFolder();
        await (await SqliteCatalog.OpenAsync(scratch["c.db"], LakeMode.ReadWriteCreate, TimeProvider.System, default)).DisposeAsync();
        await using (var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={scratch["c.db"]};Pooling=false"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "UPDATE lakehouse_migration SET version = 10";
            command.ExecuteNonQuery();
        }
        var error = await Assert.ThrowsAsync<LakeVersionException>(
            async () => await SqliteCatalog.OpenAsync(scratch["c.db"], LakeMode.ReadWrite, TimeProvider.System, default));
        Assert.Equal((10, 9), (error.Found, error.Expected));
    }

    [Fact]
    public async Task Reading_only_writes_nothing()
    {
        using var scratch = new ScratchFolder();
        await (await SqliteCatalog.OpenAsync(scratch["c.db"], LakeMode.ReadWriteCreate, TimeProvider.System, default)).DisposeAsync();
        await using SqliteCatalog catalog = await SqliteCatalog.OpenAsync(scratch["c.db"], LakeMode.ReadOnly, TimeProvider.System, default);
        var error = await Assert.ThrowsAsync<LakeException>(async () => await catalog.InsertAsync(new CatalogRows(), false, default));
        Assert.Equal("25006", error.SqlState);
    }

    [Fact]
    public async Task A_writer_that_waits_for_another_process_can_be_cancelled_and_goes_on_when_it_is_free()
    {
        using var scratch = new ScratchFolder();
        await using SqliteCatalog first = await SqliteCatalog.OpenAsync(scratch["c.db"], LakeMode.ReadWriteCreate, TimeProvider.System, default);
        using var other = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={scratch["c.db"]};Pooling=false");
        other.Open();
        using var transaction = other.BeginTransaction();
        using var cancel = new CancellationTokenSource();
        Task waiting = first.InsertAsync(new CatalogRows { Processes = [new ProcessRecord { ProcessId = s_process }] }, false, cancel.Token).AsTask();
        await Task.Delay(30);
        Assert.False(waiting.IsCompleted);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 5_000);
        ValueTask<int> again = first.InsertAsync(new CatalogRows { Processes = [new ProcessRecord { ProcessId = s_process }] }, false, default);
        transaction.Rollback();
        await again;
        Assert.NotNull(await first.FindProcessAsync(s_process, default));
    }

    [Fact]
    public async Task A_long_statement_is_interrupted()
    {
        await using var thread = new SqliteThread("Data Source=:memory:;Pooling=false");
        using var cancel = new CancellationTokenSource();
        Task<object?> endless = thread.ReadAsync(
            connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT max(x) FROM t";
                return command.ExecuteScalar();
            },
            cancel.Token).AsTask();
        await Task.Delay(50);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 5_000);
        Assert.Equal(1, await thread.ReadAsync(_ => 1, default));
    }

    [Fact]
    public async Task A_closed_catalogue_says_so()
    {
        SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(TimeProvider.System, default);
        await catalog.DisposeAsync();
        await catalog.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await catalog.FindProcessAsync(s_process, default));
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
