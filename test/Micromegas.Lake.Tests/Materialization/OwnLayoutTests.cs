using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Sqlite;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Lake.Views;
using Micromegas.Parquet;

namespace Micromegas.Lake.Tests.Materialization;

/// <summary>What merges and questions write in lakes that only we use has page indexes, and bloom filters for short texts that hardly repeat; scans use them (docs/benchmarks.md, Reading less).</summary>
public sealed class OwnLayoutTests
{
    private static readonly LakeTimeRange s_hour = new(Nanoseconds("2026-11-22T16:00:00Z"), Nanoseconds("2026-11-22T17:00:00Z"));

    [Theory]
    [InlineData("log_entries")]
    [InlineData("measures")]
    public async Task Merged_files_have_page_indexes(string view)
    {
        await using LakeHost lake = await OpenAsync();
        await MergeAsync(lake, view);
        ParquetFile file = Assert.Single(await FilesAsync(lake, view, "global"));
        AssertIndexed(file);
        ParquetColumnChunk process = file.RowGroups[0].Columns[file.Schema.IndexOf("process_id")];
        PageIndex index = (await file.ReadPageIndexAsync(lake.Store, 0, file.Schema.IndexOf("process_id"), default))!;
        Assert.Equal(process.HasSeveralIndexedPages, index.Pages.Count > 1);
        // Rows lie by process: bounds of pages follow each other.
        Assert.All(index.Pages.Zip(index.Pages.Skip(1)), static pages => Assert.True(
            string.CompareOrdinal((string)pages.First.Statistics.Max!.Value!, (string)pages.Second.Statistics.Min!.Value!) <= 0));
    }

    [Theory]
    [InlineData("log_entries")]
    [InlineData("measures")]
    [InlineData("thread_spans")]
    [InlineData("async_events")]
    [InlineData("net_spans")]
    [InlineData("otel_spans")]
    public async Task Files_that_a_question_makes_have_page_indexes(string view)
    {
        await using LakeHost lake = await OpenAsync();
        string instance = await InstanceAsync(view);
        await lake.ReadInstanceAsync(view, instance);
        IReadOnlyList<ParquetFile> files = await FilesAsync(lake, view, instance);
        Assert.NotEmpty(files);
        Assert.All(files, AssertIndexed);
    }

    [Fact]
    public async Task Pages_of_other_processes_of_a_merged_file_are_not_fetched()
    {
        await using LakeHost lake = await OpenAsync();
        await MergeAsync(lake, "log_entries");
        string last = (string)(await lake.RunAsync("SELECT max(process_id) FROM log_entries")).Rows[0][0]!;
        const string Columns = "SELECT time, msg, level FROM log_entries";
        await using LakeHost fresh = await ReopenAsync(lake);
        (List<object?[]> rows, QueryStatistics statistics) = await fresh.RunAsync($"{Columns} WHERE process_id = '{last}'");
        await using LakeHost other = await ReopenAsync(lake);
        (List<object?[]> expected, QueryStatistics whole) = await other.RunAsync($"{Columns} WHERE concat(process_id, '') = '{last}'");
        ViewReader.AssertSameRows(expected, rows);
        Assert.NotEmpty(rows);
        Assert.True(statistics.PagesPruned > 0);
        Assert.True(statistics.BytesRead * 10 < whole.BytesRead * 7, $"{statistics.BytesRead} of {whole.BytesRead} bytes");

        // The first rows of a process are its first ones in time.
        long time = (long)rows.Min(static row => row[0])!;
        await using LakeHost third = await ReopenAsync(lake);
        (List<object?[]> early, QueryStatistics narrow) = await third.RunAsync($"{Columns} WHERE process_id = '{last}' AND CAST(time AS BIGINT) = {time}");
        ViewReader.AssertSameRows([.. rows.Where(row => (long)row[0]! == time)], early);
        Assert.True(narrow.PagesPruned > 0);
    }

