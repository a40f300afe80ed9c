using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Tests.Operators;

public sealed class SetOperationTests : IDisposable
{
    private readonly OperatorRun run = new();
    private readonly Row[] left;
    private readonly Row[] right;

    public SetOperationTests()
    {
        left = Rows(1, 4_000);
        right = Rows(2, 2_500);
        run.Add("a", left, Columns());
        run.Add("b", right, Columns());
    }

    [Theory]
    [InlineData("n")]
    [InlineData("d")]
    [InlineData("n, d")]
    [InlineData("s, n")]
    public async Task Both_operations_with_and_without_all(string columns)
    {
        var picks = columns.Split(", ");
        var a = Counts(left, picks);
        var b = Counts(right, picks);
        int Left(string key) => a.GetValueOrDefault(key).Count;
        int Right(string key) => b.GetValueOrDefault(key).Count;

        await Check("INTERSECT", key => Left(key) > 0 && Right(key) > 0 ? 1 : 0);
        await Check("INTERSECT ALL", key => Math.Min(Left(key), Right(key)));
        await Check("EXCEPT", key => Left(key) > 0 && Right(key) == 0 ? 1 : 0);
        await Check("EXCEPT ALL", key => Math.Max(0, Left(key) - Right(key)));

        Task Check(string operation, Func<string, int> times) => run.CheckAsync(
            $"SELECT {columns} FROM a {operation} SELECT {columns} FROM b",
            a.SelectMany(group => Enumerable.Repeat(group.Value.Row, times(group.Key))),
            ordered: false);
    }

    [Fact]
    public Task Nulls_are_equal() => run.CheckAsync("SELECT NULL INTERSECT SELECT NULL", [[null]]);

    [Fact]
    public Task Nested_values() => run.CheckAsync(
        "SELECT array_agg(n) FROM (VALUES (1), (2)) AS t(n) EXCEPT SELECT array_agg(n) FROM (VALUES (1)) AS t(n)", [[new object?[] { 1L, 2L }]]);

    [Fact]
    public Task More_copies_than_a_batch_holds() => run.CheckAsync(
        "SELECT count(*) FROM (SELECT 1 FROM a EXCEPT ALL SELECT 1 FROM b)", [[1_500L]]);

    [Fact]
    public Task A_limit_ends_copies_early() => run.CheckAsync(
        "SELECT count(*) FROM (SELECT 1 FROM a INTERSECT ALL SELECT 1 FROM b LIMIT 10)", [[10L]]);

    [Fact]
    public async Task A_small_budget_spills()
    {
        var context = new QueryContext(new EngineOptions { Threads = 1 }, new MemoryBudget(250_000), CancellationToken.None);
        var rows = await run.RunAsync("SELECT id, s FROM a EXCEPT SELECT id, s FROM b WHERE id < 0", context.Options, context: context);

        Assert.Equal(left.Length, rows.Count);
        Assert.True(context.Statistics.SpilledBytes > 0);
        Assert.Equal(0, context.Budget.Used);
    }

    [Fact]
    public async Task A_hopeless_budget_is_a_typed_error()
    {
        var error = await Assert.ThrowsAsync<MemoryLimitException>(
            () => run.RunAsync("SELECT s FROM a EXCEPT SELECT s FROM b", new EngineOptions(), new MemoryBudget(3_000)));
        Assert.Equal("Except", error.Owner);
    }

    public void Dispose() => run.Dispose();

    private static Dictionary<string, (object?[] Row, int Count)> Counts(Row[] rows, string[] picks) => rows
        .Select(row => Array.ConvertAll(picks, pick => pick switch { "n" => row.N, "d" => row.D, _ => (object?)row.S }))
        .GroupBy(OperatorRun.Text)
        .ToDictionary(static group => group.Key, static group => (group.First(), group.Count()));

    private static Row[] Rows(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(id => new Row(
            id, random.Next(9) == 0 ? null : random.Next(40), random.Next(8) == 0 ? null : $"name {random.Next(6) * seed}", random.Next(9) == 0 ? null : $"text {random.Next(2_000)}"))];
    }

    private static (Field Field, Func<Row, object?> Value)[] Columns() =>
    [
        (new Field("id", DataType.Int64, false), static row => row.Id),
        (new Field("n", DataType.Int32), static row => row.N),
        (new Field("d", DataType.DictionaryUtf8), static row => row.D),
        (new Field("s", DataType.Utf8), static row => row.S),
    ];

    private sealed record Row(long Id, int? N, string? D, string? S);
}
