using System.Globalization;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Maintenance;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Lake.Tests.Writing;
using Micromegas.Storage;

namespace Micromegas.Lake.Tests.Maintenance;

/// <summary>The schedule of maintenance with a clock of the test's own, and single runs.</summary>
public sealed class LakeMaintainerTests
{
    [Theory]
    [InlineData("second", "2026-11-22T12:00:07.9Z", "2026-11-22T12:00:08.5Z", "2026-11-22T12:00:06Z", "2026-11-22T12:00:07Z")]
    [InlineData("minute", "2026-11-22T12:01:59Z", "2026-11-22T12:02:30Z", "2026-11-22T12:00:00Z", "2026-11-22T12:01:00Z")]
    [InlineData("hour", "2026-11-22T12:59:00Z", "2026-11-22T13:10:00Z", "2026-11-22T11:00:00Z", "2026-11-22T13:00:00Z")]
    [InlineData("day", "2026-11-22T12:00:00Z", "2026-11-23T04:00:00Z", "2026-11-21T00:00:00Z", "2026-11-23T00:00:00Z")]
    public void A_task_runs_after_its_period_and_covers_what_is_over(string name, string now, string run, string begin, string end)
    {
        ScheduledTask task = ((ScheduledTask[])[ScheduledTask.Second, ScheduledTask.Minute, ScheduledTask.Hour, ScheduledTask.Day]).Single(t => t.Name == name);
        Assert.Equal(CatalogTime.ToText(Nanoseconds(run)), CatalogTime.ToText(task.NextRun(Nanoseconds(now))));
        Assert.Equal(new LakeTimeRange(Nanoseconds(begin), Nanoseconds(end)), task.RangeOf(Nanoseconds(run)));
    }

    [Fact]
    public async Task The_schedule_makes_minutes_and_hours_as_they_pass()
    {
        var clock = new ManualClock(DateTimeOffset.Parse("2026-11-22T16:56:10Z", CultureInfo.InvariantCulture));
        await using LakeHost lake = await Open(clock, LakeSharing.Exclusive);
        await using var maintainer = new LakeMaintainer(lake, new MaintenanceOptions());
        maintainer.Start();
        await WaitAsync(clock);
        clock.Advance(TimeSpan.FromSeconds(80));
        await WaitAsync(clock);

        // The run of 16:57:30 makes the minute that ended at 16:56.
        Assert.Equal(["log_entries 16:55-16:56", "log_stats 16:55-16:56", "measures 16:55-16:56"], await PartitionsAsync(lake));
        clock.Advance(TimeSpan.FromSeconds(60));
        await WaitAsync(clock);
        Assert.Equal(6, (await PartitionsAsync(lake)).Length);
        clock.Advance(TimeSpan.FromMinutes(12));
        await WaitAsync(clock);
        Assert.Equal(["log_entries 16:00-17:00", "log_stats 16:00-17:00", "measures 16:00-17:00"], await PartitionsAsync(lake));
        await maintainer.StopAsync(default);
        int partitions = (await PartitionsAsync(lake)).Length;
        clock.Advance(TimeSpan.FromHours(36));
        Assert.Equal(partitions, (await PartitionsAsync(lake)).Length);
    }

    [Fact]
    public async Task A_shared_lake_is_left_to_upstream_unless_asked()
    {
        await using LakeHost lake = await Open(At("2026-11-24T12:00:00Z"), LakeSharing.Shared);
        await using var polite = new LakeMaintainer(lake, new MaintenanceOptions());
        Assert.Equal((0, 0), Figures(await polite.RunOnceAsync(default)));
        await using var asked = new LakeMaintainer(lake, new MaintenanceOptions { MaintainsSharedViews = true });
        Assert.Equal((6, 0), Figures(await asked.RunOnceAsync(default)));
        Assert.Equal((0, 0), Figures(await asked.RunOnceAsync(default)));
    }

