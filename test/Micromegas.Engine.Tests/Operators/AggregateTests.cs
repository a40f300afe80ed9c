using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Tests.Operators;

public sealed class AggregateTests : IDisposable
{
    private const int Count = 10_000;

    private readonly OperatorRun run = new();
    private readonly Row[] rows;

    public AggregateTests()
    {
        var random = new Random(7);
        rows =
        [
            .. Enumerable.Range(0, Count).Select(id => new Row(
                id,
                random.Next(9) == 0 ? null : random.Next(6),
                random.Next(15) == 0 ? null : random.Next(1000) - 500L,
                random.Next(10) == 0 ? null : $"text {random.Next(3000)}",
                random.Next(12) == 0 ? null : $"name {random.Next(20)}",
                random.Next(2) == 0 ? double.NaN : random.Next(3))),
        ];
        run.Add(
            "a",
            rows,
            (new Field("id", DataType.Int64, false), static row => row.Id),
            (new Field("level", DataType.Int32), static row => row.Level),
            (new Field("n", DataType.Int64), static row => row.N),
            (new Field("s", DataType.Utf8), static row => row.S),
            (new Field("d", DataType.DictionaryUtf8), static row => row.D),
            (new Field("f", DataType.Float64, false), static row => row.F));
        run.Add("none", Array.Empty<Row>(), (new Field("n", DataType.Int64), static row => row.N));
    }

    [Fact]
    public Task Without_keys_one_row() =>
        run.CheckAsync("SELECT count(*), count(n), sum(n), min(d), max(id) FROM a", [[(long)Count, (long)rows.Count(static row => row.N is not null), rows.Sum(static row => row.N), "name 0", Count - 1L]]);

    [Fact]
    public Task Without_keys_and_rows_still_one_row() => run.CheckAsync("SELECT count(*), sum(n) FROM none", [[0L, null]]);

    [Fact]
    public Task With_keys_and_without_rows_none() => run.CheckAsync("SELECT n, count(*) FROM none GROUP BY n", []);

    [Fact]
    public Task By_dictionary() => run.CheckAsync(
        "SELECT d, count(*), sum(n) FROM a GROUP BY d",
        rows.GroupBy(static row => row.D).Select(static group => new object?[] { group.Key, (long)group.Count(), group.Sum(static row => row.N) }),
        ordered: false);

    [Fact]
    public Task By_dictionary_and_small_integer() => run.CheckAsync(
        "SELECT d, level, count(*), min(n) FROM a WHERE id % 3 <> 1 GROUP BY d, level",
        rows.Where(static row => row.Id % 3 != 1).GroupBy(static row => (row.D, row.Level))
            .Select(static group => new object?[] { group.Key.D, group.Key.Level, (long)group.Count(), group.Min(static row => row.N) }),
        ordered: false);

    [Fact]
    public Task By_text_and_number() => run.CheckAsync(
        "SELECT s, n, count(*) FROM a GROUP BY s, n",
        rows.GroupBy(static row => (row.S, row.N)).Select(static group => new object?[] { group.Key.S, group.Key.N, (long)group.Count() }),
        ordered: false);

    [Fact]
    public Task By_unique_key() => run.CheckAsync(
        "SELECT id, max(n) FROM a GROUP BY id", rows.Select(static row => new object?[] { row.Id, row.N }), ordered: false);

    [Fact]
    public Task NaN_is_one_group() => run.CheckAsync(
        "SELECT f, count(*) FROM a GROUP BY f ORDER BY f",
        rows.GroupBy(static row => row.F).OrderBy(static group => double.IsNaN(group.Key) ? 9 : group.Key).Select(static group => new object?[] { group.Key, (long)group.Count() }));

    [Fact]
    public Task Distinct_rows() => run.CheckAsync(
        "SELECT DISTINCT level, d FROM a", rows.Select(static row => (row.Level, row.D)).Distinct().Select(static pair => new object?[] { pair.Level, pair.D }), ordered: false);

    [Fact]
    public Task Distinct_arguments() => run.CheckAsync(
        "SELECT d, count(DISTINCT s), sum(DISTINCT n), count(*) FROM a GROUP BY d",
        rows.GroupBy(static row => row.D).Select(static group => new object?[]
        {
            group.Key,
            (long)group.Where(static row => row.S is not null).Select(static row => row.S).Distinct().Count(),
            group.Select(static row => row.N).Distinct().Sum(),
            (long)group.Count(),
        }),
        ordered: false);

