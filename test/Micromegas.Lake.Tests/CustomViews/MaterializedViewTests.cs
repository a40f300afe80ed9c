using System.Globalization;
using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Maintenance;
using Micromegas.Lake.Tests.Tables;

namespace Micromegas.Lake.Tests.CustomViews;

/// <summary>CREATE, REFRESH and DROP MATERIALIZED VIEW: whatever partitions there are, the view's rows are those of its query.</summary>
public sealed class MaterializedViewTests
{
    private const string Errors =
        "SELECT date_bin(INTERVAL '1 minute', time) AS minute, process_id, count(*) AS errors, max(time) AS last FROM log_entries WHERE level <= 2 GROUP BY minute, process_id";

    private const string CreateErrors = $"CREATE MATERIALIZED VIEW errors WITH (time_column = 'minute', sort_order = 'minute, process_id') AS {Errors}";

    [Theory]
    [InlineData(LakeSharing.Exclusive, "2026-11-22T16:59:00Z")]
    [InlineData(LakeSharing.Exclusive, "2026-11-24T05:00:00Z")]
    [InlineData(LakeSharing.Shared, "2026-11-24T05:00:00Z")]
    public async Task The_view_is_its_query_live_in_partitions_and_merged(LakeSharing sharing, string now)
    {
        await using LakeHost lake = await Open(now, sharing);
        await lake.RunAsync(CreateErrors);
        await AssertIsAsync(lake, "errors", Errors);
        await new LakeMaintainer(lake, new MaintenanceOptions()).RunOnceAsync(default);
        await AssertIsAsync(lake, "errors", Errors);

        // Minutes first, then whatever of hours and days is over.
        await lake.RunAsync(CreateErrors.Replace("CREATE", "CREATE OR REPLACE", StringComparison.Ordinal));
        await lake.RunAsync("SELECT * FROM retire_partitions('errors', 'global', '2026-11-22T00:00:00Z', '2026-11-23T00:00:00Z')");
        await lake.RunAsync("SELECT * FROM materialize_partitions('errors', '2026-11-22T16:55:00Z', '2026-11-22T16:57:00Z', 60)");
        PartitionRecord[] minutes = [.. await PartitionsAsync(lake, "errors")];
        Assert.Equal(2, minutes.Length);
        Assert.All(minutes, p => Assert.Equal(["minute", "process_id"], p.SortOrder));
        await AssertIsAsync(lake, "errors", Errors);
        await new LakeMaintainer(lake, new MaintenanceOptions()).RunOnceAsync(default);
        await AssertIsAsync(lake, "errors", Errors);
        if (now.StartsWith("2026-11-24", StringComparison.Ordinal))
        {
            // One partition that agrees with its source is not merged with itself: the hour stays.
            PartitionRecord hour = Assert.Single(await PartitionsAsync(lake, "errors"));
            Assert.Equal((1, 2), ((hour.InsertRange.End - hour.InsertRange.Begin) / CatalogTime.NanosecondsPerHour, hour.SortOrder?.Count));
            (_, QueryStatistics reading) = await lake.RunAsync("SELECT * FROM errors");
            Assert.Equal((0L, 1L), (reading.BlocksDecoded, reading.PartitionsRead));
        }

        // What came a moment ago, and what came late into a bucket that has a partition.
        await LateBlock.AddAsync(lake, insertTime: null);
        await AssertIsAsync(lake, "errors", Errors);
        await LateBlock.AddAsync(lake, (await lake.Catalog.ListBlocksAsync(new BlockFilter { Tag = "log" }, default))[0].Block.InsertTime + 1_000);
        await AssertIsAsync(lake, "errors", Errors);
    }

    [Theory]
    [InlineData("SELECT time, msg, level, process_id FROM log_entries WHERE target = 'shop.checkout'")]
    [InlineData("SELECT DISTINCT date_trunc('minute', time) AS time, exe FROM log_entries")]
    [InlineData("SELECT date_bin(INTERVAL '10 seconds', time) AS time, name, min(value) AS low, max(value) AS high, sum(value) AS total, count(*) AS n FROM measures GROUP BY 1, 2")]
    [InlineData("SELECT date_trunc('minute', l.time) AS time, p.exe, bool_or(l.level = 1) AS fatal, count_if(l.level <= 2) AS errors FROM log_entries l JOIN processes p ON p.process_id = l.process_id GROUP BY ALL")]
    [InlineData("SELECT date_bin(INTERVAL '1 minute', time) AS time, make_histogram(0.0, 100.0, 10, value) AS h FROM measures WHERE name = 'frame_time' GROUP BY 1")]
    [InlineData("SELECT time_bin, target, sum(count) AS lines FROM log_stats GROUP BY time_bin, target")]
    [InlineData("SELECT date_trunc('hour', insert_time) AS time, process_id, count(*) AS blocks, sum(payload_size) AS bytes FROM blocks GROUP BY 1, 2")]
    public async Task Queries_that_can_be_computed_piece_by_piece(string query)
    {
        await using LakeHost lake = await Open("2026-11-24T05:00:00Z", LakeSharing.Shared);
        string time = query.Contains("time_bin", StringComparison.Ordinal) ? "time_bin" : "time";
        await lake.RunAsync($"CREATE MATERIALIZED VIEW v WITH (time_column = '{time}') AS {query}");
        await lake.RunAsync("SELECT * FROM materialize_partitions('v', '2026-11-22T16:55:00Z', '2026-11-22T16:56:00Z', 1)");
        await AssertIsAsync(lake, "v", query);
        await new LakeMaintainer(lake, new MaintenanceOptions()).RunOnceAsync(default);
        Assert.Single(await PartitionsAsync(lake, "v"));
        await AssertIsAsync(lake, "v", query);
    }

