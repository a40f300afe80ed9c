using Micromegas.Columnar;
using Micromegas.DuckDb;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Tests.Operators;
using Micromegas.Parquet;
using Micromegas.Parquet.Tests;

namespace Micromegas.Engine.Tests.Catalog;

/// <summary>Aggregations that need no more than how often values occur count dictionary codes: the answers are those of files without dictionaries.</summary>
public sealed class CountedScanTests : IDisposable
{
    private const int Rows = 30_000;
    private static readonly Schema Schema = new(
        new Field("n", DataType.Int64, false), new Field("process", DataType.DictionaryUtf8, false), new Field("level", DataType.Int32), new Field("target", DataType.Utf8),
        new Field("flag", DataType.Int32, false));

    /// <summary>Files without and with dictionaries, in pages of their own sizes; the same rows for all tests.</summary>
    private static readonly Lazy<Task<byte[]>> Plain = new(() => WriteAsync(new ParquetWriterOptions { RowGroupRows = Rows, UsesDictionary = static _ => false }));
    private static readonly Lazy<Task<byte[]>> Coded = new(() => WriteAsync(
        new ParquetWriterOptions { RowGroupRows = 12_000, PageRows = 5000, UsesDictionary = static field => field.Name != "n" }));

    private static readonly Lazy<Task<byte[]>> OfDuckDb = new(CopyAsync);

    private readonly OperatorRun run = new();

    public static TheoryData<string> Statements =>
    [
        "SELECT level, count(*) FROM t GROUP BY level ORDER BY level",
        "SELECT count(*) FROM t WHERE level <= 2",
        "SELECT count(*), count(level), count(target) FROM t WHERE level IS NULL OR level > 1",
        "SELECT count(*) FROM t WHERE level = 77",
        "SELECT process, count(*), count(*) FILTER (WHERE level <= 2) FROM t GROUP BY process ORDER BY process",
        "SELECT target, level, count(*), count(target), min(process), max(level) FROM t GROUP BY target, level ORDER BY target, level",
        "SELECT process, count(*) FROM t WHERE n >= 5000 AND n < 17000 AND target <> 'target 3' GROUP BY process ORDER BY process",
        "SELECT process, count(*) FROM t WHERE target LIKE '%1' AND level > 2 GROUP BY process ORDER BY 2 DESC, 1",
        "SELECT level + 1, target || 'x', count(*) FROM t WHERE flag = 1 GROUP BY 1, 2 ORDER BY 1, 2",
        "SELECT count(DISTINCT process), count(DISTINCT target) FROM t",
        "SELECT count(DISTINCT target) FROM t",
        "SELECT DISTINCT level, target FROM t ORDER BY level, target",
        "SELECT DISTINCT target FROM t WHERE level = 3 ORDER BY target",
        "SELECT process, level, count(*) FROM t GROUP BY ROLLUP (process, level) ORDER BY process, level, 3",
        "SELECT target, bool_or(level = 5), bit_or(level), approx_distinct(process) FROM t GROUP BY target ORDER BY target",
        "SELECT flag, sum(level), count(*) FROM t GROUP BY flag ORDER BY flag",
        "SELECT p.process, count(*) FROM t JOIN (SELECT process, count(*) AS c FROM t GROUP BY process) AS p ON p.process = t.process WHERE p.c > 500 GROUP BY p.process ORDER BY 1",
        "SELECT level, count(*) FILTER (WHERE level / (level - 1) > 1) FROM t WHERE level > 1 GROUP BY level ORDER BY level",
    ];

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task Counting_codes_gives_what_counting_rows_gives(string sql)
    {
        await run.AddParquetAsync("t", await Plain.Value);
        var expected = (await run.RunAsync(sql, new EngineOptions { Threads = 1 })).Select(OperatorRun.Text).ToArray();
        Assert.NotEmpty(expected);
        await run.AddParquetAsync("t", await Coded.Value);
        foreach (var options in OperatorRun.Settings)
        {
            Assert.Equal(expected, (await run.RunAsync(sql, options)).Select(OperatorRun.Text));
        }
    }

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task Files_of_DuckDB_give_the_same_answers(string sql)
    {
        await run.AddParquetAsync("t", await Plain.Value);
        var expected = (await run.RunAsync(sql, new EngineOptions { Threads = 1 })).Select(OperatorRun.Text).ToArray();
        await run.AddParquetAsync("t", await OfDuckDb.Value);
        Assert.Equal(expected, (await run.RunAsync(sql, new EngineOptions { Threads = 2 })).Select(OperatorRun.Text));
    }

