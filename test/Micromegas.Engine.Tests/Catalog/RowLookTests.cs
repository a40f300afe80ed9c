using Micromegas.Columnar;
using Micromegas.DuckDb;
using Micromegas.Engine.Catalog.Parquet;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Tests.Operators;
using Micromegas.Parquet;
using Micromegas.Parquet.Tests;
using Micromegas.Storage;

namespace Micromegas.Engine.Tests.Catalog;

/// <summary>Where nothing is cached, small columns of predicates are fetched before the others, of which then only pages with rows that satisfy them are.</summary>
public sealed class RowLookTests : IDisposable
{
    private const int Rows = 60_000;
    private const int GroupRows = 20_000;

    /// <summary>A request that costs as much as the predicates' columns of these files have, and one that costs more than all of a row group.</summary>
    private const int Cheap = 24_000, Dear = 16 << 20;

    private static readonly Schema Schema = new(
        new Field("n", DataType.Int64, false), new Field("process", DataType.DictionaryUtf8), new Field("level", DataType.Int32), new Field("text", DataType.Utf8));

    private static readonly Lazy<Task<byte[]>> File = new(WriteAsync);

    private readonly OperatorRun run = new();

    public static TheoryData<string, int> Predicates => new()
    {
        // Row groups in which some row satisfies all predicates; the dictionaries of each have all values.
        { "process = 'p3' AND level = 5", 0 },
        { "process = 'p3' AND level = 9", 1 },
        { "process IN ('p3', 'p4') AND level > 4 AND process <> 'p3'", 1 },
        { "process = 'p2' AND level IN (1, 5) AND n % 2 = 0", 0 },
        { "(process = 'p2' AND level = 5) OR level = 12", 0 },
        { "process = 'p1'", 3 },
        { "process LIKE '%7' AND level = 7", 3 },
    };

    [Theory]
    [MemberData(nameof(Predicates))]
    public async Task Row_groups_and_pages_without_such_rows_are_not_fetched(string predicate, int groups)
    {
        var store = await AddAsync("cheap", await File.Value, Cheap);
        var plain = await AddAsync("dear", await File.Value, Dear);
        var (rows, statistics) = await AskAsync($"SELECT n, text FROM cheap WHERE {predicate} ORDER BY n");
        var (expected, whole) = await AskAsync($"SELECT n, text FROM dear WHERE {predicate} ORDER BY n");
        Assert.Equal(expected, rows);
        Assert.Equal(groups == 0, rows.Count == 0);
        Assert.Equal(3 - groups, statistics.RowGroupsPruned);
        Assert.Equal(groups, statistics.RowGroupsRead);
        // Where the predicates' columns came together with the others they come first, then where the others' pages lie, and these.
        Assert.Equal(plain.Reads + (2 * groups), store.Reads);
        Assert.Equal(whole.BytesRead, statistics.BytesRead + statistics.BytesPruned);
        Assert.InRange(statistics.BytesRead, 1, (whole.BytesRead * groups / 3 * 7 / 10) + 30_000);
        Assert.Equal(groups > 0, statistics.PagesPruned > 0);
        foreach (var options in new EngineOptions[] { new() { Threads = 1, BatchSize = 100 }, new() { Threads = 2, FlattenDictionaries = true } })
        {
            Assert.Equal(expected, (await run.RunAsync($"SELECT n, text FROM cheap WHERE {predicate} ORDER BY n", options)).Select(OperatorRun.Text));
        }
    }

    [Theory]
    [InlineData("SELECT count(*), min(text) FROM {0} WHERE process = 'p3' AND level > 1")]
    [InlineData("SELECT process, level, count(*) FROM {0} WHERE process = 'p6' AND text > 'text 8' GROUP BY process, level ORDER BY level")]
    [InlineData("SELECT n, text FROM {0} WHERE process = 'p6' AND level <> 6 ORDER BY n DESC LIMIT 20")]
    [InlineData("SELECT DISTINCT level, substr(text, 1, 6) FROM {0} WHERE process = 'p0' ORDER BY 1, 2")]
    [InlineData("SELECT a.n, b.text FROM {0} a JOIN {0} b ON a.n = b.n WHERE b.process = 'p5' AND a.level = 2 ORDER BY a.n")]
    public async Task Whatever_reads_the_rows_gets_the_same(string sql)
    {
        await AddAsync("cheap", await File.Value, Cheap);
        await AddAsync("dear", await File.Value, Dear);
        foreach (var options in new EngineOptions[] { new() { Threads = 1 }, new() { Threads = 2, BatchSize = 100 }, new() { Threads = 2, ForceSpill = true } })
        {
            var expected = await run.RunAsync(string.Format(null, sql, "dear"), options);
            Assert.Equal(expected.Select(OperatorRun.Text), (await run.RunAsync(string.Format(null, sql, "cheap"), options)).Select(OperatorRun.Text));
        }
    }

