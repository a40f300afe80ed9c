using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tests.Materialization;

/// <summary>Global partitions, against those that upstream's maintenance wrote of the same blocks.</summary>
public sealed class GlobalMaterializationTests
{
    private const long Minute = 60_000_000_000;

    public static TheoryData<LakeSharing> Sharings => [LakeSharing.Shared, LakeSharing.Exclusive];

    [Theory]
    [MemberData(nameof(Sharings))]
    public async Task Two_minutes_give_the_twelve_partitions_that_upstream_recorded(LakeSharing sharing)
    {
        await using LakeHost ours = await Open("2026-11-22T16:58:00Z", sharing);
        await MaterializeAsync(ours, "2026-11-22T16:55:00Z", "2026-11-22T16:57:00Z", Minute);
        await AssertSameAsync(ours, "global", 12);

        // The same again finds everything done.
        Assert.Equal(default, await MaterializeAsync(ours, "2026-11-22T16:55:00Z", "2026-11-22T16:57:00Z", Minute));

        // And one bucket of an hour merges them.
        Materialized merged = await MaterializeAsync(ours, "2026-11-22T16:00:00Z", "2026-11-22T17:00:00Z", CatalogTime.NanosecondsPerHour);
        Assert.Equal(new Materialized(0, 6), merged);
        await AssertSameAsync(ours, "merged", 6);
        Assert.Equal(12, (await ours.Catalog.ReadTableAsync(CatalogSchema.TemporaryFiles, default)).Count - RetiredBefore);
    }

    // Files that the recorded catalogue of state `global` had retired already.
    private static int RetiredBefore => GoldenLake.Rows(GoldenLake.CatalogFolder("global"), "temporary_files").Length;

    [Fact]
    public async Task An_hour_from_its_source_is_the_merged_hour()
    {
        await using LakeHost ours = await Open("2026-11-22T17:10:00Z", LakeSharing.Shared);
        Materialized done = await MaterializeAsync(ours, "2026-11-22T16:00:00Z", "2026-11-22T17:00:00Z", CatalogTime.NanosecondsPerHour);
        Assert.Equal(new Materialized(6, 0), done);
        await AssertSameAsync(ours, "merged", 6);
    }

    [Fact]
    public async Task A_day_is_divided_and_only_what_may_be_that_long_is_merged()
    {
        await using LakeHost ours = await Open("2026-11-24T05:00:00Z", LakeSharing.Exclusive);
        LakeTimeRange day = Range("2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z");
        await MaterializeAsync(ours, "2026-11-22T16:55:00Z", "2026-11-22T16:57:00Z", Minute);
        await MaterializeAsync(ours, "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", day.End - day.Begin);
        PartitionRecord[] partitions = (await ours.Catalog.ListPartitionsAsync(default, default)).OrderBy(p => p.ViewSet, StringComparer.Ordinal).ToArray();
        Assert.Equal(
            ["blocks 24", "log_entries 1", "log_stats 24", "measures 1", "processes 24", "streams 24"],
            partitions.Select(p => $"{p.ViewSet} {(p.InsertRange.End - p.InsertRange.Begin) / CatalogTime.NanosecondsPerHour}"));
        Assert.Equal(default, await MaterializeAsync(ours, "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", day.End - day.Begin));
    }

    [Fact]
    public async Task Where_nothing_arrived_nothing_is_written_unless_upstream_looks_on()
    {
        await using LakeHost ours = await Open("2026-11-22T16:58:00Z", LakeSharing.Exclusive);
        Assert.Equal(default, await MaterializeAsync(ours, "2026-11-22T10:00:00Z", "2026-11-22T10:00:05Z", 1_000_000_000));
        Assert.Empty(await ours.Catalog.ListPartitionsAsync(default, default));

        await using LakeHost shared = await Open("2026-11-22T16:58:00Z", LakeSharing.Shared);
        Assert.Equal(new Materialized(30, 0), await MaterializeAsync(shared, "2026-11-22T10:00:00Z", "2026-11-22T10:00:05Z", 1_000_000_000));
        IReadOnlyList<PartitionRecord> empty = await shared.Catalog.ListPartitionsAsync(default, default);
        Assert.All(empty, p => Assert.Equal((true, 0L, null), (p.IsEmpty, p.SourceCount, p.Violation())));
        Assert.Equal(default, await MaterializeAsync(shared, "2026-11-22T10:00:00Z", "2026-11-22T10:00:05Z", 1_000_000_000));
        Assert.Equal(new Materialized(0, 6), await MaterializeAsync(shared, "2026-11-22T10:00:00Z", "2026-11-22T10:00:05Z", 5_000_000_000));
    }

