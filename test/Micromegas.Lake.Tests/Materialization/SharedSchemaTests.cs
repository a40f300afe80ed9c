using System.Globalization;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Administration;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Maintenance;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Lake.Tests.Writing;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tests.Materialization;

/// <summary>Lakes whose newest partitions are of another version than ours.</summary>
public sealed class SharedSchemaTests
{
    private const string Process = "4f9fb480-50c9-470a-926e-b23a3acfa936";
    private static readonly byte[] s_foreign = [99];

    [Theory]
    [InlineData(LakeSharing.Shared)]
    [InlineData(LakeSharing.Exclusive)]
    public async Task Maintenance_leaves_a_view_of_another_version_alone_where_others_use_the_lake(LakeSharing sharing)
    {
        await using LakeHost lake = await OpenAsync("global", sharing);
        await CommitAsync(lake, LogEntriesView.Definition, "global", "2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z");
        await using var maintainer = new LakeMaintainer(lake, new MaintenanceOptions { MaintainsSharedViews = true });
        MaintenanceReport report = await maintainer.RunOnceAsync(default);
        var operations = new LakeOperations(lake);
        ValueTask<int> Materialize() => operations.MaterializeAsync(
            "log_entries", Nanoseconds("2026-11-22T16:00:00Z"), Nanoseconds("2026-11-22T17:00:00Z"), CatalogTime.NanosecondsPerHour, null, default);
        if (sharing == LakeSharing.Exclusive)
        {
            Assert.Empty(report.Failures);
            Assert.Equal(0, await Materialize());
            return;
        }

        // Hours and days are made one after the other.
        Assert.All(report.Failures, f => Assert.Equal("log_entries", f.ViewSet));
        MaintenanceFailure failure = report.Failures[0];
        var refused = Assert.IsType<ForeignSchemaException>(failure.Error);
        Assert.Equal("55000", refused.SqlState);
        Assert.Equal(s_foreign, refused.Found.ToArray());
        Assert.Equal(LogEntriesView.Definition.SchemaHash, refused.Expected.ToArray());
        Assert.DoesNotContain(await PartitionsAsync(lake, "log_entries"), p => p.SchemaHash.AsSpan().SequenceEqual(refused.Expected.Span));
        Assert.NotEmpty(await PartitionsAsync(lake, "measures"));
        await Assert.ThrowsAsync<ForeignSchemaException>(async () => await Materialize());
    }

    [Fact]
    public async Task An_older_partition_of_another_version_stops_nobody()
    {
        await using LakeHost lake = await OpenAsync("global", LakeSharing.Shared);
        await using var maintainer = new LakeMaintainer(lake, new MaintenanceOptions { MaintainsSharedViews = true });
        Assert.Empty((await maintainer.RunOnceAsync(default)).Failures);
        await CommitAsync(lake, LogEntriesView.Definition, "global", "2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z");
        Assert.Equal(2, (await PartitionsAsync(lake, "log_entries")).Count);
        Assert.Empty((await maintainer.RunOnceAsync(default)).Failures);
    }

    [Theory]
    [InlineData(LakeSharing.Shared)]
    [InlineData(LakeSharing.Exclusive)]
    public async Task Instances_of_another_version_are_read_from_blocks_where_others_use_the_lake(LakeSharing sharing)
    {
        await using LakeHost untouched = await OpenAsync("ingest", LakeSharing.Exclusive);
        (List<object?[]> expected, _) = await untouched.ReadInstanceAsync("log_entries", Process);
        await using LakeHost lake = await OpenAsync("ingest", sharing);
        IReadOnlyList<SourceBlock> blocks = await lake.Catalog.ListBlocksAsync(
            new BlockFilter { ProcessId = Guid.Parse(Process), Tag = "log" }, default);
        await CommitAsync(lake, LogEntriesView.Definition, Process, blocks.Min(b => b.Block.InsertTime), blocks.Max(b => b.Block.InsertTime));
        (List<object?[]> rows, QueryStatistics statistics) = await lake.ReadInstanceAsync("log_entries", Process);
        ViewReader.AssertSameRows(expected, rows);
        Assert.Equal(sharing == LakeSharing.Shared ? (0, rows.Count) : (1, 0), (statistics.PartitionsWritten, (int)statistics.LiveRows));
    }

    private static async Task<LakeHost> OpenAsync(string state, LakeSharing sharing) => await GoldenHost.OpenAsync(
        state, sharing, withPartitions: false,
        new LakeOptions { TimeProvider = new ManualClock(DateTimeOffset.Parse("2026-11-24T12:00:00Z", CultureInfo.InvariantCulture)) });

    private static Task CommitAsync(LakeHost lake, ViewDefinition view, string instance, string begin, string end) =>
        CommitAsync(lake, view, instance, Nanoseconds(begin), Nanoseconds(end));

    /// <summary>An empty partition of another version.</summary>
    private static async Task CommitAsync(LakeHost lake, ViewDefinition view, string instance, long begin, long end) => await lake.Catalog.CommitPartitionAsync(
        new PartitionRecord
        {
            ViewSet = view.Name,
            InstanceId = instance,
            InsertRange = new LakeTimeRange(begin, end),
            Updated = CatalogTime.Now(lake.Options.TimeProvider),
            SchemaHash = s_foreign,
            SourceHash = PartitionRecord.EncodeSourceCount(0),
        },
        RetireMode.Containment, [], default);

    private static ValueTask<IReadOnlyList<PartitionRecord>> PartitionsAsync(LakeHost lake, string view) =>
        lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = view }, default);

    private static long Nanoseconds(string time) => (DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
}