    [Fact]
    public async Task A_statement_shows_what_it_looked_at_first()
    {
        await AddAsync("t", await File.Value, Cheap);
        var plan = string.Join('\n', (await run.RunAsync("EXPLAIN ANALYZE SELECT text FROM t WHERE process = 'p3' AND level = 9", new EngineOptions())).Select(OperatorRun.Text));
        Assert.Contains("row groups looked at first=3 excluded=2 narrowed=1", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_without_page_index_are_spared_row_groups()
    {
        var folder = Directory.CreateTempSubdirectory("micromegas-look");
        try
        {
            using (var duckDb = DuckDbDatabase.OpenInMemory())
            {
                duckDb.Execute("SET threads = 1");
                duckDb.Execute(
                    "COPY (SELECT 'p' || (i // 1000 % 8)::text AS process, (CASE WHEN i // 20480 = 1 AND i // 1000 % 8 = 3 THEN 7 ELSE i // 1000 % 8 END)::int AS level, md5(i::text) AS text "
                    + $"FROM range(61440) AS r(i)) TO '{Path.Combine(folder.FullName, "f.parquet")}' (FORMAT parquet, row_group_size 20480)");
            }
            var store = new CountingStore(new DirectoryObjectStore(folder.FullName), Cheap);
            run.Catalog.Add("d", await ParquetTable.OpenAsync(store, ["f.parquet"], CancellationToken.None));
            var (rows, statistics) = await AskAsync("SELECT text FROM d WHERE process = 'p3' AND level = 7");
            Assert.Equal(2, statistics.RowGroupsPruned);
            Assert.Equal((await AskAsync("SELECT text FROM d WHERE concat(process, '') = 'p3' AND level % 10 = 7")).Rows.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
            Assert.NotEmpty(rows);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Fact]
    public async Task Damage_in_what_is_looked_at_is_reported_as_where_everything_is_fetched_at_once()
    {
        var intact = await File.Value;
        var looked = await AddAsync("intact", intact, Cheap);
        await AskAsync("SELECT text FROM intact WHERE process = 'p3' AND level = 5");
        // Bounds of pages lie behind all row groups.
        var ranges = looked.Ranges.OrderBy(static range => range.Offset).Take(6).ToArray();
        var random = new Random(12);
        var reported = 0;
        for (var round = 0; round < 60; round++)
        {
            var range = ranges[round % 6];
            var damaged = intact.ToArray();
            for (var i = 0; i < 3; i++)
            {
                damaged[range.Offset + random.Next(range.Length)] ^= (byte)random.Next(1, 256);
            }
            await AddAsync($"cheap{round}", damaged, Cheap);
            await AddAsync($"dear{round}", damaged, Dear);
            var expected = await OutcomeAsync($"SELECT n, text FROM dear{round} WHERE process = 'p3' AND level = 9");
            Assert.Equal(expected, await OutcomeAsync($"SELECT n, text FROM cheap{round} WHERE process = 'p3' AND level = 9"));
            reported += expected.StartsWith("damaged", StringComparison.Ordinal) ? 1 : 0;
        }
        Assert.InRange(reported, 5, 60);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(6)]
    public async Task A_cancelled_statement_ends_wherever_it_is(int stopAt)
    {
        var store = await AddAsync("t", await File.Value, Cheap);
        using var cancellation = new CancellationTokenSource();
        store.Before = async (number, token) =>
        {
            if (number == stopAt)
            {
                await cancellation.CancelAsync();
                await Task.Delay(Timeout.Infinite, token);
            }
        };
        var context = new QueryContext(new EngineOptions { Threads = 2 }, MemoryBudget.Unlimited(), cancellation.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.RunAsync("SELECT text FROM t WHERE process = 'p1'", context.Options, context: context));
        Assert.Equal(0, context.Budget.RentedBytes);
    }

    public void Dispose() => run.Dispose();

    private async Task<string> OutcomeAsync(string sql)
    {
        try
        {
            return string.Join('\n', (await AskAsync(sql)).Rows.Order(StringComparer.Ordinal));
        }
        catch (ParquetException e)
        {
            return "damaged: " + e.Message[e.Message.IndexOf(':', StringComparison.Ordinal)..];
        }
    }

    private async Task<(List<string> Rows, QueryStatistics Statistics)> AskAsync(string sql)
    {
        var context = new QueryContext(new EngineOptions { Threads = 2 }, MemoryBudget.Unlimited(), CancellationToken.None);
        var rows = await run.RunAsync(sql, context.Options, context: context);
        return ([.. rows.Select(OperatorRun.Text)], context.Statistics);
    }

    private async Task<CountingStore> AddAsync(string name, byte[] file, int requestCost)
    {
        var memory = new MemoryObjectStore();
        await memory.PutAsync("f", file, PutMode.CreateOnly, CancellationToken.None);
        var store = new CountingStore(memory, requestCost);
        run.Catalog.Add(name, await ParquetTable.OpenAsync(store, ["f"], CancellationToken.None));
        store.Reset();
        return store;
    }

    /// <summary>Processes by turns, a thousand rows each, with levels of their own, but for one row; bounds of pages say nothing.</summary>
    private static Task<byte[]> WriteAsync()
    {
        var random = new Random(5);
        object?[][] columns =
        [
            [.. Enumerable.Range(0, Rows).Select(static n => (object)(long)n)],
            [.. Enumerable.Range(0, Rows).Select(static n => (object)(n % 1000 == 0 ? "a" : n % 1000 == 1 ? "z" : $"p{n / 1000 % 8}"))],
            [.. Enumerable.Range(0, Rows).Select(static object? (n) => (n % 1000) switch
            {
                0 => (object)-5,
                1 => 99,
                500 => n == 3500 ? 9 : null,
                10 => n % GroupRows == 10 ? 9 : 0,
                _ => n / 1000 % 8,
            })],
            [.. Enumerable.Range(0, Rows).Select(n => (object)$"text {random.NextInt64():x} of {n}")],
        ];
        return WrittenFile.WriteAsync(Schema, columns, new ParquetWriterOptions { RowGroupRows = GroupRows, PageRows = 2000, UsesDictionary = static field => field.Name is "process" or "level" });
    }
}
