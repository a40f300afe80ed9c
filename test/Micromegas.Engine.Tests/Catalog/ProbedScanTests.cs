using System.Collections.Concurrent;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Tests.Operators;
using Micromegas.Parquet;
using Micromegas.Parquet.Tests;

namespace Micromegas.Engine.Tests.Catalog;

/// <summary>A top-n over a scan finds its bound in one column and then reads the few rows that are left, whatever the order, nulls, equal values and pages.</summary>
public sealed class ProbedScanTests : IDisposable
{
    private const int Rows = 24_000;
    private static readonly Schema Schema = new(
        new Field("n", DataType.Int64, false), new Field("few", DataType.Int32), new Field("mixed", DataType.Int64), new Field("same", DataType.Int64, false),
        new Field("level", DataType.Int32, false), new Field("text", DataType.Utf8));

    private static readonly EngineOptions[] Settings = [new() { Threads = 1 }, new() { Threads = 2 }, new() { Threads = 2, BatchSize = 100 }];
    private static readonly object?[][] Columns = Make();

    /// <summary>Files by rows of a page.</summary>
    private static readonly ConcurrentDictionary<int, Lazy<Task<byte[]>>> Files = new();
    private readonly OperatorRun run = new();

    public static TheoryData<string, bool, bool, int, bool> Orders
    {
        get
        {
            var orders = new TheoryData<string, bool, bool, int, bool>();
            foreach (var column in new[] { "n", "few", "mixed", "same" })
            {
                foreach (var descending in new[] { false, true })
                {
                    foreach (var nullsFirst in new[] { false, true })
                    {
                        orders.Add(column, descending, nullsFirst, 7, column != "same");
                        orders.Add(column, descending, nullsFirst, 200, column == "n");
                    }
                }
            }
            return orders;
        }
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task The_first_rows_are_those_of_a_sort(string column, bool descending, bool nullsFirst, int limit, bool filters)
    {
        var keys = Columns[Schema.IndexOf(column)];
        var wanted = Enumerable.Range(0, Rows).Where(row => !filters || (int)Columns[4][row]! <= 2)
            .Select(row => (Row: row, Key: keys[row] is { } key ? (long?)Convert.ToInt64(key) : null))
            .OrderBy(item => item.Key is null != nullsFirst)
            .ThenBy(item => descending ? -item.Key : item.Key)
            .Select(item => item.Key is { } key ? $"{key}" : "NULL").Take(limit).ToArray();
        foreach (var pages in new[] { 1500, 12_000 })
        {
            await AddAsync(pages);
            var sql = $"SELECT {column}, text, n FROM t {(filters ? "WHERE level <= 2" : "")} ORDER BY {column} {(descending ? "DESC" : "ASC")} NULLS {(nullsFirst ? "FIRST" : "LAST")} LIMIT {limit}";
            foreach (var options in Settings)
            {
                var rows = await run.RunAsync(sql, options);
                Assert.Equal(wanted, rows.Select(static row => OperatorRun.Text([row[0]])));
                // The other columns are those of the same rows, each of which comes once.
                Assert.All(rows, row => Assert.Equal($"text {row[2]}", row[1]));
                Assert.Equal(rows.Count, rows.Select(static row => row[2]).Distinct().Count());
            }
        }
    }

    [Theory]
    [InlineData("SELECT n, text FROM t ORDER BY n DESC LIMIT 10", 64)]
    [InlineData("SELECT n, text FROM t WHERE level = 1 ORDER BY n DESC LIMIT 10", 40)]
    [InlineData("SELECT mixed, text FROM t WHERE mixed >= 0 ORDER BY mixed DESC LIMIT 3", 60)]
    public async Task Hardly_more_rows_are_read_than_wanted(string sql, int most)
    {
        await AddAsync(12_000);
        var context = new QueryContext(new EngineOptions { Threads = 1 }, MemoryBudget.Unlimited(), CancellationToken.None);
        await run.RunAsync(sql, context.Options, context: context);
        Assert.InRange(context.Statistics.RowsScanned, 3, most);
    }

    public void Dispose() => run.Dispose();

    private async Task AddAsync(int pageRows)
    {
        var bytes = Files.GetOrAdd(pageRows, static pageRows => new Lazy<Task<byte[]>>(() => WrittenFile.WriteAsync(
            Schema, Columns, new ParquetWriterOptions { RowGroupRows = 12_000, PageRows = pageRows, UsesDictionary = static field => field.Name == "level" })));
        await run.AddParquetAsync("t", await bytes.Value);
    }

    private static object?[][] Make()
    {
        var random = new Random(17);
        return
        [
            [.. Enumerable.Range(0, Rows).Select(static n => (object)(long)n)],
            [.. Enumerable.Range(0, Rows).Select(static n => n % 4999 == 7 ? (object)(n / 10) : null)],
            [.. Enumerable.Range(0, Rows).Select(n => random.Next(50) == 0 ? null : (object)(random.NextInt64(1_000_000_000) - 500_000_000))],
            [.. Enumerable.Range(0, Rows).Select(static n => (object)(long)(n / 9000))],
            [.. Enumerable.Range(0, Rows).Select(n => (object)random.Next(1, 7))],
            [.. Enumerable.Range(0, Rows).Select(static n => (object)$"text {n}")],
        ];
    }
}
