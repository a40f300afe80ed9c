using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Tests.Tables;

/// <summary>Partitions that are sorted are not sorted again (spec/lakehouse.md §6.4, §11.3 W19): they are read one after the other, and merged where they overlap.</summary>
public sealed class SortedScanTests
{
    [Fact]
    public async Task Spans_of_a_thread_come_in_order_without_a_sort()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("jit");
        string stream = await BusiestThreadAsync(lake);
        string spans = $"view_instance('thread_spans', '{stream}')";
        (List<object?[]> rows, QueryStatistics reading) = await lake.RunAsync($"SELECT begin, id, name FROM {spans} ORDER BY begin");
        Assert.True(await IsLeftOutAsync(lake, $"SELECT begin, id, name FROM {spans} ORDER BY begin"));
        Assert.Equal(rows.Select(r => (long)r[0]!).Order(), rows.Select(r => (long)r[0]!));
        ViewReader.AssertSameRows((await lake.RunAsync($"SELECT begin, id, name FROM {spans}")).Rows, rows);
        Assert.Equal(rows.Count, reading.RowsReturned);

        // A limit ends the reading, an offset skips, renamings do not matter, conditions on the time neither.
        string middle = CatalogTime.ToText((long)rows[rows.Count / 2][0]!);
        Assert.True(await IsLeftOutAsync(lake, $"SELECT begin AS b FROM {spans} WHERE begin >= '{middle}' ORDER BY b LIMIT 7 OFFSET 2"));
        (List<object?[]> some, QueryStatistics first) = await lake.RunAsync($"SELECT begin AS b FROM {spans} WHERE begin >= '{middle}' ORDER BY b LIMIT 7 OFFSET 2");
        long bound = (long)rows.First(r => CatalogTime.ToText((long)r[0]!) == middle)[0]!;
        Assert.Equal(rows.Select(r => (long)r[0]!).Where(t => t >= CatalogTime.Truncate(bound)).Skip(2).Take(7), some.Select(r => (long)r[0]!));
        Assert.InRange(first.RowsScanned, 9, 2 * 2048);

        // What is not the order of the files is sorted.
        Assert.False(await IsLeftOutAsync(lake, $"SELECT begin FROM {spans} ORDER BY begin DESC"));
        Assert.False(await IsLeftOutAsync(lake, $"SELECT begin FROM {spans} ORDER BY \"end\""));
        Assert.False(await IsLeftOutAsync(lake, $"SELECT begin FROM {spans} WHERE name <> 'x' ORDER BY begin"));
    }

    [Fact]
    public async Task Partitions_of_a_view_that_overlap_are_merged()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global", LakeSharing.Exclusive, withPartitions: false);
        await lake.RunAsync("""
            CREATE MATERIALIZED VIEW lines WITH (time_column = 'time', sort_order = 'time, process_id', max_merge_delta = '1 minute') AS
            SELECT time, process_id, msg FROM log_entries
            """);

        // Seconds of insert time: the lines of each reach back to those of the ones before.
        await lake.RunAsync("SELECT * FROM materialize_partitions('lines', '2026-11-22T16:55:00Z', '2026-11-22T16:57:00Z', 10)");
        IReadOnlyList<PartitionRecord> partitions = await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = "lines" }, default);
        Assert.True(partitions.Count > 3, $"{partitions.Count} partitions");
        Assert.Contains(partitions, p => partitions.Any(q => q != p && q.EventRange!.Value.Begin < p.EventRange!.Value.End && q.EventRange.Value.End > p.EventRange.Value.Begin));
        const string Sorted = "SELECT time, process_id, msg FROM __lines__partitions ORDER BY time, process_id";
        (List<object?[]> rows, _) = await lake.RunAsync(Sorted);
        Assert.True(await IsLeftOutAsync(lake, Sorted));
        Assert.Equal(
            rows.OrderBy(r => (long)r[0]!).ThenBy(r => (string)r[1]!, StringComparer.Ordinal).Select(r => (r[0], r[1])), rows.Select(r => (r[0], r[1])));
        ViewReader.AssertSameRows((await lake.RunAsync("SELECT time, process_id, msg FROM log_entries")).Rows, rows);

        // Merging is the same: the sorted files of ten seconds become sorted ones of a minute.
        await lake.RunAsync("SELECT * FROM materialize_partitions('lines', '2026-11-22T16:55:00Z', '2026-11-22T16:57:00Z', 60)");
        Assert.Equal(2, (await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = "lines" }, default)).Count);
        (List<object?[]> merged, _) = await lake.RunAsync("SELECT time, process_id, msg FROM __lines__partitions");
        ViewReader.AssertSameRows(rows, merged);
        Assert.True(await IsLeftOutAsync(lake, Sorted));
        Assert.Equal(rows.Select(r => (r[0], r[1])), (await lake.RunAsync(Sorted)).Rows.Select(r => (r[0], r[1])));
    }

    private static async Task<string> BusiestThreadAsync(LakeHost lake) => (string)(await lake.RunAsync(
        "SELECT view_instance_id FROM list_partitions() WHERE view_set_name = 'thread_spans' GROUP BY 1 ORDER BY sum(num_rows) DESC LIMIT 1")).Rows[0][0]!;

    private static async Task<bool> IsLeftOutAsync(LakeHost lake, string sql) =>
        (await lake.RunAsync($"EXPLAIN ANALYZE {sql}")).Rows.Any(r => r.Any(v => v is string text && text.Contains("left out: the scan is in order", StringComparison.Ordinal)));
}