    [Fact]
    public async Task Short_messages_have_filters_that_spare_the_file()
    {
        await using LakeHost lake = await OpenAsync();
        string instance = await InstanceAsync("log_entries");
        (List<object?[]> rows, _) = await lake.ReadInstanceAsync("log_entries", instance);
        ParquetFile file = Assert.Single(await FilesAsync(lake, "log_entries", instance));
        int message = file.Schema.IndexOf("msg");
        Assert.All(file.RowGroups, group => Assert.True(group.Columns[message].HasBloomFilter));
        // Between the least and the greatest message.
        string present = (string)rows[rows.Count / 2][message]!;
        string question = $"SELECT time FROM view_instance('log_entries', '{instance}') WHERE msg = '{{0}}'";
        await using LakeHost fresh = await ReopenAsync(lake);
        (List<object?[]> none, QueryStatistics missing) = await fresh.RunAsync(string.Format(CultureInfo.InvariantCulture, question, present.Replace("'", "''", StringComparison.Ordinal) + " not there"));
        Assert.Empty(none);
        Assert.Equal((0L, 0L), (missing.RowGroupsRead, missing.BytesRead));
        (List<object?[]> some, _) = await fresh.RunAsync(string.Format(CultureInfo.InvariantCulture, question, present.Replace("'", "''", StringComparison.Ordinal)));
        Assert.Equal(rows.Count(row => (string)row[message]! == present), some.Count);
    }

    private static void AssertIndexed(ParquetFile file)
    {
        Assert.NotEmpty(file.RowGroups);
        foreach (ParquetRowGroup group in file.RowGroups)
        {
            for (int i = 0; i < group.Columns.Count; i++)
            {
                Assert.True(group.Columns[i].HasPageIndex, file.Schema[i].Name);
                Assert.True(group.RowCount <= 24_000 || group.Columns[i].HasSeveralIndexedPages, file.Schema[i].Name);
            }
        }
    }

    private static async Task MergeAsync(LakeHost lake, string name)
    {
        // The recorded lake is small.
        EventView view = new(ViewCatalog.Find(name)!) { ClusteredFrom = 0 };
        foreach (long seconds in (long[])[5, 3600])
        {
            await new GlobalMaterializer(lake, Context()).MaterializeAsync(view, s_hour, seconds * 1_000_000_000, default);
        }
    }

    /// <summary>The instance of which upstream recorded the largest file.</summary>
    private static async Task<string> InstanceAsync(string view)
    {
        await using ILakeCatalog recorded = await GoldenLake.OpenAsync("jit");
        return (await recorded.ListPartitionsAsync(new PartitionFilter { ViewSet = view }, default))
            .Where(p => p.InstanceId != "global" && p.FilePath is not null).MaxBy(p => p.RowCount)!.InstanceId;
    }

    private static async Task<IReadOnlyList<ParquetFile>> FilesAsync(LakeHost lake, string view, string instance)
    {
        var files = new List<ParquetFile>();
        foreach (PartitionRecord partition in await lake.Catalog.ListPartitionsAsync(new PartitionFilter { ViewSet = view, InstanceId = instance }, default))
        {
            if (partition.FilePath is { } path)
            {
                files.Add(await ParquetFile.OpenAsync(lake.Store, path, partition.FileSize, default));
            }
        }
        return files;
    }

    /// <summary>The same lake as a process finds it that has cached nothing.</summary>
    private static async Task<LakeHost> ReopenAsync(LakeHost lake)
    {
        LakeOptions options = Options();
        SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(options.TimeProvider, default);
        var tables = new List<(CatalogTable Table, IReadOnlyList<object?[]> Rows)>();
        foreach (CatalogTable table in CatalogSchema.Upstream)
        {
            tables.Add((table, await lake.Catalog.ReadTableAsync(table, default)));
        }
        await catalog.ReplaceContentAsync(tables, LakeSharing.Exclusive, default);
        return new LakeHost("reopened", catalog, lake.Store, options);
    }

    private static QueryContext Context() => new(new EngineOptions(), new MemoryBudget(1L << 30), default);

    private static Task<LakeHost> OpenAsync() => GoldenHost.OpenAsync("global", LakeSharing.Exclusive, withPartitions: false, Options());

    private static LakeOptions Options() => new() { TimeProvider = new FixedClock() };

    private static long Nanoseconds(string time) => (DateTimeOffset.Parse(time, CultureInfo.InvariantCulture).UtcTicks - DateTime.UnixEpoch.Ticks) * 100;

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 22, 16, 59, 0, TimeSpan.Zero);
    }
}
