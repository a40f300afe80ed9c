using System.Globalization;
using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tests.Tables;

namespace Micromegas.Lake.Tests.Materialization;

/// <summary>Global views without a daemon: closed hours are written once, the open hour is read live (design.md §3).</summary>
public sealed class ClosedHourTests
{
    [Theory]
    [InlineData("log_entries")]
    [InlineData("measures")]
    public async Task A_closed_hour_is_decoded_once(string view)
    {
        await using LakeHost lake = await Open("2026-11-22T17:01:01Z", LakeSharing.Exclusive);
        (List<object?[]> first, QueryStatistics building) = await lake.ReadViewAsync(view);
        (List<object?[]> second, QueryStatistics reading) = await lake.ReadViewAsync(view);
        Assert.Equal((1, 0), (building.PartitionsWritten, building.LiveRows));
        Assert.Equal((0, 0, 1), (reading.BlocksDecoded, reading.PartitionsWritten, reading.PartitionsRead));
        ViewReader.AssertSameRows(first, second);
        PartitionRecord record = Assert.Single(await lake.Catalog.ListPartitionsAsync(default, default));
        Assert.Equal((CatalogTime.NanosecondsPerHour, first.Count), (record.InsertRange.End - record.InsertRange.Begin, record.RowCount));

        await using LakeHost recorded = await GoldenHost.OpenAsync("merged");
        ViewReader.AssertSameRows((await recorded.ReadViewAsync(view)).Rows, first);
        PartitionRecord theirs = Assert.Single(
            await recorded.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = view, InstanceId = "global" }, default), p => !p.IsEmpty);
        Assert.Equal((theirs.InsertRange, theirs.SourceCount, theirs.RowCount), (record.InsertRange, record.SourceCount, record.RowCount));
    }

    [Theory]
    [InlineData("2026-11-22T17:00:59Z", LakeSharing.Exclusive)]
    [InlineData("2026-11-23T12:00:00Z", LakeSharing.Shared)]
    public async Task An_open_hour_and_a_shared_lake_are_read_live(string now, LakeSharing sharing)
    {
        await using LakeHost lake = await Open(now, sharing);
        for (int run = 0; run < 2; run++)
        {
            (List<object?[]> rows, QueryStatistics statistics) = await lake.ReadViewAsync("log_entries");
            Assert.Equal((0, rows.Count), (statistics.PartitionsWritten, statistics.LiveRows));
            Assert.True(statistics.BlocksDecoded > 0);
        }
        Assert.Empty(await lake.Catalog.ListPartitionsAsync(default, default));
    }

    [Fact]
    public async Task An_hour_that_no_question_touches_is_not_closed()
    {
        await using LakeHost lake = await Open("2026-11-23T12:00:00Z", LakeSharing.Exclusive);
        (List<object?[]> rows, QueryStatistics statistics) = await lake.ReadViewAsync("log_entries", new TimeRange(0, 1_000_000_000));
        Assert.Empty(rows);
        Assert.Equal((0, 0), (statistics.PartitionsWritten, statistics.BlocksDecoded));
    }

    [Fact]
    public async Task A_block_that_came_late_is_seen_at_once_and_the_hour_written_anew()
    {
        await using LakeHost lake = await Open("2026-11-22T17:01:01Z", LakeSharing.Exclusive);
        (List<object?[]> before, _) = await lake.ReadViewAsync("log_entries");
        SourceBlock some = (await lake.Catalog.ListBlocksAsync(new BlockFilter { Tag = "log" }, default))[0];
        var late = some.Block with { BlockId = Guid.NewGuid(), InsertTime = some.Block.InsertTime + 1_000 };
        await lake.Store.PutAsync(
            late.ObjectKey, await Micromegas.Storage.ObjectStoreExtensions.ReadAllAsync(lake.Store, some.Block.ObjectKey, default), Micromegas.Storage.PutMode.CreateOnly, default);
        await lake.Catalog.InsertAsync(new CatalogRows { Blocks = [late] }, stampInsertTime: false, default);
        (List<object?[]> after, QueryStatistics statistics) = await lake.ReadViewAsync("log_entries");
        Assert.Equal(1, statistics.PartitionsWritten);
        Assert.True(after.Count > before.Count);
        Assert.Single(await lake.Catalog.ListPartitionsAsync(default, default));
    }

    [Fact]
    public async Task Of_a_shared_lake_a_partition_that_misses_a_block_is_read_around()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("merged");
        (List<object?[]> before, QueryStatistics files) = await lake.ReadViewAsync("log_entries");
        Assert.Equal(0, files.BlocksDecoded);
        SourceBlock some = (await lake.Catalog.ListBlocksAsync(new BlockFilter { Tag = "log" }, default))[0];
        var late = some.Block with { BlockId = Guid.NewGuid(), InsertTime = some.Block.InsertTime + 1_000 };
        await lake.Store.PutAsync(
            late.ObjectKey, await Micromegas.Storage.ObjectStoreExtensions.ReadAllAsync(lake.Store, some.Block.ObjectKey, default), Micromegas.Storage.PutMode.CreateOnly, default);
        await lake.Catalog.InsertAsync(new CatalogRows { Blocks = [late] }, stampInsertTime: false, default);
        (List<object?[]> after, QueryStatistics statistics) = await lake.ReadViewAsync("log_entries");
        Assert.Equal((0, after.Count), (statistics.PartitionsWritten, statistics.LiveRows));
        Assert.True(after.Count > before.Count);
    }

    [Fact]
    public async Task Old_hours_are_looked_at_again_when_their_partitions_vanish()
    {
        await using LakeHost lake = await Open("2026-11-30T12:00:00Z", LakeSharing.Exclusive);
        (List<object?[]> first, QueryStatistics building) = await lake.ReadViewAsync("log_entries");
        (List<object?[]> second, QueryStatistics reading) = await lake.ReadViewAsync("log_entries");
        Assert.Equal((1, 0), (building.PartitionsWritten, reading.BlocksDecoded));

        // Somebody retires the hour: an empty record of another schema takes its place.
        PartitionRecord record = Assert.Single(await lake.Catalog.ListPartitionsAsync(default, default));
        await lake.Catalog.CommitPartitionAsync(
            record with { SchemaHash = [99], RowCount = 0, FilePath = null, FileSize = 0, EventRange = null }, RetireMode.Containment, [], default);
        (List<object?[]> third, QueryStatistics rebuilding) = await lake.ReadViewAsync("log_entries");
        Assert.Equal(1, rebuilding.PartitionsWritten);
        ViewReader.AssertSameRows(first, second);
        ViewReader.AssertSameRows(first, third);
    }

    private static Task<LakeHost> Open(string now, LakeSharing sharing) =>
        GoldenHost.OpenAsync("global", sharing, withPartitions: false, new LakeOptions { TimeProvider = new FixedClock(now) });

    private sealed class FixedClock(string now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse(now, CultureInfo.InvariantCulture);
    }
}
