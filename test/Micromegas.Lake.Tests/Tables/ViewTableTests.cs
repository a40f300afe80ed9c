using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tests.Tables;

/// <summary>Reading view instances of the recorded lake: upstream's files and our own decoding must give the same rows.</summary>
public sealed class ViewTableTests
{
    [Theory]
    [InlineData("log_entries", "global")]
    [InlineData("log_entries", "merged")]
    [InlineData("measures", "global")]
    [InlineData("measures", "merged")]
    public async Task Blocks_give_the_rows_that_upstream_wrote(string view, string state)
    {
        await using LakeHost recorded = await GoldenHost.OpenAsync(state);
        await using LakeHost bare = await GoldenHost.OpenAsync(state, withPartitions: false);
        (List<object?[]> expected, QueryStatistics fromFiles) = await recorded.ReadViewAsync(view);
        (List<object?[]> actual, QueryStatistics fromBlocks) = await bare.ReadViewAsync(view);
        Assert.Equal((0, true), (fromFiles.BlocksDecoded, fromFiles.PartitionsRead > 0));
        Assert.Equal((true, 0), (fromBlocks.BlocksDecoded > 10, fromBlocks.PartitionsRead));
        Assert.Equal(fromBlocks.LiveRows, actual.Count);
        ViewReader.AssertSameRows(expected, actual);
    }

    [Theory]
    [InlineData("log_entries")]
    [InlineData("measures")]
    public async Task The_query_range_filters_rows_in_files_and_in_blocks(string view)
    {
        await using LakeHost recorded = await GoldenHost.OpenAsync("global");
        await using LakeHost bare = await GoldenHost.OpenAsync("global", withPartitions: false);
        (List<object?[]> all, _) = await recorded.ReadViewAsync(view);
        long[] times = all.Select(r => (long)r[7]!).Order().ToArray();
        foreach ((int from, int to) in ((int, int)[])[(times.Length / 3, times.Length / 2), (0, 5), (times.Length - 1, times.Length - 1)])
        {
            var range = new TimeRange(times[from], times[to]);
            object?[][] expected = all.Where(r => (long)r[7]! >= range.Begin && (long)r[7]! <= range.End).ToArray();
            ViewReader.AssertSameRows(expected, (await recorded.ReadViewAsync(view, range)).Rows);
            ViewReader.AssertSameRows(expected, (await bare.ReadViewAsync(view, range)).Rows);
        }
        (List<object?[]> none, QueryStatistics statistics) = await recorded.ReadViewAsync(view, new TimeRange(0, 1_000));
        Assert.Empty(none);
        Assert.Equal((0, 0), (statistics.PartitionsRead, statistics.BlocksDecoded));
        Assert.True(statistics.PartitionsPruned > 0);
    }

    /// <summary>One instance has one set of partitions, however its id is written (spec/lakehouse.md §11.5 W39).</summary>
    [Fact]
    public async Task Ids_are_the_same_in_every_spelling()
    {
        const string Lobby = "5fff281d-7235-490f-b933-a5cb2f98c62d";
        await using LakeHost lake = await GoldenHost.OpenAsync("global", LakeSharing.Exclusive, withPartitions: false);
        (List<object?[]> rows, _) = await lake.ReadInstanceAsync("log_entries", Lobby.ToUpperInvariant());
        string?[] files = [.. (await lake.Catalog.ListPartitionsAsync(default, default)).Select(p => p.FilePath)];
        Assert.NotEmpty(files);
        foreach (string spelling in (string[])[Lobby, $"{{{Lobby}}}", Lobby.Replace("-", "", StringComparison.Ordinal)])
        {
            (List<object?[]> again, QueryStatistics reading) = await lake.ReadInstanceAsync("log_entries", spelling);
            Assert.Equal((0L, rows.Count), (reading.BlocksDecoded, again.Count));
        }
        IReadOnlyList<PartitionRecord> partitions = await lake.Catalog.ListPartitionsAsync(default, default);
        Assert.Equal(files, partitions.Select(p => p.FilePath));
        Assert.All(partitions, p => Assert.Equal(Lobby, p.InstanceId));
    }