    [Fact]
    public Task Distinct_without_keys() => run.CheckAsync(
        "SELECT count(DISTINCT s), count(DISTINCT d) FROM a", [[(long)rows.Select(static row => row.S).OfType<string>().Distinct().Count(), 20L]]);

    [Fact]
    public Task Filter_counts_some_rows() => run.CheckAsync(
        "SELECT level, count(*) FILTER (WHERE n > 0), sum(n) FILTER (WHERE d = 'name 3') FROM a GROUP BY level",
        rows.GroupBy(static row => row.Level).Select(static group => new object?[]
        {
            group.Key, (long)group.Count(static row => row.N > 0), group.Where(static row => row.D == "name 3").Sum(static row => row.N),
        }),
        ordered: false);

    [Fact]
    public Task Order_inside_the_call() => run.CheckAsync(
        "SELECT level, string_agg(d, ',' ORDER BY n DESC NULLS LAST, id), first_value(id ORDER BY id DESC) FROM a WHERE id < 3000 AND d IS NOT NULL GROUP BY level",
        rows.Where(static row => row.Id < 3000 && row.D is not null).GroupBy(static row => row.Level).Select(static group => new object?[]
        {
            group.Key,
            string.Join(',', group.OrderByDescending(static row => row.N ?? long.MinValue).ThenBy(static row => row.Id).Select(static row => row.D)),
            group.Max(static row => row.Id),
        }),
        ordered: false);

    [Fact]
    public Task Distinct_and_order_inside_the_call() => run.CheckAsync(
        "SELECT level, string_agg(DISTINCT d, ',' ORDER BY d DESC) FROM a WHERE d IS NOT NULL GROUP BY level",
        rows.Where(static row => row.D is not null).GroupBy(static row => row.Level).Select(static group => new object?[]
        {
            group.Key, string.Join(',', group.Select(static row => row.D).Distinct().OrderDescending(StringComparer.Ordinal)),
        }),
        ordered: false);

    [Fact]
    public Task Grouping_sets() => run.CheckAsync(
        "SELECT level, d, count(*) FROM a GROUP BY ROLLUP (level, d)",
        rows.GroupBy(static row => (row.Level, row.D)).Select(static group => new object?[] { group.Key.Level, group.Key.D, (long)group.Count() })
            .Concat(rows.GroupBy(static row => row.Level).Select(static group => new object?[] { group.Key, null, (long)group.Count() }))
            .Append([null, null, (long)Count]),
        ordered: false);

    [Fact]
    public async Task A_small_budget_spills_and_gives_the_same_groups()
    {
        var context = new QueryContext(new EngineOptions { Threads = 2 }, new MemoryBudget(600_000), CancellationToken.None);
        var groups = await run.RunAsync("SELECT id, s, count(*) FROM a GROUP BY id, s", context.Options, context: context);

        Assert.Equal(rows.Select(static row => OperatorRun.Text([row.Id, row.S, 1L])).Order(StringComparer.Ordinal), groups.Select(OperatorRun.Text).Order(StringComparer.Ordinal));
        Assert.True(context.Statistics.SpilledBytes > 0);
        Assert.Equal(0, context.Budget.Used);
    }

