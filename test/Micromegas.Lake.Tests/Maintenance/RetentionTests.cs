using System.Globalization;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Maintenance;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Lake.Tests.Writing;
using Micromegas.Storage;

namespace Micromegas.Lake.Tests.Maintenance;

/// <summary>What goes, what stays, and in which order.</summary>
public sealed class RetentionTests
{
    private const string Lobby = "5fff281d-7235-490f-b933-a5cb2f98c62d";

    [Fact]
    public async Task A_dry_run_says_what_a_run_removes()
    {
        await using LakeHost lake = await Open("2026-12-01T00:00:00Z");
        await using var maintainer = Maintainer(lake, new RetentionPolicy { ByTag = new Dictionary<string, TimeSpan> { ["cpu"] = TimeSpan.FromDays(2) } });
        RetentionReport preview = await maintainer.PreviewRetentionAsync(default);
        IReadOnlyList<SourceBlock> before = await lake.Catalog.ListBlocksAsync(default, default);
        SourceBlock[] cpu = before.Where(b => b.Stream.Tags?.Contains("cpu") == true).ToArray();
        Assert.Equal((cpu.Length, cpu.Sum(b => b.Block.PayloadSize), 0), (preview.Blocks, preview.Bytes, preview.Partitions));
        Assert.Equal(new RetentionShare("cpu", cpu.Length, cpu.Sum(b => b.Block.PayloadSize)), Assert.Single(preview.ByTag));
        Assert.Equal(cpu.Length, (await maintainer.RunOnceAsync(default)).BlocksDeleted);
        Assert.Equal(before.Count - cpu.Length, (await lake.Catalog.ListBlocksAsync(default, default)).Count);
        Assert.Equal(0, (await maintainer.PreviewRetentionAsync(default)).Blocks);
    }

    [Fact]
    public async Task What_was_asked_for_survives_its_blocks_and_the_rest_goes()
    {
        await using LakeHost lake = await Open("2026-12-01T00:00:00Z");
        (List<object?[]> asked, _) = await lake.ReadInstanceAsync("log_entries", Lobby);
        await using var maintainer = Maintainer(lake, new RetentionPolicy { ByTag = new Dictionary<string, TimeSpan> { ["log"] = TimeSpan.FromDays(2) } });
        Assert.True((await maintainer.RunOnceAsync(default)).BlocksDeleted > 0);
        Assert.Empty(await lake.Catalog.ListBlocksAsync(new BlockFilter { Tag = "log" }, default));
        (List<object?[]> again, _) = await lake.ReadInstanceAsync("log_entries", Lobby);
        ViewReader.AssertSameRows(asked, again);
    }

    [Theory]
    [InlineData("measures", "metrics")]
    [InlineData("log_entries", "log")]
    [InlineData("log_stats", "log")]
    public async Task What_the_global_views_hold_survives_its_blocks(string view, string tag)
    {
        await using LakeHost lake = await Open("2026-12-01T00:00:00Z");
        (List<object?[]> asked, _) = await lake.ReadViewAsync(view);
        Assert.NotEmpty(asked);
        await using var maintainer = Maintainer(lake, new RetentionPolicy { ByTag = new Dictionary<string, TimeSpan> { [tag] = TimeSpan.FromDays(2) } });
        Assert.True((await maintainer.RunOnceAsync(default)).BlocksDeleted > 0);
        await maintainer.RunOnceAsync(default);
        ViewReader.AssertSameRows(asked, (await lake.ReadViewAsync(view)).Rows);
        Assert.Empty((await lake.RunAsync("SELECT * FROM list_gaps()")).Rows);
    }

    [Fact]
    public async Task Objects_go_an_hour_after_their_rows()
    {
        var clock = new ManualClock(DateTimeOffset.Parse("2026-12-01T00:00:00Z", CultureInfo.InvariantCulture));
        await using LakeHost lake = await Open(clock);
        await using var maintainer = Maintainer(lake, new RetentionPolicy { MaximumAge = TimeSpan.FromDays(5) });
        string[] keys = (await lake.Catalog.ListBlocksAsync(default, default)).Select(b => b.Block.ObjectKey).ToArray();
        await maintainer.RunOnceAsync(default);
        Assert.Empty(await lake.Catalog.ListBlocksAsync(default, default));
        Assert.Equal(keys.Length, (await lake.Catalog.ListDeletionsAsync(default)).Count);
        Assert.Empty(await lake.Catalog.ReadTableAsync(CatalogSchema.Streams, default));
        Assert.Equal(keys.Length, await CountAsync(lake, keys));
        clock.Advance(TimeSpan.FromMinutes(61));
        await maintainer.RunOnceAsync(default);
        Assert.Empty(await lake.Catalog.ListDeletionsAsync(default));
        Assert.Equal(0, await CountAsync(lake, keys));
    }

