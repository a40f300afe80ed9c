using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Engine.Tests.Execution;

namespace Micromegas.Engine.Tests.Operators;

public sealed class JoinTests : IDisposable
{
    private readonly OperatorRun run = new();
    private readonly Left[] lefts;
    private readonly Right[] rights;

    public JoinTests()
    {
        var random = new Random(11);
        lefts = [.. Enumerable.Range(0, 1_500).Select(id => new Left(
            id, random.Next(10) == 0 ? null : $"key {random.Next(300)}", random.Next(8) == 0 ? null : random.Next(50)))];
        rights = [.. Enumerable.Range(0, 400).Select(id => new Right(
            id, random.Next(10) == 0 ? null : $"key {random.Next(450)}", random.Next(50)))];
        run.Add(
            "l",
            lefts,
            (new Field("id", DataType.Int64, false), static row => row.Id),
            (new Field("k", DataType.DictionaryUtf8), static row => row.K),
            (new Field("n", DataType.Int32), static row => row.N));
        run.Add(
            "r",
            rights,
            (new Field("rid", DataType.Int64, false), static row => row.Id),
            (new Field("rk", DataType.Utf8), static row => row.K),
            (new Field("rn", DataType.Int32, false), static row => row.N));
        run.Add("none", Array.Empty<Right>(), (new Field("nid", DataType.Int64, false), static row => row.Id));
        run.Add("withnull", new long?[] { 1, 2, null }, (new Field("x", DataType.Int64), static value => value));
    }

    [Fact]
    public Task Inner() => run.CheckAsync(
        "SELECT id, rid, k, rn FROM l JOIN r ON k = rk", Pairs((l, r) => l.K is not null && l.K == r.K).Select(static p => new object?[] { p.L.Id, p.R.Id, p.L.K, p.R.N }), ordered: false);

    [Fact]
    public Task Inner_with_unique_keys_keeps_the_batch() => run.CheckAsync(
        "SELECT id, rid, k FROM l JOIN r ON n = rid", Pairs(static (l, r) => l.N == r.Id).Select(static p => new object?[] { p.L.Id, p.R.Id, p.L.K }), ordered: false);

    [Fact]
    public Task Inner_with_computed_keys_and_a_condition() => run.CheckAsync(
        "SELECT id, rid FROM l JOIN r ON n + 1 = rn * 2 AND id > rid",
        Pairs(static (l, r) => l.N + 1 == r.N * 2 && l.Id > r.Id).Select(static p => new object?[] { p.L.Id, p.R.Id }),
        ordered: false);

    [Fact]
    public Task Left_keeps_rows_without_match() => run.CheckAsync(
        "SELECT id, rid FROM l LEFT JOIN r ON k = rk AND rn < 25",
        LeftPairs(static (l, r) => l.K is not null && l.K == r.K && r.N < 25),
        ordered: false);

    [Fact]
    public Task Left_with_unique_keys() => run.CheckAsync(
        "SELECT id, rid FROM l LEFT JOIN r ON n = rid", LeftPairs(static (l, r) => l.N == r.Id), ordered: false);

    [Fact]
    public Task Right_keeps_rows_of_the_other_side() => run.CheckAsync(
        "SELECT id, rid FROM l RIGHT JOIN r ON k = rk",
        Pairs(static (l, r) => l.K is not null && l.K == r.K).Select(static p => new object?[] { p.L.Id, p.R.Id })
            .Concat(rights.Where(r => r.K is null || lefts.All(l => l.K != r.K)).Select(static r => new object?[] { null, r.Id })),
        ordered: false);

    [Fact]
    public Task Full_keeps_both() => run.CheckAsync(
        "SELECT id, rid FROM l FULL JOIN r ON k = rk AND id % 2 = 0",
        LeftPairs(static (l, r) => l.K is not null && l.K == r.K && l.Id % 2 == 0)
            .Concat(rights.Where(r => !lefts.Any(l => l.K is not null && l.K == r.K && l.Id % 2 == 0)).Select(static r => new object?[] { null, r.Id })),
        ordered: false);

    [Fact]
    public Task Cross_and_nested_loop() => run.CheckAsync(
        "SELECT count(*), sum(id), sum(rid) FROM l, r WHERE n < rn",
        [[(long)Pairs(static (l, r) => l.N < r.N).Count(), Pairs(static (l, r) => l.N < r.N).Sum(static p => p.L.Id), Pairs(static (l, r) => l.N < r.N).Sum(static p => p.R.Id)]]);

