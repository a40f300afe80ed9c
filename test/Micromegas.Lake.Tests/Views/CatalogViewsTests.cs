using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Lake.Administration;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tests.Views;

/// <summary>Views that the catalogue answers, against upstream's recorded answers.</summary>
public sealed class CatalogViewsTests
{
    [Theory]
    [InlineData("global")]
    [InlineData("merged")]
    public async Task Streams_are_the_recorded_ones(string state)
    {
        await using ILakeCatalog catalog = await GoldenLake.OpenAsync(state);
        (object?[][] rows, TimeRange range) = GoldenAnswer.Find(87);
        List<object?[]> ours = await TableRows.ReadAsync(StreamsView.CreateTable(catalog), range);
        Assert.Equal(54, rows.Length);
        Assert.Equal(rows.Length, ours.Count);
        for (int i = 0; i < rows.Length; i++)
        {
            Assert.Equal(rows[i], ours[i].Select(GoldenAnswer.Plain));
        }
    }

    [Fact]
    public async Task Columns_come_in_the_order_asked_for()
    {
        await using ILakeCatalog catalog = await GoldenLake.OpenAsync("global");
        ITable table = BlocksView.CreateTable(catalog);
        int[] projection = [table.Schema.IndexOf("processes.properties"), 0, table.Schema.IndexOf("streams.tags"), 7];
        List<object?[]> all = await TableRows.ReadAsync(table);
        List<object?[]> some = await TableRows.ReadAsync(table, projection: projection);
        Assert.Equal(160, all.Count);
        Assert.Equal(all.Select(row => projection.Select(i => row[i]).ToArray()), some);
    }

    [Fact]
    public async Task The_query_range_filters_as_upstream_does()
    {
        await using ILakeCatalog catalog = await GoldenLake.OpenAsync("global");
        ITable blocks = BlocksView.CreateTable(catalog);
        int begin = blocks.Schema.IndexOf("begin_time");
        int insert = blocks.Schema.IndexOf("insert_time");
        List<object?[]> all = await TableRows.ReadAsync(blocks);
        foreach ((long? from, long? to) in ((long?, long?)[])[((long)all[40][insert]!, (long)all[90][begin]!), ((long)all[40][insert]! + 1, null), (null, (long)all[90][begin]! - 1)])
        {
            List<object?[]> some = await TableRows.ReadAsync(blocks, new TimeRange(from, to));
            Assert.Equal(all.Where(row => (to is null || (long)row[begin]! <= to) && (from is null || (long)row[insert]! >= from)), some);
            Assert.InRange(some.Count, 1, 159);
        }
        var empty = new TimeRange(0, 1_000);
        Assert.Empty(await TableRows.ReadAsync(blocks, empty));
        Assert.Empty(await TableRows.ReadAsync(ProcessesView.CreateTable(catalog), empty));
        Assert.Empty(await TableRows.ReadAsync(StreamsView.CreateTable(catalog), empty));
    }

    [Fact]
    public async Task A_process_without_blocks_is_not_there()
    {
        await using ILakeCatalog catalog = await GoldenLake.OpenAsync("global");
        List<object?[]> rows = await TableRows.ReadAsync(ProcessesView.CreateTable(catalog));
        Assert.Equal(16, rows.Count);
        Assert.DoesNotContain("64e50cad-6623-4a04-a5e7-e4236472f1a3", rows.Select(r => r[0]));
    }

    [Fact]
    public async Task View_sets_are_listed_as_upstream_lists_them()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        object?[][] ours = (await TableRows.ReadAsync(ViewSetList.CreateTable(lake))).OrderBy(r => (string)r[0]!, StringComparer.Ordinal)
            .Select(r => r.Select(GoldenAnswer.Plain).ToArray()).ToArray();
        Assert.Equal(GoldenAnswer.Find(288).Rows, ours.Select(r => new[] { r[0], r[3], r[4] }));
        Assert.Equal(GoldenAnswer.Find(289).Rows, ours.Select(r => new[] { r[0], r[1] }));
        Assert.Equal(GoldenAnswer.Find(290).Rows, ours.Select(r => new[] { r[0], r[2] }));
    }

    [Fact]
    public async Task Partitions_are_listed_as_they_are()
    {
        await using ILakeCatalog catalog = await GoldenLake.OpenAsync("merged");
        List<object?[]> rows = await TableRows.ReadAsync(PartitionList.CreateTable(catalog));
        Assert.Equal(1257, rows.Count);
        Assert.Equal(40, rows.Count(r => r[7] is not null));
        Assert.Equal(["insert_time"], (object?[])rows.First(r => (string)r[0]! == "blocks")[13]!);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Log_stats_count_the_lines_by_minute(bool withPartitions)
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global", withPartitions: withPartitions);
        (object?[][] byLevel, TimeRange range) = GoldenAnswer.Find(96);
        (List<object?[]> rows, _) = await lake.ReadViewAsync("log_stats", range);
        Assert.Equal(
            byLevel.Select(r => ((long)r[0]!, (long)r[1]!)),
            rows.GroupBy(r => (int)r[2]!).OrderBy(g => g.Key).Select(g => ((long)g.Key, g.Sum(r => (long)r[4]!))));
        Assert.Equal(rows.Count, rows.Select(r => (r[0], r[1], r[2], r[3])).Distinct().Count());
        (List<object?[]> lines, _) = await lake.ReadViewAsync("log_entries");
        (List<object?[]> all, _) = await lake.ReadViewAsync("log_stats");
        Assert.Equal(lines.Count, all.Sum(r => (long)r[4]!));

        // A minute counts whole or not at all, by its begin.
        long minute = (long)rows[0][0]!;
        Assert.Equal(0, minute % 60_000_000_000);
        (List<object?[]> one, _) = await lake.ReadViewAsync("log_stats", new TimeRange(minute - 5, minute + 1));
        Assert.Equal(all.Where(r => (long)r[0]! == minute).Sum(r => (long)r[4]!), one.Sum(r => (long)r[4]!));
        Assert.DoesNotContain((await lake.ReadViewAsync("log_stats", new TimeRange(minute + 1, null))).Rows, r => (long)r[0]! == minute);
    }
}