    [Fact]
    public async Task Pinned_processes_and_those_of_a_rule_are_kept()
    {
        await using LakeHost lake = await Open("2026-12-01T00:00:00Z");
        await lake.Catalog.WriteRowAsync(CatalogSchema.Pins, [Lobby, "the crash of Sunday", 0L], default);
        IReadOnlyList<SourceBlock> before = await lake.Catalog.ListBlocksAsync(default, default);
        KeyValuePair<string, string> property = before.Where(b => b.Process.ProcessId != Guid.Parse(Lobby)).SelectMany(b => b.Process.Properties).First();
        await using var maintainer = Maintainer(lake, new RetentionPolicy
        {
            MaximumAge = TimeSpan.FromDays(1),
            ByProcess = [new RetentionRule(property.Key, property.Value, TimeSpan.FromDays(100))],
        });
        await maintainer.RunOnceAsync(default);
        Guid[] kept = (await lake.Catalog.ListBlocksAsync(default, default)).Select(b => b.Process.ProcessId).Distinct().Order().ToArray();
        Guid[] expected = before.Where(b => b.Process.ProcessId == Guid.Parse(Lobby) || b.Process.Properties.Contains(property))
            .Select(b => b.Process.ProcessId).Distinct().Order().ToArray();
        Assert.Equal(expected, kept);

        // Global partitions are made anew from what is left, and stay then.
        await maintainer.RunOnceAsync(default);
        Assert.Equal(0, (await maintainer.PreviewRetentionAsync(default)).Partitions);
        (List<object?[]> rows, _) = await lake.ReadViewAsync("log_entries");
        Assert.Subset(expected.Select(id => id.ToString("D")).ToHashSet(), rows.Select(r => (string)r[0]!).ToHashSet());
        Assert.NotEmpty(rows);
    }

    [Fact]
    public async Task A_sampler_sees_logs_and_measures_and_is_asked_once()
    {
        await using LakeHost lake = await Open("2026-11-23T00:00:00Z");
        var asked = new List<(Guid Process, string Tag, bool Kept)>();
        await using var maintainer = Maintainer(lake, new RetentionPolicy
        {
            Sampler = async (hour, ct) =>
            {
                bool keep = await hour.CountAsync("log_entries", "level <= 2", ct) > 0;
                asked.Add((hour.ProcessId, hour.Tag, keep));
                return keep;
            },
        });
        await maintainer.RunOnceAsync(default);
        int count = asked.Count;
        Assert.Contains(asked, a => a.Kept);
        Assert.Contains(asked, a => !a.Kept);
        await maintainer.RunOnceAsync(default);
        Assert.Equal(count, asked.Count);
        (List<object?[]> errors, _) = await lake.ReadViewAsync("log_entries");
        var failing = errors.Where(r => (int)r[9]! <= 2).Select(r => Guid.Parse((string)r[0]!)).ToHashSet();
        string[] heavy = ["cpu", "net", "trace", "image"];
        IReadOnlyList<SourceBlock> left = await lake.Catalog.ListBlocksAsync(default, default);
        Assert.All(left.Where(b => b.Stream.Tags!.Any(heavy.Contains)), b => Assert.Contains(b.Process.ProcessId, failing));
        Assert.Contains(left, b => b.Stream.Tags!.Contains("log") && !failing.Contains(b.Process.ProcessId));
    }

    [Fact]
    public async Task Of_a_shared_lake_the_blocks_partitions_forget_what_goes()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync(
            "merged", options: new LakeOptions { TimeProvider = new ManualClock(DateTimeOffset.Parse("2026-12-01T00:00:00Z", CultureInfo.InvariantCulture)) });
        await using var maintainer = Maintainer(lake, new RetentionPolicy { ByTag = new Dictionary<string, TimeSpan> { ["cpu"] = TimeSpan.FromDays(2) } });
        await maintainer.RunOnceAsync(default);
        PartitionRecord blocks = Assert.Single(
            await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = "blocks" }, default), p => !p.IsEmpty);
        Assert.Equal((await lake.Catalog.ListBlocksAsync(default, default)).Count, blocks.RowCount);
    }

    private static async Task<int> CountAsync(LakeHost lake, string[] keys)
    {
        int found = 0;
        foreach (string key in keys)
        {
            found += await lake.Store.HeadAsync(key, default) is null ? 0 : 1;
        }
        return found;
    }

    private static LakeMaintainer Maintainer(LakeHost lake, RetentionPolicy policy) => new(lake, new MaintenanceOptions { Retention = policy });

    private static Task<LakeHost> Open(string now) => Open(new ManualClock(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));

    /// <summary>The recorded blocks in a store that forgets, in a lake that is ours.</summary>
    private static async Task<LakeHost> Open(TimeProvider clock)
    {
        var store = new MemoryObjectStore(clock);
        var recorded = new DirectoryObjectStore(GoldenLake.Store);
        LakeHost lake = await GoldenHost.OpenAsync(
            "global", LakeSharing.Exclusive, withPartitions: false, new LakeOptions { TimeProvider = clock }, store);
        foreach (SourceBlock block in await lake.Catalog.ListBlocksAsync(default, default))
        {
            if (await recorded.HeadAsync(block.Block.ObjectKey, default) is not null)
            {
                await store.PutAsync(block.Block.ObjectKey, await recorded.ReadAllAsync(block.Block.ObjectKey, default), PutMode.CreateOnly, default);
            }
        }
        return lake;
    }
}
