using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Lake.Administration;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tests.CustomViews;
using Micromegas.Lake.Tests.Writing;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tests.Tables;

/// <summary>Predicates of SQL reach the catalogue and the blocks (spec/lakehouse.md §11 W1, W2, W35); answers stay what they were.</summary>
public sealed class CataloguePruningTests
{
    private const string Lobby = "5fff281d-7235-490f-b933-a5cb2f98c62d";

    [Theory]
    [InlineData("view_set_name = 'log_entries'")]
    [InlineData("view_set_name = 'log_entries' AND view_instance_id = 'global'")]
    [InlineData("begin_insert_time <= TIMESTAMP '2026-11-22T16:55:30Z' AND end_insert_time > TIMESTAMP '2026-11-22T16:55:10Z'")]
    [InlineData("'2026-11-22T16:56:00Z' <= max_event_time AND min_event_time < '2026-11-22T16:56:30Z' AND view_instance_id <> 'global'")]
    [InlineData("max_event_time >= '2026-11-22T16:56:00Z' OR view_set_name = 'blocks'")]
    [InlineData("view_set_name = 'LOG_ENTRIES'")]
    public async Task Partitions_are_listed_by_what_is_asked_of_them(string condition)
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("jit");
        (List<object?[]> expected, _) = await lake.RunAsync($"SELECT view_set_name, view_instance_id, begin_insert_time, file_path FROM (SELECT * FROM list_partitions() LIMIT 100000) AS p WHERE {condition}");
        (List<object?[]> rows, _) = await lake.RunAsync($"SELECT view_set_name, view_instance_id, begin_insert_time, file_path FROM list_partitions() WHERE {condition}");
        ViewReader.AssertSameRows(expected, rows);
    }

    [Theory]
    [InlineData("insert_time >= '2026-11-22T16:55:20Z' AND insert_time < '2026-11-22T16:55:40Z'")]
    [InlineData("begin_time < '2026-11-22T16:55:10Z'")]
    [InlineData("end_time >= '2026-11-22T16:56:00Z' AND process_id = '5fff281d-7235-490f-b933-a5cb2f98c62d'")]
    [InlineData("process_id = '5FFF281D-7235-490F-B933-A5CB2F98C62D'")]
    [InlineData("process_id = 'nobody'")]
    public async Task Blocks_are_listed_by_what_is_asked_of_them(string condition)
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        (List<object?[]> expected, _) = await lake.RunAsync($"SELECT block_id FROM (SELECT * FROM blocks LIMIT 100000) AS b WHERE {condition}");
        ViewReader.AssertSameRows(expected, (await lake.RunAsync($"SELECT block_id FROM blocks WHERE {condition}")).Rows);
        foreach (string view in (string[])["processes", "streams"])
        {
            string key = view == "processes" ? "process_id" : "stream_id";
            string id = (string)(await lake.RunAsync($"SELECT {key} FROM {view} ORDER BY 1 LIMIT 1")).Rows[0][0]!;
            ViewReader.AssertSameRows(
                (await lake.RunAsync($"SELECT * FROM {view} WHERE {key} || '' = '{id}'")).Rows, (await lake.RunAsync($"SELECT * FROM {view} WHERE {key} = '{id}'")).Rows);
        }
    }

    [Fact]
    public async Task The_catalogue_gives_fewer_rows_not_only_the_filter()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("jit");
        int all = await CountAsync(PartitionList.CreateTable(lake.Catalog), "view_set_name", null);
        Assert.InRange(await CountAsync(PartitionList.CreateTable(lake.Catalog), "view_set_name", "log_entries"), 1, all / 2);
        Assert.InRange(await CountAsync(BlocksView.CreateTable(lake.Catalog), "process_id", Lobby), 1, 100);
        Assert.Equal(1, await CountAsync(ProcessesView.CreateTable(lake.Catalog), "process_id", Lobby));
    }

    [Fact]
    public async Task Partitions_of_hours_in_which_a_process_sent_nothing_are_not_read()
    {
        var clock = new ManualClock(DateTimeOffset.Parse("2026-11-23T08:00:00Z", CultureInfo.InvariantCulture));
        await using LakeHost lake = await GoldenHost.OpenAsync("global", LakeSharing.Exclusive, withPartitions: false, new LakeOptions { TimeProvider = clock });
        SourceBlock first = (await lake.Catalog.ListBlocksAsync(new BlockFilter { Tag = "log" }, default))[0];
        for (int hour = 0; hour < 5; hour++)
        {
            await LateBlock.AddAsync(lake, insertTime: null);
        }

        // Hours, and minutes of hours that are not merged yet.
        await lake.RunAsync("SELECT * FROM materialize_partitions('log_entries', '2026-11-22T16:00:00Z', '2026-11-22T20:00:00Z', 60)");
        await lake.RunAsync("SELECT * FROM backfill_partitions()");
        int partitions = (await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = "log_entries" }, default)).Count;
        Guid other = (await lake.Catalog.ListBlocksAsync(new BlockFilter { Tag = "log" }, default)).First(b => b.Process.ProcessId != first.Process.ProcessId).Process.ProcessId;
        QueryStatistics reading = await AssertSameAsync(lake, other);
        Assert.InRange(reading.PartitionsRead, 1, 2);
        Assert.Equal(partitions, reading.PartitionsRead + reading.PartitionsPruned);
        Assert.Equal(partitions, (await AssertSameAsync(lake, first.Process.ProcessId)).PartitionsRead);
        Assert.Equal(0, (await AssertSameAsync(lake, Guid.NewGuid())).PartitionsRead);

        // Rows outlive their blocks: of such hours it is not known whose they are.
        await lake.Catalog.DeleteBlocksAsync(
            [.. (await lake.Catalog.ListBlocksAsync(new BlockFilter { Tag = "log", ProcessId = other }, default)).Select(b => b.Block)], 0, default);
        Assert.InRange((await AssertSameAsync(lake, other)).PartitionsRead, 1, 2);

        static async Task<QueryStatistics> AssertSameAsync(LakeHost lake, Guid process)
        {
            (List<object?[]> expected, _) = await lake.RunAsync($"SELECT * FROM log_entries WHERE process_id || '' = '{process}'");
            (List<object?[]> rows, QueryStatistics reading) = await lake.RunAsync($"SELECT * FROM log_entries WHERE process_id = '{process}'");
            ViewReader.AssertSameRows(expected, rows);
            return reading;
        }
    }

    [Theory]
    [InlineData("log_entries")]
    [InlineData("measures")]
    public async Task Of_what_is_live_only_blocks_of_the_process_are_decoded(string view)
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global", withPartitions: false);
        (List<object?[]> expected, QueryStatistics everything) = await lake.RunAsync($"SELECT * FROM {view} WHERE process_id || '' = '{Lobby}'");
        (List<object?[]> rows, QueryStatistics some) = await lake.RunAsync($"SELECT * FROM {view} WHERE process_id = '{Lobby}'");
        Assert.NotEmpty(rows);
        ViewReader.AssertSameRows(expected, rows);
        Assert.True(some.BlocksDecoded * 2 < everything.BlocksDecoded, $"{some.BlocksDecoded} of {everything.BlocksDecoded} blocks");
        string block = (string)rows[0][2]!;
        (_, QueryStatistics one) = await lake.RunAsync($"SELECT * FROM {view} WHERE '{block}' = block_id");
        Assert.Equal(1, one.BlocksDecoded);
    }

    [Fact]
    public async Task Times_in_the_text_prune_partitions_as_the_query_range_does()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global", LakeSharing.Exclusive);
        foreach ((string view, string time) in (IEnumerable<(string, string)>)[("log_entries", "time"), ("log_entries", "insert_time"), ("log_stats", "time_bin")])
        {
            LakeTimeRange[] partitions = [.. (await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = view, InstanceId = "global" }, default))
                .Where(p => !p.IsEmpty).Select(p => time == "insert_time" ? p.InsertRange : p.EventRange!.Value)];
            long after = partitions.Min(p => p.End) + 1_000;
            int left = partitions.Count(p => p.End >= after);
            Assert.True(left < partitions.Length, $"{view} by {time}");
            (List<object?[]> rows, QueryStatistics pruned) = await lake.RunAsync($"SELECT target FROM {view} WHERE {time} >= '{CatalogTime.ToText(after)}'");
            Assert.Equal((left, 0L), (pruned.PartitionsRead, pruned.BlocksDecoded));

            // Where the optimizer cannot see it, the rows are the same.
            (List<object?[]> expected, _) = await lake.RunAsync(
                $"SELECT target FROM (SELECT * FROM {view} LIMIT 1000000) AS v WHERE {time} >= '{CatalogTime.ToText(after)}'");
            ViewReader.AssertSameRows(expected, rows);
        }
    }

    [Theory]
    [InlineData("SELECT target FROM log_entries WHERE '{t}' <= time AND level > 0")]
    [InlineData("SELECT target FROM log_entries WHERE NOT (time < '{t}')")]
    [InlineData("SELECT target FROM log_entries WHERE time BETWEEN '{t}' AND '2100-01-01'")]
    [InlineData("SELECT target FROM log_entries WHERE time >= now() - INTERVAL '1 minute'")]
    [InlineData("WITH v AS (SELECT time AS t, target FROM log_entries) SELECT target FROM v WHERE t >= '{t}'")]
    [InlineData("SELECT target FROM log_entries l JOIN processes p ON p.process_id = l.process_id WHERE l.time >= '{t}' AND p.exe <> ''")]
    [InlineData("SELECT target FROM (SELECT target, time FROM log_entries UNION ALL SELECT 'x', TIMESTAMP '2000-01-01T00:00:00Z') AS u WHERE time >= '{t}'")]
    public async Task However_a_time_is_written_it_prunes(string sql)
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global", LakeSharing.Exclusive);
        LakeTimeRange[] partitions = [.. (await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = "log_entries", InstanceId = "global" }, default))
            .Where(p => !p.IsEmpty).Select(p => p.EventRange!.Value)];
        long after = partitions.Min(p => p.End) + 1_000;
        var clock = new ManualClock(DateTimeOffset.UnixEpoch.AddTicks((after / 100) + TimeSpan.TicksPerMinute));
        (List<object?[]> rows, QueryStatistics pruned) = await lake.RunAsync(sql.Replace("{t}", CatalogTime.ToText(after), StringComparison.Ordinal), clock: clock);
        Assert.Equal((partitions.Count(p => p.End >= after), 0L), (pruned.PartitionsRead, pruned.BlocksDecoded));
        ViewReader.AssertSameRows(
            (await lake.RunAsync($"SELECT target FROM (SELECT * FROM log_entries LIMIT 1000000) AS v WHERE time >= '{CatalogTime.ToText(after)}'")).Rows, rows);
    }

    private static async Task<int> CountAsync(ITable table, string column, string? text)
    {
        PlanColumn[] columns = [.. table.Schema.Fields.Select(f => new PlanColumn(f.Name, f.Type, f.Nullable))];
        var context = new QueryContext(new EngineOptions(), MemoryBudget.Unlimited(), default);
        ScanPlan plan = await table.PlanScanAsync(
            new ScanRequest
            {
                Context = context,
                Projection = [table.Schema.IndexOf(column)],
                TableColumns = columns,
                Predicates = text is null ? []
                    : [new BoundComparison(ComparisonOperator.Equal, new BoundColumn(columns[table.Schema.IndexOf(column)]), new BoundLiteral(Scalar.Of(text)))],
            },
            default);
        int count = 0;
        await foreach (Morsel morsel in plan.OpenAsync(context, default))
        {
            using (morsel)
            {
                count += (int)morsel.RowCount!;
            }
        }
        return count;
    }
}