    [Fact]
    public async Task A_view_that_fails_does_not_keep_the_others()
    {
        await using LakeHost lake = await Open(At("2026-11-24T12:00:00Z"), LakeSharing.Exclusive);
        await using var maintainer = new LakeMaintainer(lake, new MaintenanceOptions { MemoryLimit = 1 });
        MaintenanceReport report = await maintainer.RunOnceAsync(default);
        Assert.Equal(["log_entries", "log_stats", "measures"], report.Failures.Select(f => f.ViewSet).Distinct().Order(StringComparer.Ordinal));
        Assert.All(report.Failures, f => Assert.IsType<Micromegas.Columnar.MemoryLimitException>(f.Error));
        Assert.Empty(await lake.Catalog.ListPartitionsAsync(default, default));
        await using var generous = new LakeMaintainer(lake, new MaintenanceOptions());
        Assert.Equal((3, 0), Figures(await generous.RunOnceAsync(default)));
    }

    [Fact]
    public async Task Retired_files_go_when_their_hour_is_over()
    {
        var clock = new ManualClock(DateTimeOffset.Parse("2026-11-22T17:05:00Z", CultureInfo.InvariantCulture));
        await using LakeHost lake = await Open(clock, LakeSharing.Exclusive);
        await using var maintainer = new LakeMaintainer(lake, new MaintenanceOptions());
        await maintainer.RunAsync(ScheduledTask.Minute, Nanoseconds("2026-11-22T16:57:30Z"), default);
        await maintainer.RunAsync(ScheduledTask.Minute, Nanoseconds("2026-11-22T16:58:30Z"), default);
        await maintainer.RunAsync(ScheduledTask.Hour, Nanoseconds("2026-11-22T17:10:00Z"), default);
        Assert.Equal(9, await CountFilesAsync(lake));
        Assert.Equal(0, (await maintainer.RunOnceAsync(default)).FilesDeleted);

        // Those that upstream had retired when the catalogue was recorded go too.
        clock.Advance(TimeSpan.FromMinutes(125));
        Assert.True((await maintainer.RunOnceAsync(default)).FilesDeleted >= 6);
        Assert.Equal(3, await CountFilesAsync(lake));
        Assert.Empty(await lake.Catalog.ReadTableAsync(CatalogSchema.TemporaryFiles, default));
        (List<object?[]> rows, _) = await lake.ReadViewAsync("log_entries");
        Assert.NotEmpty(rows);
    }

    private static async Task<int> CountFilesAsync(LakeHost lake)
    {
        int files = 0;
        await foreach (ObjectInfo info in lake.Store.ListAsync("views/", default))
        {
            files++;
        }
        return files;
    }

    private static async Task<string[]> PartitionsAsync(LakeHost lake) => (await lake.Catalog.ListPartitionsAsync(default, default))
        .Select(p => $"{p.ViewSet} {CatalogTime.ToText(p.InsertRange.Begin)[11..16]}-{CatalogTime.ToText(p.InsertRange.End)[11..16]}")
        .Order(StringComparer.Ordinal).ToArray();

    /// <summary>Until all tasks wait for their next run.</summary>
    private static async Task WaitAsync(ManualClock clock)
    {
        while (clock.ArmedBeyond(BuildLease.Length) < 3)
        {
            await Task.Yield();
        }
    }

    private static (int Written, int Merged) Figures(MaintenanceReport report)
    {
        Assert.Empty(report.Failures);
        return (report.PartitionsWritten, report.PartitionsMerged);
    }

    private static Task<LakeHost> Open(TimeProvider clock, LakeSharing sharing) =>
        GoldenHost.OpenAsync("global", sharing, withPartitions: false, new LakeOptions { TimeProvider = clock });

    private static ManualClock At(string now) => new(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture));

    private static long Nanoseconds(string time) => (DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).UtcTicks - DateTime.UnixEpoch.Ticks) * 100;
}