    [Fact]
    public Task Null_safe_keys_match_nulls() => run.CheckAsync(
        "SELECT count(*) FROM l JOIN r ON k IS NOT DISTINCT FROM rk", [[(long)Pairs(static (l, r) => l.K == r.K).Count()]]);

    [Fact]
    public Task Exists_and_in() => run.CheckAsync(
        "SELECT id FROM l WHERE EXISTS (SELECT 1 FROM r WHERE rk = k AND rn > 10) AND n IN (SELECT rn FROM r)",
        lefts.Where(l => rights.Any(r => r.K == l.K && l.K is not null && r.N > 10) && rights.Any(r => r.N == l.N)).Select(static l => new object?[] { l.Id }),
        ordered: false);

    [Fact]
    public Task Not_exists() => run.CheckAsync(
        "SELECT id FROM l WHERE NOT EXISTS (SELECT 1 FROM r WHERE rk = k)",
        lefts.Where(l => l.K is null || rights.All(r => r.K != l.K)).Select(static l => new object?[] { l.Id }),
        ordered: false);

    [Fact]
    public Task In_knows_what_it_does_not_know() => run.CheckAsync(
        "SELECT id, n IN (SELECT x FROM withnull), n NOT IN (SELECT rn FROM r), n IN (SELECT nid FROM none) FROM l WHERE id < 100",
        lefts.Take(100).Select(l => new object?[]
        {
            l.Id, l.N is 1 or 2 ? true : null, l.N is null ? null : rights.All(r => r.N != l.N), false,
        }),
        ordered: false);

    [Fact]
    public Task Correlated_in_knows_what_it_does_not_know() => run.CheckAsync(
        "SELECT id, n IN (SELECT CASE WHEN rn % 3 = 0 THEN NULL ELSE rn END FROM r WHERE rk = k) FROM l WHERE id < 300",
        lefts.Take(300).Select(l =>
        {
            var group = rights.Where(r => l.K is not null && r.K == l.K).Select(static r => r.N % 3 == 0 ? (int?)null : r.N).ToArray();
            bool? answer = group.Length == 0 ? false
                : l.N is not null && group.Contains(l.N) ? true
                : l.N is null || group.Contains(null) ? null : false;
            return new object?[] { l.Id, answer };
        }),
        ordered: false);

    [Fact]
    public Task Scalar_subquery() => run.CheckAsync(
        "SELECT id, (SELECT max(rn) FROM r WHERE rk = k) FROM l WHERE id < 200",
        lefts.Take(200).Select(l => new object?[] { l.Id, rights.Where(r => l.K is not null && r.K == l.K).Max(static r => (int?)r.N) }),
        ordered: false);