    [Fact]
    public async Task A_late_block_makes_its_bucket_anew_and_a_merged_day_too()
    {
        await using LakeHost ours = await Open("2026-11-24T05:00:00Z", LakeSharing.Exclusive);
        long day = 24 * CatalogTime.NanosecondsPerHour;
        await MaterializeAsync(ours, "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", day);
        await MaterializeAsync(ours, "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", day);
        SourceBlock some = (await ours.Catalog.ListBlocksAsync(new BlockFilter { Tag = "log" }, default))[0];
        var late = some.Block with { BlockId = Guid.NewGuid(), InsertTime = some.Block.InsertTime + 1_000 };
        await ours.Store.PutAsync(
            late.ObjectKey, await Micromegas.Storage.ObjectStoreExtensions.ReadAllAsync(ours.Store, some.Block.ObjectKey, default), Micromegas.Storage.PutMode.CreateOnly, default);
        await ours.Catalog.InsertAsync(new CatalogRows { Blocks = [late] }, stampInsertTime: false, default);
        Dictionary<string, long> before = await CountsAsync(ours);
        Materialized done = await MaterializeAsync(ours, "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", day);
        Assert.Equal(5, done.Written);
        Dictionary<string, long> after = await CountsAsync(ours);
        Assert.Equal(before["blocks"] + 1, after["blocks"]);
        Assert.Equal(before["log_entries"] + some.Block.ObjectCount, after["log_entries"]);
        Assert.Equal(before["measures"], after["measures"]);
    }

    [Fact]
    public async Task Regenerating_replaces_and_refuses_what_reaches_beyond()
    {
        await using LakeHost ours = await Open("2026-11-22T17:10:00Z", LakeSharing.Shared);
        var materializer = new GlobalMaterializer(ours, Context());
        GlobalView view = GlobalViews.BuiltIn.First(v => v.Definition.Name == "log_entries");
        LakeTimeRange hour = Range("2026-11-22T16:00:00Z", "2026-11-22T17:00:00Z");
        Assert.Equal(new Materialized(1, 0), await materializer.RegenerateAsync(view, hour, hour.End - hour.Begin, default));
        Assert.Equal(new Materialized(1, 0), await materializer.RegenerateAsync(view, hour, hour.End - hour.Begin, default));
        Assert.Single(await ours.Catalog.ListPartitionsAsync(default, default));
        await Assert.ThrowsAsync<EngineException>(async () => await materializer.RegenerateAsync(view, hour, Minute, default));
        await Assert.ThrowsAsync<EngineException>(async () => await materializer.RegenerateAsync(view, hour, 7 * Minute, default));
        Assert.Single(await ours.Catalog.ListPartitionsAsync(default, default));
    }

    private static async Task<Dictionary<string, long>> CountsAsync(LakeHost lake) =>
        (await lake.Catalog.ListPartitionsAsync(default, default)).GroupBy(p => p.ViewSet).ToDictionary(g => g.Key, g => g.Sum(p => p.SourceCount!.Value));

    /// <summary>The records with data in identity, ranges, counts, hash and order, and the rows of the files.</summary>
    private static async Task AssertSameAsync(LakeHost ours, string state, int count)
    {
        await using LakeHost recorded = await GoldenHost.OpenAsync(state);
        PartitionRecord[] expected = await GlobalAsync(recorded);
        PartitionRecord[] actual = await GlobalAsync(ours);
        Assert.Equal(count, expected.Length);
        Assert.Equal(expected.Select(Describe), actual.Select(Describe));
        for (int i = 0; i < expected.Length; i++)
        {
            ViewReader.AssertSameRows(await RowsAsync(recorded, expected[i]), await RowsAsync(ours, actual[i]));
        }

        static async Task<PartitionRecord[]> GlobalAsync(LakeHost lake) =>
            (await lake.Catalog.ListPartitionsAsync(new PartitionFilter { InstanceId = "global" }, default)).Where(p => !p.IsEmpty)
                .OrderBy(p => p.ViewSet, StringComparer.Ordinal).ThenBy(p => p.InsertRange.Begin).ToArray();

        static string Describe(PartitionRecord p) => string.Create(
            CultureInfo.InvariantCulture,
            $"{p.ViewSet} {p.InsertRange} {CatalogTime.Truncate(p.EventRange!.Value.Begin)} {CatalogTime.Truncate(p.EventRange!.Value.End)} {p.RowCount} {p.SourceCount} "
                + $"{Convert.ToHexString(p.SchemaHash)} {string.Join(',', p.SortOrder ?? ["none"])} {p.MaxSortKeyTime} {p.FormatVersion}");
    }

    private static Task<List<object?[]>> RowsAsync(LakeHost lake, PartitionRecord partition) =>
        TableRows.ReadAsync(new PartitionFilesTable(lake, ViewCatalog.Find(partition.ViewSet)!, [partition]));

    private static async Task<Materialized> MaterializeAsync(LakeHost lake, string begin, string end, long bucket)
    {
        var materializer = new GlobalMaterializer(lake, Context());
        Materialized done = default;
        foreach (GlobalView view in GlobalViews.BuiltIn)
        {
            done += await materializer.MaterializeAsync(view, Range(begin, end), bucket, default);
        }
        return done;
    }

    private static QueryContext Context() => new(new EngineOptions(), MemoryBudget.Unlimited(), default);

    private static LakeTimeRange Range(string begin, string end) => new(Nanoseconds(begin), Nanoseconds(end));

    private static long Nanoseconds(string time) => (DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).UtcTicks - DateTime.UnixEpoch.Ticks) * 100;

    private static Task<LakeHost> Open(string now, LakeSharing sharing) =>
        GoldenHost.OpenAsync("global", sharing, withPartitions: false, new LakeOptions { TimeProvider = new FixedClock(now) });

    private sealed class FixedClock(string now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse(now, CultureInfo.InvariantCulture);
    }
}
