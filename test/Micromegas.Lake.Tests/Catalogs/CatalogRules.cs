using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Transfer;

namespace Micromegas.Lake.Tests.Catalogs;

/// <summary>What every catalogue promises; each catalogue's test class runs all of it.</summary>
public abstract class CatalogRules
{
    private static readonly Guid s_process = new("5fff281d-7235-490f-b933-a5cb2f98c62d");

    /// <summary>A new, empty catalogue.</summary>
    private protected abstract ValueTask<ILakeCatalog> CreateAsync(TimeProvider? clock = null);

    /// <summary>The catalogue that was created last, once more.</summary>
    private protected abstract ValueTask<ILakeCatalog> OpenAgainAsync(LakeMode mode);

    [Fact]
    public async Task What_goes_in_comes_out()
    {
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
        await using (ILakeCatalog catalog = await CreateAsync())
        {
            Assert.Equal(1, await catalog.InsertAsync(new CatalogRows { Processes = [process], Streams = [stream], Blocks = [block] }, false, default));
            Assert.Equal(0, await catalog.InsertAsync(new CatalogRows { Processes = [process with { Exe = "other" }], Blocks = [block] }, false, default));
        }
        await using ILakeCatalog reopened = await OpenAgainAsync(LakeMode.ReadWrite);
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
        await using ILakeCatalog catalog = await CreateAsync(new FixedClock(DateTimeOffset.UnixEpoch.AddSeconds(9)));
        var process = new ProcessRecord { ProcessId = Guid.NewGuid(), InsertTime = 5 };
        await catalog.InsertAsync(new CatalogRows { Processes = [process] }, stampInsertTime: true, default);
        Assert.Equal(9_000_000_000, (await catalog.FindProcessAsync(process.ProcessId, default))!.InsertTime);
    }

    [Fact]
    public async Task Blocks_are_found_by_process_tag_stream_and_times()
    {
        await using ILakeCatalog catalog = await RecordedAsync("global");
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
        await using ILakeCatalog catalog = await RecordedAsync("ingest");
        var known = new HashSet<object?>((await catalog.ReadTableAsync(CatalogSchema.Processes, default)).Select(r => r[0]));
        var streams = new HashSet<object?>((await catalog.ReadTableAsync(CatalogSchema.Streams, default)).Select(r => r[0]));
        int expected = (await catalog.ReadTableAsync(CatalogSchema.Blocks, default)).Count(r => streams.Contains(r[1]) && known.Contains(r[2]));
        Assert.InRange(expected, 1, 45);
        Assert.Equal(expected, (await catalog.ListBlocksAsync(default, default)).Count);
    }

    [Fact]
    public async Task A_lease_has_one_owner_until_it_expires()
    {
        await using ILakeCatalog catalog = await CreateAsync();
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
        await using ILakeCatalog catalog = await CreateAsync();
        Guid block = Guid.NewGuid();
        await catalog.RecordFailedBlocksAsync([new FailedBlock(block, "log_entries", "torn", 1_000), new FailedBlock(block, "measures", "torn", 1_000)], default);
        await catalog.RecordFailedBlocksAsync([new FailedBlock(block, "log_entries", "missing", 2_000)], default);
        Assert.Equal(
            [new FailedBlock(block, "measures", "torn", 1_000), new FailedBlock(block, "log_entries", "missing", 2_000)],
            await catalog.ListFailedBlocksAsync(default));
    }