    /// <summary>The values of a group that memory has no room for are read in passes.</summary>
    [Theory]
    [InlineData("SELECT median(h), percentile_cont(0.999) WITHIN GROUP (ORDER BY f), count(*), sum(id) FROM large")]
    [InlineData("SELECT id % 3 AS k, median(h), median(f), median(c), min(h) FROM large GROUP BY k")]
    [InlineData("SELECT CASE WHEN id % 10 = 0 THEN id END AS k, median(h), percentile_cont(0.25) WITHIN GROUP (ORDER BY h) FROM large GROUP BY k")]
    [InlineData("SELECT median(CAST(id AS DECIMAL(20, 2)) * 3), median(CAST(NULL AS DOUBLE)) FROM large")]
    public async Task Medians_of_groups_that_do_not_fit_memory(string sql)
    {
        run.Add(
            "large",
            Enumerable.Range(0, 120_000).ToArray(),
            (new Field("id", DataType.Int64, false), static id => (long)id),
            (new Field("h", DataType.Int64, false), static id => id * 2654435761 % 4294967291),
            (new Field("f", DataType.Float64), static id => id % 5 == 0 ? null : id % 7 == 0 ? double.NaN : id * 0.1),
            (new Field("c", DataType.Int32, false), static id => id % 4 == 0 ? 17 : 18));
        var expected = await run.RunAsync(sql, new EngineOptions { Threads = 1 });
        foreach (var threads in (int[])[1, 2])
        {
            var context = new QueryContext(new EngineOptions { Threads = threads }, new MemoryBudget(1_000_000), CancellationToken.None);
            var found = await run.RunAsync(sql, context.Options, context: context);

            Assert.Equal(expected.Select(OperatorRun.Text).Order(StringComparer.Ordinal), found.Select(OperatorRun.Text).Order(StringComparer.Ordinal));
            Assert.True(context.Statistics.SpilledBytes > 0);
            Assert.Equal(0, context.Budget.Used);
            Assert.Equal(0, context.Budget.RentedBytes);
        }
    }

    /// <summary>Distinct values of few groups, or of one, are split by value where memory has no room for them.</summary>
    [Theory]
    [InlineData("SELECT count(DISTINCT h), sum(id), count(DISTINCT c), min(s) FROM large")]
    [InlineData("SELECT count(DISTINCT s), sum(DISTINCT h), count(*), count(DISTINCT id % 5000) FILTER (WHERE c = 17) FROM large")]
    [InlineData("SELECT id % 2 AS k, count(DISTINCT h), count(DISTINCT s), sum(id) FROM large GROUP BY k")]
    [InlineData("SELECT CASE WHEN id % 50 = 0 THEN id END AS k, count(DISTINCT h), sum(id) FROM large GROUP BY k")]
    [InlineData("SELECT count(DISTINCT h), median(h), sum(DISTINCT c), count(DISTINCT s) FROM large")]
    [InlineData("SELECT id % 3 AS k, count(DISTINCT h), median(h), sum(DISTINCT id) FROM large GROUP BY k")]
    [InlineData("SELECT id % 2 AS k, c, count(DISTINCT h), sum(id) FROM large GROUP BY GROUPING SETS ((), (k), (c))")]
    public async Task Distinct_values_of_few_groups_that_do_not_fit_memory(string sql)
    {
        run.Add(
            "large",
            Enumerable.Range(0, 60_000).ToArray(),
            (new Field("id", DataType.Int64, false), static id => (long)id),
            (new Field("h", DataType.Int64), static id => id % 11 == 0 ? null : id / 2 * 2654435761 % 4294967291),
            (new Field("s", DataType.Utf8), static id => $"text {id * 7L % 40_009}"),
            (new Field("c", DataType.Int32, false), static id => id % 4 == 0 ? 17 : 18));
        var expected = await run.RunAsync(sql, new EngineOptions { Threads = 1 });
        foreach (var threads in (int[])[1, 2])
        {
            var context = new QueryContext(new EngineOptions { Threads = threads }, new MemoryBudget(threads * 900_000), CancellationToken.None);
            var found = await run.RunAsync(sql, context.Options, context: context);

            Assert.Equal(expected.Select(OperatorRun.Text).Order(StringComparer.Ordinal), found.Select(OperatorRun.Text).Order(StringComparer.Ordinal));
            Assert.True(context.Statistics.SpilledBytes > 0);
            Assert.Equal(0, context.Budget.Used);
            Assert.Equal(0, context.Budget.RentedBytes);
        }
    }

    [Fact]
    public async Task A_hopeless_budget_is_a_typed_error()
    {
        var error = await Assert.ThrowsAsync<MemoryLimitException>(
            () => run.RunAsync("SELECT s, count(*) FROM a GROUP BY s", new EngineOptions(), new MemoryBudget(3_000)));
        Assert.Equal("HashAggregate", error.Owner);
    }

    public void Dispose() => run.Dispose();

    private sealed record Row(long Id, int? Level, long? N, string? S, string? D, double F);
}