    [Fact]
    public async Task Scalar_subquery_with_two_rows_is_an_error()
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => run.RunAsync("SELECT (SELECT rn FROM r) FROM l", new EngineOptions()));
        Assert.Equal(SqlState.CardinalityViolation, error.SqlState);
    }

    [Fact]
    public async Task A_hopeless_budget_is_a_typed_error()
    {
        var error = await Assert.ThrowsAsync<MemoryLimitException>(
            () => run.RunAsync("SELECT id, rid FROM l JOIN r ON k = rk", new EngineOptions(), new MemoryBudget(2_000)));
        Assert.Equal("HashJoin", error.Owner);
    }

    [Theory]
    [InlineData("SELECT id, rid, rk FROM big JOIN other ON k = rk")]
    [InlineData("SELECT id, rid, rk FROM big LEFT JOIN other ON k = rk AND rid % 3 = 0")]
    [InlineData("SELECT id, rid, rk FROM big RIGHT JOIN other ON k = rk AND id % 2 = 0")]
    [InlineData("SELECT id, rid, rk FROM big FULL JOIN other ON k = rk")]
    [InlineData("SELECT id FROM big LEFT SEMI JOIN other ON k = rk")]
    [InlineData("SELECT id FROM big LEFT ANTI JOIN other ON k = rk AND rid < id")]
    [InlineData("SELECT id, k IN (SELECT rk FROM other WHERE rid % 5 > 0) FROM big")]
    [InlineData("SELECT id, n IN (SELECT rid FROM other WHERE rk = k) FROM big", 2_500_000)]
    [InlineData("SELECT id, rid FROM big JOIN other ON one = rone AND id = rid")]
    public async Task Build_sides_that_do_not_fit_spill(string sql, int budget = 700_000)
    {
        AddLarge();
        var expected = Sorted(await run.RunAsync(sql, new EngineOptions()));
        foreach (var threads in new[] { 1, 2 })
        {
            var context = new QueryContext(new EngineOptions { Threads = threads }, new MemoryBudget(budget), CancellationToken.None);
            var rows = Sorted(await run.RunAsync(sql, context.Options, context: context));
            Assert.Equal(expected, rows);
            Assert.True(context.Statistics.SpilledBytes > 0, "nothing was spilled");
            Assert.Equal(0, context.Budget.Used);
        }
    }

    [Theory]
    [InlineData("SELECT id, rid FROM few LEFT JOIN other ON one = rone AND id = rid")]
    [InlineData("SELECT id, rid FROM few FULL JOIN other ON one = rone AND id > rid")]
    [InlineData("SELECT id FROM few WHERE one NOT IN (SELECT rone FROM other)")]
    [InlineData("SELECT id, id IN (SELECT rid FROM other WHERE rone = one) FROM few")]
    [InlineData("SELECT id, rid FROM few LEFT JOIN other ON id * 1000 > rid + 19000")]
    [InlineData("SELECT id, rid FROM few FULL JOIN other ON id * 1000 > rid + 19000")]
    public async Task Build_sides_of_one_key_or_none_are_taken_block_by_block(string sql)
    {
        AddLarge();
        var expected = Sorted(await run.RunAsync(sql, new EngineOptions()));
        var context = new QueryContext(new EngineOptions { Threads = 2 }, new MemoryBudget(300_000), CancellationToken.None);
        var rows = Sorted(await run.RunAsync(sql, context.Options, context: context));
        Assert.Equal(expected, rows);
        Assert.True(context.Statistics.SpilledBytes > 0, "nothing was spilled");
        Assert.Equal(0, context.Budget.Used);
    }

    [Fact]
    public async Task A_limit_stops_a_large_product()
    {
        var rows = await run.RunAsync("SELECT a.id FROM l a, l b, l c LIMIT 5000", new EngineOptions { Threads = 2 });
        Assert.Equal(5_000, rows.Count);
    }

    [Fact]
    public async Task A_half_read_product_can_be_disposed()
    {
        var left = TestPlans.Numbers(5_000);
        var right = TestPlans.Numbers(5_000);
        using (left)
        using (right)
        {
            var plan = new LogicalJoin(TestPlans.Scan(left), TestPlans.Scan(right), JoinKind.Full, [], null);
            await using var result = QueryExecution.Start(plan, TestPlans.Context(), WorkerPool.Shared);
            for (var i = 0; i < 10; i++)
            {
                Assert.NotNull(await result.ReadAsync(CancellationToken.None));
            }
        }
    }

    public void Dispose() => run.Dispose();

    private void AddLarge()
    {
        var random = new Random(12);
        foreach (var (name, count) in new[] { ("big", 30_000), ("few", 40) })
        {
            run.Add(
                name,
                Enumerable.Range(0, count).ToArray(),
                (new Field("id", DataType.Int64, false), static id => (long)id),
                (new Field("k", DataType.Utf8), _ => random.Next(20) == 0 ? null : $"some key {random.Next(9_000)}"),
                (new Field("n", DataType.Int64), _ => random.Next(20) == 0 ? null : (long)random.Next(20_000)),
                (new Field("one", DataType.Int32), _ => random.Next(20) == 0 ? null : 1));
        }
        run.Add(
            "other",
            Enumerable.Range(0, 20_000).ToArray(),
            (new Field("rid", DataType.Int64, false), static id => (long)id),
            (new Field("rk", DataType.DictionaryUtf8), _ => random.Next(20) == 0 ? null : $"some key {random.Next(9_000)}"),
            (new Field("rone", DataType.Int32), _ => random.Next(20) == 0 ? null : 1));
    }

    private static string[] Sorted(List<object?[]> rows) => [.. rows.Select(OperatorRun.Text).Order(StringComparer.Ordinal)];

    private IEnumerable<(Left L, Right R)> Pairs(Func<Left, Right, bool> condition) =>
        lefts.SelectMany(l => rights.Where(r => condition(l, r)).Select(r => (l, r)));

    private IEnumerable<object?[]> LeftPairs(Func<Left, Right, bool> condition) => lefts.SelectMany(l =>
        rights.Where(r => condition(l, r)).Select(r => new object?[] { l.Id, r.Id }).DefaultIfEmpty([l.Id, null]));

    private sealed record Left(long Id, string? K, int? N);

    private sealed record Right(long Id, string? K, int N);
}