    /// <summary>What a record says of its events holds for every row, whatever their order (spec/lakehouse.md §3.17, §11.2 W13).</summary>
    [Theory]
    [InlineData("log_entries")]
    [InlineData("measures")]
    public async Task Recorded_times_are_the_least_and_the_greatest(string view)
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global", LakeSharing.Exclusive, withPartitions: false);
        await lake.RunAsync($"SELECT * FROM materialize_partitions('{view}', '2026-11-22T16:00:00Z', '2026-11-22T17:00:00Z', 3600)");
        PartitionRecord partition = Assert.Single(await lake.Catalog.ListPartitionsAsync(default, default));
        ITable table = (await lake.Tables.FindTableAsync(view, default))!;
        long[] times = [.. (await TableRows.ReadAsync(table, projection: [table.Schema.IndexOf("time")])).Select(r => (long)r[0]!)];
        Assert.Equal(new LakeTimeRange(CatalogTime.Truncate(times.Min()), CatalogTime.Truncate(times.Max())), partition.EventRange);

        // The rows are not in the order of their times.
        Assert.Contains(Enumerable.Range(1, times.Length - 1), i => times[i] < times[i - 1]);
    }

    [Fact]
    public async Task Only_the_columns_asked_for_are_read()
    {
        foreach (bool withPartitions in (bool[])[true, false])
        {
            await using LakeHost lake = await GoldenHost.OpenAsync("global", withPartitions: withPartitions);
            (List<object?[]> all, _) = await lake.ReadViewAsync("log_entries");
            var range = new TimeRange((long)all[100][7]!, null);
            int[] projection = [10, 2];
            ITable table = (await lake.Tables.FindTableAsync("log_entries", default))!;
            List<object?[]> some = await TableRows.ReadAsync(table, range, projection);
            ViewReader.AssertSameRows(all.Where(r => (long)r[7]! >= range.Begin).Select(r => new[] { r[10], r[2] }).ToArray(), some);
            Assert.Equal(all.Count, (await TableRows.ReadAsync(table, default, [])).Count);
        }
    }

    [Theory]
    [InlineData("log_entries", "5fff281d-7235-490f-b933-a5cb2f98c62d")]
    [InlineData("log_entries", "6513270e-269e-4d37-b2a7-4de452e6b438")]
    [InlineData("log_entries", "119a72d1-74c9-4f6a-8c01-1cdd9474031b")]
    [InlineData("log_entries", "39e46266-f999-5ceb-94f9-74c42f2dd4eb")]
    [InlineData("log_entries", "57ee05cd-e009-42c7-bebf-f20686734721")]
    [InlineData("log_entries", "64e50cad-6623-4a04-a5e7-e4236472f1a3")]
    [InlineData("measures", "4a57b616-d8ca-473c-991c-da93c2366938")]
    [InlineData("measures", "196cd0c0-3c57-556f-87de-c4e5e34553e7")]
    public async Task An_instance_is_the_process_rows_of_the_global_view(string view, string process)
    {
        await using LakeHost recorded = await GoldenHost.OpenAsync("jit");
        await using LakeHost bare = await GoldenHost.OpenAsync("global");
        (List<object?[]> global, _) = await recorded.ReadViewAsync(view);
        List<object?[]> expected = global.FindAll(r => (string)r[0]! == process);
        (List<object?[]> written, QueryStatistics fromFiles) = await recorded.ReadInstanceAsync(view, process);
        (List<object?[]> decoded, _) = await bare.ReadInstanceAsync(view, process);
        Assert.Equal(0, fromFiles.BlocksDecoded);
        ViewReader.AssertSameRows(expected, written);
        ViewReader.AssertSameRows(expected, decoded);
    }

    [Theory]
    [InlineData("nope", "0711ebbd-ca15-4a79-b52b-0e1345291960", "42P01")]
    [InlineData("blocks", "0711ebbd-ca15-4a79-b52b-0e1345291960", "42P01")]
    [InlineData("log_entries", "not-a-uuid", "22023")]
    [InlineData("thread_spans", "global", "42P01")]
    public async Task A_bad_instance_is_refused_when_it_is_named(string view, string instance, string sqlState)
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global");
        var error = await Assert.ThrowsAsync<EngineException>(() => lake.ReadInstanceAsync(view, instance));
        Assert.Equal(sqlState, error.SqlState);
    }

    [Fact]
    public async Task Broken_blocks_are_reported_and_the_rest_is_there()
    {
        await using LakeHost lake = await GoldenHost.OpenAsync("global", withPartitions: false);
        var warnings = new List<string>();
        var context = new QueryContext(new EngineOptions(), MemoryBudget.Unlimited(), default) { Warn = text => { lock (warnings) { warnings.Add(text); } } };
        List<object?[]> rows = await TableRows.ReadAsync((await lake.Tables.FindTableAsync("log_entries", default))!, context: context);
        Assert.NotEmpty(rows);
        Assert.Contains(warnings, w => w.Contains("gives no rows", StringComparison.Ordinal));
        Assert.Contains(warnings, w => w.Contains("is missing", StringComparison.Ordinal));
    }
}
