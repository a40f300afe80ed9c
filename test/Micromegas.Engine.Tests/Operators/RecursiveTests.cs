using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Tests.Operators;

public sealed class RecursiveTests : IDisposable
{
    private readonly OperatorRun run = new();
    private readonly (long From, long To)[] edges;

    public RecursiveTests()
    {
        var random = new Random(21);
        edges = [.. Enumerable.Range(0, 900).Select(_ => ((long)random.Next(500), (long)random.Next(500)))];
        run.Add(
            "edges",
            edges,
            (new Field("a", DataType.Int64, false), static edge => edge.From),
            (new Field("b", DataType.Int64, false), static edge => edge.To),
            (new Field("label", DataType.DictionaryUtf8), static edge => $"label {edge.To % 5}"));
    }

    [Fact]
    public Task Counting() => run.CheckAsync(
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 300) SELECT n FROM r",
        Enumerable.Range(1, 300).Select(static n => new object?[] { (long)n }));

    [Fact]
    public Task A_circle_ends_where_rows_are_distinct() => run.CheckAsync(
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT n % 3 + 1 FROM r) SELECT * FROM r ORDER BY n", [[1L], [2L], [3L]]);

    [Fact]
    public Task Reachable_nodes()
    {
        var reached = new HashSet<long> { 7 };
        for (var size = 0; size < reached.Count;)
        {
            size = reached.Count;
            reached.UnionWith(edges.Where(edge => reached.Contains(edge.From)).Select(static edge => edge.To).ToArray());
        }
        return run.CheckAsync(
            "WITH RECURSIVE r AS (SELECT 7 AS n UNION SELECT e.b FROM r JOIN edges e ON e.a = r.n) SELECT n FROM r",
            reached.Select(static node => new object?[] { node }),
            ordered: false);
    }

    [Fact]
    public Task Texts_and_two_references() => run.CheckAsync(
        "WITH RECURSIVE r AS (SELECT a, label, 1 AS depth FROM edges WHERE a < 20 UNION SELECT x.a, y.label, x.depth + 1 FROM r x JOIN r y ON x.a = y.a WHERE x.depth < 3) "
        + "SELECT DISTINCT a, label, depth FROM r",
        Enumerable.Range(1, 3).SelectMany(depth => edges.Where(static edge => edge.From < 20).Select(edge => (edge.From, edge.To % 5)).Distinct()
            .Select(pair => new object?[] { pair.From, $"label {pair.Item2}", (long)depth })),
        ordered: false);

    [Fact]
    public Task A_limit_ends_a_recursion_without_end() => run.CheckAsync(
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT n FROM r LIMIT 5000",
        Enumerable.Range(1, 5_000).Select(static n => new object?[] { (long)n }));

    [Fact]
    public Task One_recursion_inside_another() => run.CheckAsync(
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + (WITH RECURSIVE s AS (SELECT 1 AS m UNION ALL SELECT m + 1 FROM s WHERE m < 3) SELECT max(m) FROM s) FROM r WHERE n < 20) SELECT n FROM r",
        [[1L], [4L], [7L], [10L], [13L], [16L], [19L], [22L]]);

    [Fact]
    public Task A_recursion_used_twice() => run.CheckAsync(
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 40) SELECT count(*) FROM r x JOIN r y ON x.n = y.n + 1", [[39L]]);

    [Fact]
    public Task An_empty_anchor() => run.CheckAsync("WITH RECURSIVE r AS (SELECT a AS n FROM edges WHERE a < 0 UNION ALL SELECT n FROM r) SELECT * FROM r", []);

    [Fact]
    public async Task A_recursion_that_explodes_is_a_typed_error()
    {
        var context = new QueryContext(new EngineOptions { Threads = 2 }, new MemoryBudget(1 << 20), CancellationToken.None);
        var error = await Assert.ThrowsAsync<MemoryLimitException>(
            () => run.RunAsync("WITH RECURSIVE r AS (SELECT a AS n FROM edges UNION ALL SELECT n FROM (SELECT n FROM r UNION ALL SELECT n FROM r)) SELECT count(*) FROM r", context.Options, context: context));
        Assert.Equal("Recursive", error.Owner);
        Assert.Equal(0, context.Budget.Used);
    }

    [Fact]
    public async Task Distinct_rows_count_in_the_budget()
    {
        var context = new QueryContext(new EngineOptions { Threads = 2, TemporaryLimit = 100_000 }, new MemoryBudget(200_000), CancellationToken.None);
        var error = await Assert.ThrowsAsync<MemoryLimitException>(
            () => run.RunAsync("WITH RECURSIVE r AS (SELECT a AS n FROM edges UNION SELECT n + 1000 FROM r) SELECT count(*) FROM r", context.Options, context: context));
        Assert.Equal("Recursive", error.Owner);
    }

    /// <summary>Keys and rows of all iterations go to a file, where later iterations find them.</summary>
    [Theory]
    [InlineData("WITH RECURSIVE r AS (SELECT i, 0 AS j FROM generate_series(1, 1000) AS g(i) UNION SELECT i, j + 1 FROM r WHERE j < 60) SELECT count(*), sum(i), sum(j) FROM r", "61000|30530500|1830000")]
    [InlineData("WITH RECURSIVE r AS (SELECT i FROM generate_series(1, 10) AS g(i) UNION SELECT (i * 7 + k) % 30011 FROM r, generate_series(0, 2) AS s(k)) SELECT count(*), sum(i) FROM r", "30011|450315055")]
    [InlineData("WITH RECURSIVE r AS (SELECT concat('text ', i) AS s, 0 AS j FROM generate_series(1, 20000) AS g(i) UNION ALL SELECT s, j + 1 FROM r WHERE j < 4) SELECT count(*), max(s), sum(j) FROM r", "100000|text 9999|200000")]
    public async Task A_recursion_that_does_not_fit_memory(string sql, string expected)
    {
        foreach (var threads in (int[])[1, 2])
        {
            var context = new QueryContext(new EngineOptions { Threads = threads }, new MemoryBudget(700_000), CancellationToken.None);
            var rows = await run.RunAsync(sql, context.Options, context: context);

            Assert.Equal(expected, OperatorRun.Text(Assert.Single(rows)));
            Assert.True(context.Statistics.SpilledBytes > 100_000);
            Assert.Equal(0, context.Budget.Used);
            Assert.Equal(0, context.Budget.RentedBytes);
        }
    }

    [Fact]
    public async Task Cancellation_ends_a_recursion_without_end()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var context = new QueryContext(new EngineOptions { Threads = 1 }, MemoryBudget.Unlimited(), cancellation.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => run.RunAsync("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r", context.Options, context: context));
        Assert.Equal(0, context.Budget.Used);
    }

    [Fact]
    public async Task An_error_in_a_later_step_comes_out()
    {
        var error = await Assert.ThrowsAsync<EngineException>(
            () => run.RunAsync("WITH RECURSIVE r AS (SELECT 5 AS n UNION ALL SELECT n - 1 + 0 * (1 / (n - 2)) FROM r WHERE n > 0) SELECT count(*) FROM r", new EngineOptions()));
        Assert.Equal(SqlState.DivisionByZero, error.SqlState);
    }

    public void Dispose() => run.Dispose();
}
