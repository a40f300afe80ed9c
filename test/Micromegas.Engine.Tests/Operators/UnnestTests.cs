using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Tests.Operators;

public sealed class UnnestTests : IDisposable
{
    private readonly OperatorRun run = new();
    private readonly Row[] rows;

    public UnnestTests()
    {
        var random = new Random(3);
        rows =
        [
            .. Enumerable.Range(0, 3_000).Select(id => new Row(
                id,
                $"name {random.Next(9)}",
                random.Next(5) == 0 ? null : [.. Enumerable.Range(0, random.Next(random.Next(40) == 0 ? 300 : 4)).Select(_ => random.Next(6) == 0 ? (object?)null : (long)random.Next(100))],
                random.Next(7) == 0 ? null : [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(6) == 0 ? null : $"text {random.Next(50)}")])),
        ];
        run.Add(
            "l",
            rows,
            (new Field("id", DataType.Int64, false), static row => row.Id),
            (new Field("d", DataType.DictionaryUtf8), static row => row.D),
            (new Field("a", DataType.List(DataType.Int64)), static row => row.A),
            (new Field("b", DataType.List(DataType.Utf8)), static row => row.B));
        run.Add(
            "n",
            new object?[][]
            {
                [new object?[] { new object?[] { 1L, 2L }, null, Array.Empty<object?>() }, new object?[] { 5L }, null],
                [new object?[] { new object?[] { 3L, null } }, new object?[] { 6L, 7L }, Array.Empty<object?>()],
                [null, null, null],
            },
            (new Field("x", DataType.List(DataType.List(DataType.Int64))), static row => row[0]),
            (new Field("a", DataType.List(DataType.Int64)), static row => row[1]),
            (new Field("e", DataType.List(DataType.Int64)), static row => row[2]));
    }

    [Fact]
    public Task One_list() => run.CheckAsync(
        "SELECT id, d, unnest(a) AS v FROM l",
        rows.SelectMany(static row => (row.A ?? []).Select(item => new object?[] { row.Id, row.D, item })),
        ordered: false);

    [Fact]
    public Task Parallel_lists_are_padded() => run.CheckAsync(
        "SELECT id, unnest(a), unnest(b) FROM l",
        rows.SelectMany(static row => Enumerable.Range(0, Math.Max(row.A?.Length ?? 0, row.B?.Length ?? 0))
            .Select(i => new object?[] { row.Id, row.A?.ElementAtOrDefault(i), row.B?.ElementAtOrDefault(i) })),
        ordered: false);

    [Fact]
    public Task Outer_keeps_rows_without_items() => run.CheckAsync(
        "SELECT l.id, u.x, u.o FROM l LEFT JOIN unnest(l.a) WITH ORDINALITY AS u(x, o) ON true",
        rows.SelectMany(static row => row.A is null or [] ? [[row.Id, null, null]] : row.A.Select((item, i) => new object?[] { row.Id, item, i + 1L })),
        ordered: false);

    [Fact]
    public Task Rows_after_a_filter() => run.CheckAsync(
        "SELECT id, v FROM (SELECT id, unnest(b) AS v FROM l WHERE id % 3 = 1) WHERE v <> 'text 7'",
        rows.Where(static row => row.Id % 3 == 1).SelectMany(static row => (row.B ?? []).Where(static item => item is not (null or "text 7")).Select(item => new object?[] { row.Id, item })),
        ordered: false);

    [Fact]
    public Task Lists_inside_lists() => run.CheckAsync("SELECT unnest(y) FROM (SELECT unnest(x) AS y FROM n)", [[1L], [2L], [3L], [null]]);

    [Fact]
    public Task Lists_that_are_all_empty_are_padded() => run.CheckAsync("SELECT unnest(a), unnest(e) FROM n", [[5L, null], [6L, null], [7L, null]], ordered: false);

    [Fact]
    public async Task A_limit_ends_a_long_list_early()
    {
        var context = new QueryContext(new EngineOptions { Threads = 1 }, MemoryBudget.Unlimited(), CancellationToken.None);
        var found = await run.RunAsync("SELECT unnest(a) FROM l WHERE id >= 0 LIMIT 3", context.Options, context: context);

        Assert.Equal(3, found.Count);
        Assert.True(context.Statistics.RowsScanned < rows.Length);
    }

    [Fact]
    public async Task A_reader_that_pauses_misses_nothing()
    {
        // More batches than the result queue holds, so that the stage stops at Full inside lists.
        var options = new EngineOptions { Threads = 1, BatchSize = 16 };
        var found = await run.RunAsync("SELECT id, x FROM (SELECT id, unnest(a) AS x FROM l)", options);

        Assert.Equal(rows.Sum(static row => row.A?.Length ?? 0), found.Count);
    }

    [Fact]
    public async Task A_hopeless_budget_is_a_typed_error()
    {
        var error = await Assert.ThrowsAsync<MemoryLimitException>(
            () => run.RunAsync("SELECT id, d, unnest(a), unnest(b) FROM l", new EngineOptions(), new MemoryBudget(1_000)));
        Assert.Equal("Unnest", error.Owner);
    }

    public void Dispose() => run.Dispose();

    private sealed record Row(long Id, string D, object?[]? A, object?[]? B);
}
