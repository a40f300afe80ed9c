using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Tests.Operators;

public sealed class DistinctOnTests : IDisposable
{
    private readonly OperatorRun run = new();
    private readonly Row[] rows;

    public DistinctOnTests()
    {
        var random = new Random(8);
        rows = [.. Enumerable.Range(0, 8_000).Select(id => new Row(
            id, random.Next(9) == 0 ? null : $"name {random.Next(40)}", random.Next(9) == 0 ? null : random.Next(30), random.Next(20)))];
        run.Add(
            "a",
            rows,
            (new Field("id", DataType.Int64, false), static row => row.Id),
            (new Field("d", DataType.DictionaryUtf8), static row => row.D),
            (new Field("n", DataType.Int32), static row => row.N),
            (new Field("k", DataType.Int32, false), static row => row.K));
    }

    [Fact]
    public Task The_first_row_of_each_key() => run.CheckAsync(
        "SELECT DISTINCT ON (d) d, id, k FROM a ORDER BY d, k DESC, id",
        rows.GroupBy(static row => row.D).Select(static group => group.OrderByDescending(static row => row.K).ThenBy(static row => row.Id).First())
            .OrderBy(static row => row.D is null ? 1 : 0).ThenBy(static row => row.D, StringComparer.Ordinal).Select(static row => new object?[] { row.D, row.Id, row.K }));

    [Fact]
    public Task Two_keys_of_which_one_is_hidden() => run.CheckAsync(
        "SELECT DISTINCT ON (d, n + 1) d, id FROM a WHERE k > 2 ORDER BY d, n + 1, id DESC",
        rows.Where(static row => row.K > 2).GroupBy(static row => (row.D, row.N)).Select(static group => new object?[] { group.Key.D, group.Max(static row => row.Id) }),
        ordered: false);

    [Fact]
    public Task Without_order_one_row_a_key() => run.CheckAsync(
        "SELECT count(*), count(d) FROM (SELECT DISTINCT ON (d) d, id FROM a)", [[41L, 40L]]);

    [Fact]
    public async Task A_small_budget_spills()
    {
        var context = new QueryContext(new EngineOptions { Threads = 1 }, new MemoryBudget(500_000), CancellationToken.None);
        var found = await run.RunAsync("SELECT DISTINCT ON (d) d, id, k, n FROM a ORDER BY d, id", context.Options, context: context);

        Assert.Equal(41, found.Count);
        Assert.True(context.Statistics.SpilledBytes > 0);
        Assert.Equal(0, context.Budget.Used);
    }

    public void Dispose() => run.Dispose();

    private sealed record Row(long Id, string? D, int? N, int K);
}