    [Fact]
    public async Task A_closed_catalogue_says_so()
    {
        ILakeCatalog catalog = await CreateAsync();
        await catalog.DisposeAsync();
        await catalog.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await catalog.FindProcessAsync(s_process, default));
    }

    [Fact]
    public async Task Deleted_blocks_are_remembered_until_their_objects_are_gone()
    {
        await using ILakeCatalog catalog = await RecordedAsync("global");
        BlockRecord[] blocks = [.. (await catalog.ListBlocksAsync(new BlockFilter { ProcessId = s_process }, default)).Select(b => b.Block).Take(3)];
        await catalog.DeleteBlocksAsync(blocks, 5_000, default);
        await catalog.DeleteBlocksAsync([.. blocks, blocks[0] with { BlockId = Guid.NewGuid() }], 9_000, default);
        Assert.Equal(
            blocks.Select(b => new BlockDeletion(b.BlockId, b.ObjectKey, b.PayloadSize, b.InsertTime, 5_000)).OrderBy(d => d.ObjectKey, StringComparer.Ordinal),
            (await catalog.ListDeletionsAsync(default)).OrderBy(d => d.ObjectKey, StringComparer.Ordinal));
        Assert.Equal(157, (await catalog.SumBlocksAsync(default, default)).Blocks);
        await catalog.ForgetDeletionsAsync([blocks[0].BlockId, blocks[1].BlockId], default);
        Assert.Equal(blocks[2].BlockId, Assert.Single(await catalog.ListDeletionsAsync(default)).BlockId);
    }

    [Fact]
    public async Task Sources_without_blocks_go_unless_something_decoded_is_kept_of_them()
    {
        await using ILakeCatalog catalog = await CreateAsync();
        ProcessRecord[] processes = [.. Enumerable.Range(0, 4).Select(i => new ProcessRecord { ProcessId = Guid.NewGuid(), InsertTime = i == 3 ? 9_000 : 1_000 })];
        StreamRecord[] streams = [.. processes.Select(p => new StreamRecord { StreamId = Guid.NewGuid(), ProcessId = p.ProcessId, InsertTime = p.InsertTime })];
        var block = new BlockRecord { BlockId = Guid.NewGuid(), StreamId = streams[0].StreamId, ProcessId = processes[0].ProcessId, InsertTime = 1_000 };
        await catalog.InsertAsync(new CatalogRows { Processes = processes, Streams = streams, Blocks = [block] }, false, default);
        await catalog.CommitPartitionAsync(
            new PartitionRecord
            {
                ViewSet = "thread_spans",
                InstanceId = streams[1].StreamId.ToString("D"),
                InsertRange = new LakeTimeRange(1_000, 2_000),
                EventRange = new LakeTimeRange(1_000, 2_000),
                FilePath = "views/x",
                RowCount = 1,
                Updated = 1_000,
                SchemaHash = [1],
                SourceHash = PartitionRecord.EncodeSourceCount(1),
            },
            RetireMode.Containment,
            [],
            default);

        // The first has a block, the second's stream a partition, the fourth is too young.
        Assert.Equal(2, await catalog.DeleteEmptySourcesAsync(5_000, default));
        Assert.Null(await catalog.FindProcessAsync(processes[2].ProcessId, default));
        Assert.Null(await catalog.FindStreamAsync(streams[2].StreamId, default));
        Assert.NotNull(await catalog.FindStreamAsync(streams[1].StreamId, default));
        Assert.NotNull(await catalog.FindProcessAsync(processes[3].ProcessId, default));
    }

    [Fact]
    public async Task Partitions_are_retired_row_by_row()
    {
        await using ILakeCatalog catalog = await RecordedAsync("merged");
        PartitionRecord[] some = [.. (await catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = "log_entries" }, default)).Where(p => !p.IsEmpty).Take(2)];
        IReadOnlyList<TemporaryFile> retired = await catalog.ListExpiredFilesAsync(long.MaxValue, int.MaxValue, default);
        Assert.Equal([true, false], await catalog.RetirePartitionsAsync([some[0], some[1] with { FilePath = "elsewhere" }], default));
        Assert.Equal([false, true], await catalog.RetirePartitionsAsync([some[0], some[1]], default));
        Assert.Equal(1255, (await catalog.ListPartitionsAsync(default, default)).Count);
        Assert.Equal(
            some.Select(p => p.FilePath!).Order(StringComparer.Ordinal),
            (await catalog.ListExpiredFilesAsync(long.MaxValue, int.MaxValue, default)).Except(retired).Select(f => f.FilePath).Order(StringComparer.Ordinal));
    }

    private protected async Task<ILakeCatalog> RecordedAsync(string state)
    {
        ILakeCatalog catalog = await CreateAsync();
        await CatalogFolder.ImportAsync(catalog, GoldenLake.CatalogFolder(state), null, default);
        return catalog;
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
