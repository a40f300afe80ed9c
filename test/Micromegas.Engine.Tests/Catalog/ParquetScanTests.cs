using System.Collections.Concurrent;
using Micromegas.Columnar;
using Micromegas.DuckDb;
using Micromegas.Engine.Catalog.Parquet;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Tests.Operators;
using Micromegas.Parquet;
using Micromegas.Parquet.Tests;
using Micromegas.Storage;

namespace Micromegas.Engine.Tests.Catalog;

/// <summary>Page indexes, bloom filters and dictionaries save reading, as the counters show, and never change an answer.</summary>
public sealed class ParquetScanTests : IDisposable
{
    private const int Rows = 60_000;
    private static readonly Schema Schema = new(
        new Field("n", DataType.Int64, false), new Field("id", DataType.Utf8), new Field("name", DataType.DictionaryUtf8), new Field("value", DataType.Float64));

    /// <summary>Files by layout: all tests read the same rows.</summary>
    private static readonly ConcurrentDictionary<ParquetWriterOptions, Lazy<Task<byte[]>>> Files = new();

    private readonly OperatorRun run = new();

    public static TheoryData<string> Predicates =>
    [
        "n BETWEEN 31000 AND 31010", "n = 5", "n < 0", "n >= 59990", "n IN (10, 20000, 59999)", "n < 3000 OR n > 58000", "n <> 7", "n > 100 AND value < 60",
        "id = 'id-00041'", "id IN ('id-00041', 'id-59000')", "id = 'nowhere'", "id IS NULL", "id IS NOT NULL AND n < 4000", "id LIKE 'id-41%'",
        "name = 'name 3'", "name = 'missing'", "name = 'only late'", "value > 99.5 AND n > 40000", "value = 0.5 AND n < 2500", "n = 20000 AND id = 'id-20000'",
    ];

    [Theory]
    [MemberData(nameof(Predicates))]
    public async Task Predicates_give_the_rows_that_a_file_without_indexes_gives(string predicate)
    {
        await AddAsync("indexed", new ParquetWriterOptions { PageRows = 2500, RowGroupRows = 20_000, LongestIdentifier = 40, DictionaryBytes = 10_000 });
        await AddAsync("bare", new ParquetWriterOptions { PageRows = Rows, RowGroupRows = Rows });
        var expected = await run.RunAsync($"SELECT n, id, name, value FROM bare WHERE {predicate} ORDER BY n", new EngineOptions { Threads = 1 });
        foreach (var options in OperatorRun.Settings)
        {
            var rows = await run.RunAsync($"SELECT n, id, name, value FROM indexed WHERE {predicate} ORDER BY n", options);
            Assert.Equal(expected.Select(OperatorRun.Text), rows.Select(OperatorRun.Text));
        }
    }

    [Fact]
    public async Task Pages_outside_the_bounds_of_a_predicate_are_not_fetched()
    {
        await AddAsync("t", new ParquetWriterOptions { PageRows = 2500, RowGroupRows = 20_000, UsesDictionary = static _ => false });
        var all = await CountAsync("SELECT n, id, value FROM t");
        var some = await CountAsync("SELECT n, id, value FROM t WHERE n BETWEEN 31000 AND 31010");
        Assert.Equal(2, some.RowGroupsPruned);
        Assert.Equal(1, some.RowGroupsRead);
        // Seven pages a column: they end with a batch of a thousand rows.
        Assert.Equal(3 * 6, some.PagesPruned);
        Assert.InRange(some.BytesRead, 1, all.BytesRead / 10);
        Assert.Equal(all.BytesRead, some.BytesRead + some.BytesPruned);
    }

    [Fact]
    public async Task Predicates_that_hold_for_the_whole_row_group_fetch_no_index()
    {
        await AddAsync("t", new ParquetWriterOptions { PageRows = 2500, RowGroupRows = 20_000 });
        using var cache = new ChunkCache(64 << 20, MemoryBudget.Unlimited());
        await CountAsync("SELECT n FROM t WHERE n >= 0", cache);
        var pages = cache.Bytes;
        await CountAsync("SELECT n FROM t WHERE n >= 100", cache);
        Assert.True(cache.Bytes > pages);
    }

    [Theory]
    [InlineData("SELECT sum(value) FROM t WHERE n >= 20000", "SELECT value FROM t WHERE n >= 20000", 40_000)]
    [InlineData("SELECT sum(value), count(*) FROM t WHERE n > 10 AND n IS NOT NULL AND value >= 0", "SELECT value FROM t WHERE n > 10", 59_989)]
    [InlineData("SELECT count(*) FROM t WHERE n < 20000 AND name <> 'x'", null, 20_000)]
    public async Task A_column_whose_predicates_hold_for_the_whole_row_group_is_not_read(string sql, string? rows, int count)
    {
        await AddAsync("t", new ParquetWriterOptions { RowGroupRows = 20_000 });
        var one = await CountAsync("SELECT n FROM t WHERE n < 0 OR n >= 0");
        var all = await CountAsync($"{sql} AND n % 2 >= 0");
        var some = await CountAsync(sql);
        Assert.InRange(some.BytesRead, 0, all.BytesRead - (one.BytesRead / 4));
        foreach (var options in OperatorRun.Settings)
        {
            var expected = await run.RunAsync($"{sql} AND n % 2 >= 0", options);
            Assert.Equal(expected.Select(OperatorRun.Text), (await run.RunAsync(sql, options)).Select(OperatorRun.Text));
            if (rows is not null)
            {
                Assert.Equal(count, (await run.RunAsync(rows, options)).Count);
            }
        }
    }

