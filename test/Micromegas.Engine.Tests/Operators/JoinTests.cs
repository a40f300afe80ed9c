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
            () => run.RunAsync("SELECT id, rid FROM l JOIN r ON k = rk", new EngineOptions(), new MemoryBudget(20_000)));
        Assert.Equal("HashJoin", error.Owner);
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

    private IEnumerable<(Left L, Right R)> Pairs(Func<Left, Right, bool> condition) =>
        lefts.SelectMany(l => rights.Where(r => condition(l, r)).Select(r => (l, r)));

    private IEnumerable<object?[]> LeftPairs(Func<Left, Right, bool> condition) => lefts.SelectMany(l =>
        rights.Where(r => condition(l, r)).Select(r => new object?[] { l.Id, r.Id }).DefaultIfEmpty([l.Id, null]));

    private sealed record Left(long Id, string? K, int? N);

    private sealed record Right(long Id, string? K, int N);
}
