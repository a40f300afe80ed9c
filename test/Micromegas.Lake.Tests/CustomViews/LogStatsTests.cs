using System.Globalization;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tests.Tables;

namespace Micromegas.Lake.Tests.CustomViews;

/// <summary><c>log_stats</c> reads its partitions, and counts live what none holds (spec/lakehouse.md §11.6 step 6).</summary>
public sealed class LogStatsTests
{
    private const string Counted =
        "SELECT date_bin(INTERVAL '1 minute', time) AS time_bin, process_id, level, target, count(*) AS count FROM log_entries GROUP BY 1, 2, 3, 4";

    [Theory]
    [InlineData("global", true)]
    [InlineData("merged", true)]
    [InlineData("jit", true)]
    [InlineData("global", false)]
    public async Task The_answer_is_that_of_counting_lines_in_every_state_of_the_catalogue(string state, bool hasPartitions)
    {
        await using LakeHost lake = await GoldenHost.OpenAsync(state, withPartitions: hasPartitions);
        (List<object?[]> counted, QueryStatistics counting) = await lake.RunAsync(Counted);
        (List<object?[]> stats, QueryStatistics reading) = await lake.RunAsync("SELECT * FROM log_stats");
        ViewReader.AssertSameRows(counted, stats);
        Assert.Equal(hasPartitions, reading.BlocksDecoded == 0);
        if (hasPartitions)
        {
            Assert.True(reading.BytesRead * 4 < counting.BytesRead, $"{reading.BytesRead} bytes of partitions, {counting.BytesRead} of lines");
        }

        // Conditions on the keys reach the partitions and what is live alike.
        string where = " WHERE time_bin > TIMESTAMP '2026-11-22T16:55:00Z' AND target <> 'arcade'";
        ViewReader.AssertSameRows(
            (await lake.RunAsync($"SELECT * FROM ({Counted}) AS c{where}")).Rows, (await lake.RunAsync($"SELECT * FROM log_stats{where}")).Rows);
        Assert.Equal(
            (await lake.RunAsync("SELECT count(*) FROM log_entries")).Rows.Single(), (await lake.RunAsync("SELECT sum(count) FROM log_stats")).Rows.Single());
    }

    [Fact]
    public async Task A_block_that_came_a_moment_ago_is_counted()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("merged");
        (List<object?[]> before, QueryStatistics files) = await lake.RunAsync("SELECT sum(count) FROM log_stats");
        int lines = await LateBlock.AddAsync(lake, insertTime: null);
        (List<object?[]> after, QueryStatistics live) = await lake.RunAsync("SELECT sum(count) FROM log_stats");
        Assert.Equal((0L, 0), (files.BlocksDecoded, (int)files.LiveRows));
        Assert.Equal((1L, (long)lines), (live.BlocksDecoded, live.LiveRows));
        Assert.Equal((long)before[0][0]! + lines, after[0][0]);

        // One that came late into an hour that has a partition: the partition is not believed any more.
        lines += await LateBlock.AddAsync(lake, (await lake.Catalog.ListBlocksAsync(new BlockFilter { Tag = "log" }, default))[0].Block.InsertTime + 1_000);
        Assert.Equal((long)before[0][0]! + lines, (await lake.RunAsync("SELECT sum(count) FROM log_stats")).Rows[0][0]);
    }

    [Fact]
    public async Task In_a_lake_of_ours_a_question_writes_the_hours_that_are_over_once()
    {
        await using LakeHost lake = await Open("2026-11-22T17:01:01Z");
        (List<object?[]> first, QueryStatistics building) = await lake.RunAsync("SELECT * FROM log_stats");
        (List<object?[]> second, QueryStatistics reading) = await lake.RunAsync("SELECT * FROM log_stats");

        // The hour of the lines, then the hour of their counts.
        Assert.Equal((2L, 0L, 0L), (building.PartitionsWritten, reading.PartitionsWritten, reading.BlocksDecoded));
        ViewReader.AssertSameRows(first, second);
        ViewReader.AssertSameRows((await lake.RunAsync(Counted)).Rows, first);
        Assert.Equal(
            ["log_entries", "log_stats"],
            (await lake.Catalog.ListPartitionsAsync(default, default)).Select(p => p.ViewSet).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_question_about_a_time_decodes_the_blocks_of_that_time_only()
    {
        await using LakeHost lake = await Open("2026-11-22T16:59:00Z");
        (List<object?[]> all, QueryStatistics everything) = await lake.RunAsync("SELECT * FROM log_stats");
        (List<object?[]> one, QueryStatistics minute) = await lake.RunAsync("SELECT * FROM log_stats WHERE time_bin = TIMESTAMP '2026-11-22T16:55:00Z'");
        ViewReader.AssertSameRows([.. all.Where(r => (long)r[0]! == 1795366500000000000)], one);
        Assert.NotEmpty(one);
        Assert.True(minute.BlocksDecoded < everything.BlocksDecoded, $"{minute.BlocksDecoded} of {everything.BlocksDecoded} blocks");
    }

    [Fact]
    public async Task The_raw_partitions_are_tables_of_their_own()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        (List<object?[]> raw, _) = await lake.RunAsync("SELECT time_bin, process_id, level, target, sum(count) FROM __log_stats__partitions GROUP BY 1, 2, 3, 4");
        ViewReader.AssertSameRows((await lake.RunAsync("SELECT * FROM log_stats")).Rows, raw);
        foreach (string view in (string[])["processes", "streams"])
        {
            string key = view == "processes" ? "process_id" : "stream_id";
            ViewReader.AssertSameRows(
                (await lake.RunAsync($"SELECT {key}, last_update_time FROM {view}")).Rows,
                (await lake.RunAsync($"SELECT {key}, max(last_update_time) FROM __{view}__partitions GROUP BY 1")).Rows);
        }

        // What is live is not in them.
        await LateBlock.AddAsync(lake, insertTime: null);
        Assert.Equal((long)raw.Sum(r => (long)r[4]!), (await lake.RunAsync("SELECT sum(count) FROM __log_stats__partitions")).Rows[0][0]);

        object?[][] listed = [.. (await lake.RunAsync("SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1")).Rows];
        Assert.Equal(
            [
                ["__log_stats__partitions", "BASE TABLE"], ["__processes__partitions", "BASE TABLE"], ["__streams__partitions", "BASE TABLE"],
                ["blocks", "BASE TABLE"], ["log_entries", "BASE TABLE"], ["log_stats", "VIEW"], ["measures", "BASE TABLE"], ["processes", "VIEW"], ["streams", "VIEW"],
            ],
            listed);
    }

    private static Task<LakeHost> Open(string now) =>
        GoldenHost.OpenAsync("global", LakeSharing.Exclusive, withPartitions: false, new LakeOptions { TimeProvider = new FixedClock(now) });

    private sealed class FixedClock(string now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse(now, CultureInfo.InvariantCulture);
    }
}