    [Fact]
    public async Task A_bloom_filter_tells_that_an_identifier_is_not_there()
    {
        await AddAsync("filtered", new ParquetWriterOptions { RowGroupRows = 20_000, LongestIdentifier = 40, DictionaryBytes = 10_000 });
        await AddAsync("bare", new ParquetWriterOptions { RowGroupRows = 20_000, DictionaryBytes = 10_000 });
        // Between the bounds of every row group.
        var skipped = await CountAsync("SELECT n FROM filtered WHERE id = 'id-0004x'");
        Assert.Equal(3, skipped.RowGroupsPruned);
        Assert.Equal(0, skipped.BytesRead);
        Assert.Equal(3, (await CountAsync("SELECT n FROM bare WHERE id = 'id-0004x'")).RowGroupsRead);
        Assert.InRange((await CountAsync("SELECT n FROM filtered WHERE id = 'id-00041'")).RowGroupsRead, 1, 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_top_n_looks_at_its_column_before_it_reads_the_others(int threads)
    {
        await AddAsync("t", new ParquetWriterOptions { RowGroupRows = 20_000 });
        var statistics = await CountAsync("SELECT n, id, value FROM t WHERE n <> 59995 ORDER BY n DESC LIMIT 10", threads: threads);
        // The last piece of the last row group; of the others, the fetched ones at most are looked at.
        Assert.InRange(statistics.RowsScanned, 10, Batch.MaxRows);
        var rows = await run.RunAsync("SELECT n, id, value FROM t WHERE n <> 59995 ORDER BY n DESC LIMIT 10", new EngineOptions { Threads = threads });
        Assert.Equal(["59999", "59998", "59997", "59996", "59994", "59993", "59992", "59991", "59990", "59989"], rows.Select(static row => OperatorRun.Text([row[0]])));
    }

    [Fact]
    public async Task Distinct_values_of_a_dictionary_come_once_a_row_group()
    {
        await AddAsync("t", new ParquetWriterOptions { RowGroupRows = 20_000 });
        var statistics = await CountAsync("SELECT DISTINCT name FROM t");
        Assert.InRange(statistics.RowsScanned, 1, Rows / 2);
        var expected = await run.RunAsync("SELECT name FROM t GROUP BY name, n % 2 ORDER BY name", new EngineOptions());
        var distinct = await run.RunAsync("SELECT DISTINCT name FROM t ORDER BY name", new EngineOptions());
        Assert.Equal(expected.Select(OperatorRun.Text).Distinct(), distinct.Select(OperatorRun.Text));
    }

    [Fact]
    public async Task Filters_that_DuckDB_wrote_are_used()
    {
        var folder = Directory.CreateTempSubdirectory("micromegas-scan");
        try
        {
            using (var duckDb = DuckDbDatabase.OpenInMemory())
            {
                // One thread: the row groups are cut where they should be.
                duckDb.Execute("SET threads = 1");
                duckDb.Execute($"COPY (SELECT 'p' || lpad(((i * 7919) % 1000 * 2)::text, 4, '0') AS p, i FROM range(40000) AS r(i)) TO '{Path.Combine(folder.FullName, "f.parquet")}' (FORMAT parquet, row_group_size 20480)");
            }
            run.Catalog.Add("d", await ParquetTable.OpenAsync(new DirectoryObjectStore(folder.FullName), ["f.parquet"], CancellationToken.None));
            Assert.Equal(0, (await CountAsync("SELECT i FROM d WHERE p = 'p0777'")).BytesRead);
            Assert.Equal(2, (await CountAsync("SELECT i FROM d WHERE p = 'p0778'")).RowGroupsRead);
            Assert.Equal(40, (await run.RunAsync("SELECT i FROM d WHERE p = 'p0778'", new EngineOptions())).Count);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public async Task A_dictionary_without_the_value_ends_the_row_group()
    {
        await AddAsync("t", new ParquetWriterOptions { RowGroupRows = 20_000 });
        var missing = await CountAsync("SELECT n FROM t WHERE name = 'name 3x'");
        Assert.Equal(0, missing.RowsScanned);
        Assert.Equal(3, missing.RowGroupsPruned);
        Assert.Equal(2, (await CountAsync("SELECT n FROM t WHERE name LIKE 'only%'")).RowGroupsPruned);
    }

    public void Dispose() => run.Dispose();

    private async Task<QueryStatistics> CountAsync(string sql, ChunkCache? cache = null, int threads = 1)
    {
        var context = new QueryContext(new EngineOptions { Threads = threads }, MemoryBudget.Unlimited(), CancellationToken.None) { Chunks = cache };
        await run.RunAsync(sql, context.Options, context: context);
        return context.Statistics;
    }

    private async Task AddAsync(string name, ParquetWriterOptions options)
    {
        var bytes = await Files.GetOrAdd(options, static options => new Lazy<Task<byte[]>>(() => WriteAsync(options))).Value;
        await run.AddParquetAsync(name, bytes);
    }

    private static Task<byte[]> WriteAsync(ParquetWriterOptions options)
    {
        var random = new Random(7);
        object?[][] columns =
        [
            [.. Enumerable.Range(0, Rows).Select(static n => (object)(long)n)],
            // Every row group has ids from everywhere, so bounds say nothing.
            [.. Enumerable.Range(0, Rows).Select(static n => n % 11 == 3 && n / 2500 % 5 == 0 ? null : (object)$"id-{n % 20_000 * 3 + (n / 20_000):D5}")],
            [.. Enumerable.Range(0, Rows).Select(static n => n > 55_000 && n % 100 == 0 ? "only late" : (object)$"name {n / 500 % 8}")],
            [.. Enumerable.Range(0, Rows).Select(n => (object)(random.Next(200) * 0.5))],
        ];
        return WrittenFile.WriteAsync(Schema, columns, options);
    }
}