    [Theory]
    [InlineData("SELECT avg(level) AS a, time FROM log_entries GROUP BY time", "0A000")]
    [InlineData("SELECT count(DISTINCT target) AS a, time FROM log_entries GROUP BY time", "0A000")]
    [InlineData("SELECT max(time) AS time FROM log_entries", "0A000")]
    [InlineData("SELECT count(*) AS n, max(time) AS time FROM log_entries GROUP BY level", "0A000")]
    [InlineData("SELECT time, count(*) AS n FROM log_entries GROUP BY time HAVING count(*) > 1", "0A000")]
    [InlineData("SELECT time, row_number() OVER (ORDER BY time) AS n FROM log_entries", "0A000")]
    [InlineData("SELECT * FROM (SELECT time, count(*) AS n FROM log_entries GROUP BY time)", "0A000")]
    [InlineData("SELECT l.time, p.exe FROM processes p LEFT JOIN log_entries l ON p.process_id = l.process_id", "0A000")]
    [InlineData("SELECT time FROM log_entries ORDER BY time LIMIT 3", "0A000")]
    [InlineData("SELECT time FROM view_instance('log_entries', 'global')", "0A000")]
    [InlineData("SELECT l.time FROM log_entries l, measures m", "42P17")]
    [InlineData("SELECT insert_time AS time FROM processes", "42P17")]
    [InlineData("SELECT time, insert_time FROM log_entries", "42P17")]
    [InlineData("SELECT level FROM log_entries", "42P17")]
    [InlineData("SELECT time, level, level FROM log_entries", "42701")]
    [InlineData("SELECT time, NULL AS nothing, nowhere FROM log_entries", "42703")]
    [InlineData("SELECT time FROM nowhere", "42P01")]
    public async Task What_would_differ_from_its_query_is_refused(string query, string sqlState)
    {
        await using LakeHost lake = await Open("2026-11-24T05:00:00Z", LakeSharing.Shared);
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => lake.RunAsync($"CREATE MATERIALIZED VIEW v AS {query}"));
        Assert.Equal(sqlState, error.SqlState);
        Assert.Empty(await lake.Views.ListStoredAsync(default));
    }

    [Fact]
    public async Task A_merge_query_of_its_own_and_steps()
    {
        await using LakeHost lake = await Open("2026-11-24T05:00:00Z", LakeSharing.Exclusive);
        const string Query = "SELECT date_bin(INTERVAL '1 second', time) AS second, level, sum(level) AS total, count(*) AS n FROM log_entries GROUP BY 1, 2";
        await lake.RunAsync($"""
            CREATE MATERIALIZED VIEW v WITH (time_column = 'second', sort_order = 'second,level', max_source_delta = '1 minute', max_merge_delta = 86400, merge_batch_rows = 40,
                update_group = 5000, merge = 'SELECT second, level, sum(total) AS total, sum(n) AS n FROM {"{source}"} GROUP BY second, level') AS {Query}
            """);
        await lake.RunAsync("SELECT * FROM materialize_partitions('v', '2026-11-22T16:50:00Z', '2026-11-22T17:00:00Z', 60)");
        Assert.Equal(2, (await PartitionsAsync(lake, "v")).Count);
        await lake.RunAsync("SELECT * FROM materialize_partitions('v', '2026-11-22T16:00:00Z', '2026-11-22T17:00:00Z', 3600)");
        PartitionRecord merged = Assert.Single(await PartitionsAsync(lake, "v"));
        Assert.Equal(["second", "level"], merged.SortOrder);
        await AssertIsAsync(lake, "v", Query);

        // Steps follow each other, so the file is sorted as it says.
        List<object?[]> rows = (await lake.RunAsync("SELECT second, level FROM __v__partitions")).Rows;
        Assert.True(rows.Count > 80, $"{rows.Count} rows");
        Assert.Equal(rows.OrderBy(r => (long)r[0]!).ThenBy(r => (int)r[1]!).Select(r => (r[0], r[1])), rows.Select(r => (r[0], r[1])));
    }

    /// <summary>Upstream commits what came before the error (spec/lakehouse.md §4.10 H1, §11.2 W10).</summary>
    [Fact]
    public async Task A_query_that_fails_on_the_way_leaves_nothing()
    {
        await using LakeHost lake = await Open("2026-11-24T05:00:00Z", LakeSharing.Exclusive);
        int rare = (int)(await lake.RunAsync("SELECT level FROM log_entries GROUP BY level ORDER BY count(*) LIMIT 1")).Rows[0][0]!;
        await lake.RunAsync($"CREATE MATERIALIZED VIEW v WITH (time_column = 'time') AS SELECT time, 10 / (level - {rare}) AS x FROM log_entries");
        EngineException error = await Assert.ThrowsAsync<EngineException>(
            () => lake.RunAsync("SELECT * FROM materialize_partitions('v', '2026-11-22T16:00:00Z', '2026-11-22T17:00:00Z', 3600)"));
        Assert.Equal("22012", error.SqlState);
        MaintenanceReport report = await new LakeMaintainer(lake, new MaintenanceOptions()).RunOnceAsync(default);
        Assert.Equal(["v"], report.Failures.Select(f => f.ViewSet).Distinct());
        Assert.Empty(await PartitionsAsync(lake, "v"));
        await foreach (var file in lake.Store.ListAsync("views/v/", default))
        {
            Assert.Fail(file.Key);
        }
        Assert.NotEmpty(await PartitionsAsync(lake, "log_stats"));
        await lake.RunAsync("CREATE OR REPLACE MATERIALIZED VIEW v WITH (time_column = 'time') AS SELECT time, 10 / (level + 1) AS x FROM log_entries");
        await AssertIsAsync(lake, "v", "SELECT time, 10 / (level + 1) AS x FROM log_entries");
    }

    [Fact]
    public async Task Replacing_refreshing_and_dropping()
    {
        await using LakeHost lake = await Open("2026-11-24T05:00:00Z", LakeSharing.Exclusive);
        await lake.RunAsync($"{CreateErrors} WITH DATA");
        Assert.Single(await PartitionsAsync(lake, "errors"));
        Assert.Equal("42P07", (await Assert.ThrowsAsync<EngineException>(() => lake.RunAsync(CreateErrors))).SqlState);
        await lake.RunAsync(CreateErrors.Replace("VIEW", "VIEW IF NOT EXISTS", StringComparison.Ordinal));
        Assert.Equal("42P07", (await Assert.ThrowsAsync<EngineException>(() => lake.RunAsync("CREATE OR REPLACE MATERIALIZED VIEW log_stats AS SELECT time FROM log_entries"))).SqlState);

        // Another query of the same columns: the old partitions are not read any more.
        string replaced = Errors.Replace("level <= 2", "level <= 4", StringComparison.Ordinal);
        await lake.RunAsync(CreateErrors.Replace("CREATE", "CREATE OR REPLACE", StringComparison.Ordinal).Replace(Errors, replaced, StringComparison.Ordinal));
        Assert.Empty(await PartitionsAsync(lake, "errors"));
        await AssertIsAsync(lake, "errors", replaced);

        // Refreshing makes them anew, where they are and where they are missing.
        PartitionRecord before = Assert.Single(await PartitionsAsync(lake, "errors"));
        await lake.RunAsync("REFRESH MATERIALIZED VIEW errors FROM '2026-11-22T00:00:00Z' TO TIMESTAMP '2026-11-23T00:00:00Z'");
        PartitionRecord after = Assert.Single(await PartitionsAsync(lake, "errors"));
        Assert.NotEqual(before.FilePath, after.FilePath);
        await lake.RunAsync("REFRESH MATERIALIZED VIEW errors FROM '2026-12-22' TO '2026-12-23'");
        Assert.Equal(after.FilePath, Assert.Single(await PartitionsAsync(lake, "errors")).FilePath);

        // A view of the view, which keeps it from being dropped alone.
        await lake.RunAsync("CREATE MATERIALIZED VIEW per_process AS SELECT minute, sum(errors) AS errors FROM errors GROUP BY minute");
        await AssertIsAsync(lake, "per_process", $"SELECT minute, sum(errors) AS errors FROM ({replaced}) AS e GROUP BY minute");
        Assert.Equal("2BP01", (await Assert.ThrowsAsync<EngineException>(() => lake.RunAsync("DROP MATERIALIZED VIEW errors"))).SqlState);
        Assert.Equal("42809", (await Assert.ThrowsAsync<EngineException>(() => lake.RunAsync("DROP VIEW errors"))).SqlState);
        Assert.Equal("42809", (await Assert.ThrowsAsync<EngineException>(() => lake.RunAsync("DROP MATERIALIZED VIEW log_stats"))).SqlState);
        await lake.RunAsync("DROP MATERIALIZED VIEW errors, per_process");
        await lake.RunAsync("DROP MATERIALIZED VIEW IF EXISTS errors");
        Assert.Equal("42P01", (await Assert.ThrowsAsync<EngineException>(() => lake.RunAsync("DROP MATERIALIZED VIEW errors"))).SqlState);
        Assert.Equal("42P01", (await Assert.ThrowsAsync<EngineException>(() => lake.RunAsync("SELECT * FROM errors"))).SqlState);
        Assert.Empty(await PartitionsAsync(lake, "errors"));
    }

    [Fact]
    public async Task Regenerating_a_view_regenerates_what_is_made_of_it()
    {
        await using LakeHost lake = await Open("2026-11-24T05:00:00Z", LakeSharing.Exclusive);
        await lake.RunAsync("CREATE MATERIALIZED VIEW lines AS SELECT time_bin, sum(count) AS n FROM log_stats GROUP BY time_bin");
        await new LakeMaintainer(lake, new MaintenanceOptions()).RunOnceAsync(default);
        string?[] before = [.. (await lake.Catalog.ListPartitionsAsync(default, default)).Select(p => p.FilePath)];
        List<object?[]> log = (await lake.RunAsync("SELECT msg FROM regenerate_partitions('log_entries', '2026-11-22T16:00:00Z', '2026-11-22T17:00:00Z', 3600)")).Rows;
        PartitionRecord[] after = [.. await lake.Catalog.ListPartitionsAsync(default, default)];
        Assert.Equal(["lines", "log_entries", "log_stats"], after.Where(p => !before.Contains(p.FilePath)).Select(p => p.ViewSet).Order(StringComparer.Ordinal));
        Assert.Equal(["measures"], after.Where(p => before.Contains(p.FilePath)).Select(p => p.ViewSet));
        Assert.Equal("3 partitions written", log[^1][0]);
    }

    [Fact]
    public async Task The_view_is_listed_and_described()
    {
        await using LakeHost lake = await Open("2026-11-24T05:00:00Z", LakeSharing.Exclusive);
        await lake.RunAsync(CreateErrors);
        Assert.Equal([["errors", false, true]], (await lake.RunAsync(
            "SELECT view_set_name, has_view_maker, global_instance_available FROM list_view_sets() WHERE view_set_name = 'errors'")).Rows);
        Assert.Equal([["__errors__partitions", "BASE TABLE"], ["errors", "VIEW"]], (await lake.RunAsync(
            "SELECT table_name, table_type FROM information_schema.tables WHERE table_name LIKE '%errors%' ORDER BY 1")).Rows);
        Assert.Equal(Errors, (await lake.RunAsync("SELECT definition FROM information_schema.views WHERE table_name = 'errors'")).Rows.Single()[0]);
        Assert.Equal($"CREATE MATERIALIZED VIEW errors AS {Errors}", (await lake.RunAsync("SHOW CREATE TABLE errors")).Rows.Single()[3]);
        Assert.Equal(["minute", "process_id", "errors", "last"], (await lake.RunAsync("DESCRIBE errors")).Rows.Select(r => r[0]));
    }

    private static async Task AssertIsAsync(LakeHost lake, string view, string query)
    {
        (List<object?[]> expected, _) = await lake.RunAsync(query);
        Assert.NotEmpty(expected);
        ViewReader.AssertSameRows(Flat(expected), Flat((await lake.RunAsync($"SELECT * FROM {view}")).Rows));
    }

    /// <summary>Histograms and other nested values as text; sums of doubles to the digits that do not depend on their order.</summary>
    private static List<object?[]> Flat(List<object?[]> rows) => rows.ConvertAll(row => Array.ConvertAll(row, Flat));

    private static object? Flat(object? value) => value switch
    {
        double number => number.ToString("G10", CultureInfo.InvariantCulture),
        System.Collections.IDictionary map => string.Join(';', map.Values.Cast<object?>().Select(Flat)),
        object?[] items => string.Join(',', items.Select(Flat)),
        _ => value,
    };

    private static async Task<IReadOnlyList<PartitionRecord>> PartitionsAsync(LakeHost lake, string view) =>
        await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = view }, default);

    private static Task<LakeHost> Open(string now, LakeSharing sharing) =>
        GoldenHost.OpenAsync("global", sharing, withPartitions: sharing == LakeSharing.Shared, new LakeOptions { TimeProvider = new FixedClock(now) });

    private sealed class FixedClock(string now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.Parse(now, CultureInfo.InvariantCulture);
    }
}