    [Theory]
    [InlineData("SELECT count(*) FROM t WHERE level <= 2", 6)]
    [InlineData("SELECT process, count(*) FILTER (WHERE level = 1) FROM t GROUP BY process", 20 * 6)]
    [InlineData("SELECT DISTINCT level, flag FROM t", 2 * 6)]
    public async Task Rows_that_stand_for_many_are_few(string sql, int combinations)
    {
        await run.AddParquetAsync("t", await Coded.Value);
        var context = new QueryContext(new EngineOptions { Threads = 1 }, MemoryBudget.Unlimited(), CancellationToken.None);
        await run.RunAsync(sql, context.Options, context: context);
        Assert.InRange(context.Statistics.RowsScanned, 1, 3 * combinations);
    }

    [Theory]
    [InlineData("SELECT level, sum(flag) FROM t GROUP BY level")]
    [InlineData("SELECT level, count(*) FILTER (WHERE random() < 2) FROM t GROUP BY level")]
    [InlineData("SELECT level, count(*), string_agg(target, ',') FROM t GROUP BY level")]
    [InlineData("SELECT level, max(n) FROM t GROUP BY level")]
    public async Task What_needs_every_row_reads_every_row(string sql)
    {
        await run.AddParquetAsync("t", await Coded.Value);
        var context = new QueryContext(new EngineOptions { Threads = 1 }, MemoryBudget.Unlimited(), CancellationToken.None);
        await run.RunAsync(sql, context.Options, context: context);
        Assert.Equal(Rows, context.Statistics.RowsScanned);
    }

    public void Dispose() => run.Dispose();

    private static async Task<byte[]> CopyAsync()
    {
        var folder = Directory.CreateTempSubdirectory("micromegas-counted");
        try
        {
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "plain.parquet"), await Plain.Value);
            using (var duckDb = DuckDbDatabase.OpenInMemory())
            {
                duckDb.Execute("SET threads = 1");
                duckDb.Execute($"COPY (SELECT * FROM '{Path.Combine(folder.FullName, "plain.parquet")}' ORDER BY n) TO '{Path.Combine(folder.FullName, "t.parquet")}' (FORMAT parquet, codec lz4_raw, row_group_size 10240)");
            }
            return await File.ReadAllBytesAsync(Path.Combine(folder.FullName, "t.parquet"));
        }
        finally
        {
            folder.Delete(true);
        }
    }

    private static Task<byte[]> WriteAsync(ParquetWriterOptions options)
    {
        var random = new Random(11);
        object?[][] columns =
        [
            [.. Enumerable.Range(0, Rows).Select(static n => (object)(long)n)],
            // In runs, as blocks are.
            [.. Enumerable.Range(0, Rows).Select(static n => (object)$"process {n / 700 % 20}")],
            [.. Enumerable.Range(0, Rows).Select(n => random.Next(9) == 0 ? null : (object)(n % 5000 < 900 ? 4 : random.Next(1, 6)))],
            [.. Enumerable.Range(0, Rows).Select(n => n < 12_000 && random.Next(40) == 0 ? null : (object)$"target {Math.Min(random.Next(30), random.Next(30))}")],
            [.. Enumerable.Range(0, Rows).Select(static n => (object)(n / 13 % 2))],
        ];
        return WrittenFile.WriteAsync(Schema, columns, options);
    }
}
