using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Sorting;

namespace Micromegas.Engine.Tests.Operators;

public sealed class SortTests : IDisposable
{
    private const int Count = 5_000;

    private readonly OperatorRun run = new();
    private readonly Row[] rows;

    public SortTests()
    {
        var random = new Random(42);
        double[] special = [double.NaN, -0.0, 0.0, double.PositiveInfinity, double.NegativeInfinity];
        rows =
        [
            .. Enumerable.Range(0, Count).Select(id => new Row(
                id,
                random.Next(10) == 0 ? null : random.Next(500) - 250,
                random.Next(20) == 0 ? special[random.Next(special.Length)] : random.NextDouble() - 0.5,
                random.Next(10) == 0 ? null : new string((char)('a' + random.Next(3)), random.Next(6)) + (random.Next(3) == 0 ? "\0" : ""),
                $"name {random.Next(20)}")),
        ];
        run.Add(
            "s",
            rows,
            (new Field("id", DataType.Int64, false), static row => row.Id),
            (new Field("n", DataType.Int32), static row => row.N),
            (new Field("f", DataType.Float64, false), static row => row.F),
            (new Field("s", DataType.Utf8), static row => row.S),
            (new Field("d", DataType.DictionaryUtf8), static row => row.D));
    }

    [Fact]
    public void Sorting_in_memory_ends_with_its_statement()
    {
        var random = new Random(7);
        var entries = Enumerable.Range(0, 200_000).Select(id => new SortEntry((ulong)random.NextInt64(1000), 0, id)).ToArray();
        var sorted = entries.ToArray();
        SortEntryComparer.Sort(sorted, null);
        Assert.Equal(entries.OrderBy(static entry => entry.First).ThenBy(static entry => entry.Id).Select(static entry => entry.Id), sorted.Select(static entry => entry.Id));

        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var before = Interruption.Enter(null, cancelled.Token);
        try
        {
            Assert.Equal(cancelled.Token, Assert.Throws<OperationCanceledException>(() => SortEntryComparer.Sort(entries, null)).CancellationToken);
        }
        finally
        {
            Interruption.Leave(before);
        }
    }

    [Fact]
    public Task Integers_ascending_put_nulls_last() =>
        run.CheckAsync("SELECT n, id FROM s ORDER BY n, id", rows.OrderBy(static row => row.N ?? int.MaxValue).ThenBy(static row => row.Id).Select(static row => new object?[] { row.N, row.Id }));

    [Fact]
    public Task Descending_and_nulls_first_or_last() =>
        run.CheckAsync(
            "SELECT n, s, id FROM s ORDER BY n DESC NULLS LAST, s NULLS FIRST, id DESC",
            rows.OrderByDescending(static row => row.N ?? int.MinValue).ThenBy(static row => row.S is null ? 0 : 1).ThenBy(static row => row.S, StringComparer.Ordinal)
                .ThenByDescending(static row => row.Id).Select(static row => new object?[] { row.N, row.S, row.Id }));

    [Fact]
    public Task Floats_follow_the_total_order() =>
        run.CheckAsync(
            "SELECT f, id FROM s ORDER BY f, id",
            rows.OrderBy(static row => double.IsNaN(row.F) ? long.MaxValue : BitConverter.DoubleToInt64Bits(row.F) is var bits && bits < 0 ? ~bits ^ long.MinValue : bits)
                .ThenBy(static row => row.Id).Select(static row => new object?[] { row.F, row.Id }));

    [Fact]
    public Task Texts_bytewise_with_payload_of_every_kind() =>
        run.CheckAsync(
            "SELECT d, s, id, f, n FROM s ORDER BY d DESC, s, id",
            rows.OrderByDescending(static row => row.D, StringComparer.Ordinal).ThenBy(static row => row.S is null ? 1 : 0).ThenBy(static row => row.S, StringComparer.Ordinal)
                .ThenBy(static row => row.Id).Select(static row => new object?[] { row.D, row.S, row.Id, row.F, row.N }));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(100, 0)]
    [InlineData(50, 1_000)]
    [InlineData(4_600, 200)]
    [InlineData(5, 4_998)]
    [InlineData(5, 6_000)]
    [InlineData(0, 0)]
    public Task Top_n_gives_the_slice(int limit, int offset) =>
        run.CheckAsync(
            $"SELECT id, n, s, d FROM s ORDER BY n DESC, id LIMIT {limit} OFFSET {offset}",
            rows.OrderByDescending(static row => row.N ?? int.MaxValue).ThenBy(static row => row.Id).Skip(offset).Take(limit).Select(static row => new object?[] { row.Id, row.N, row.S, row.D }));

    [Fact]
    public async Task A_small_budget_spills_and_gives_the_same_rows()
    {
        run.Add(
            "large",
            Enumerable.Range(0, 20_000).ToArray(),
            (new Field("id", DataType.Int64, false), static id => (long)id),
            (new Field("s", DataType.Utf8), static id => $"text {id}"),
            (new Field("d", DataType.DictionaryUtf8), static id => $"name {id % 20}"));
        var context = new QueryContext(new EngineOptions { Threads = 2 }, new MemoryBudget(700_000), CancellationToken.None);
        var sorted = await run.RunAsync("SELECT id, s, d FROM large ORDER BY id DESC", context.Options, context: context);

        Assert.Equal(Enumerable.Range(0, 20_000).Select(static id => $"{id}|text {id}|name {id % 20}").Reverse(), sorted.Select(OperatorRun.Text));
        Assert.True(context.Statistics.SpilledBytes > 0);
        Assert.Equal(0, context.Budget.Used);
    }

    /// <summary>Each refusal leaves a run: there are more than memory can merge at a time.</summary>
    [Theory]
    [InlineData(1, 200_000, 300_000, 8)]
    [InlineData(2, 200_000, 500_000, 8)]
    [InlineData(1, 3_000, 500_000, 4_000)]
    public async Task Many_runs_are_merged_in_several_passes(int threads, int count, int budget, int textLength)
    {
        run.Add(
            "many",
            Enumerable.Range(0, count).ToArray(),
            (new Field("h", DataType.Int64, false), static id => id * 2654435761 % 4294967291),
            (new Field("s", DataType.Utf8), id => $"text {id}".PadRight(textLength, '.')));
        var context = new QueryContext(new EngineOptions { Threads = threads }, new MemoryBudget(budget), CancellationToken.None);
        var sorted = await run.RunAsync("SELECT h, s FROM many ORDER BY h", context.Options, context: context);

        var expected = Enumerable.Range(0, count).Select(static id => (Id: id, H: id * 2654435761 % 4294967291)).OrderBy(static row => row.H);
        Assert.Equal(expected.Select(row => $"{row.H}|{$"text {row.Id}".PadRight(textLength, '.')}"), sorted.Select(OperatorRun.Text));
        Assert.True(context.Statistics.SpilledBytes > 2 * budget);
        Assert.Equal(0, context.Budget.Used);
        // Nothing of a run is kept once it is merged; a batch of long texts alone is larger than the budget.
        Assert.InRange(context.Budget.Peak, 0, Math.Max(4L * budget, 4L * Batch.MaxRows * textLength));
    }

    /// <summary>One worker reads and sorts: of rows with equal keys the first stays first, in memory, spilled, and spilled in several passes.</summary>
    [Theory]
    [InlineData(20_000, 1L << 40, false)]
    [InlineData(140_000, 1L << 40, true)]
    [InlineData(140_000, 6_000_000, false)]
    [InlineData(60_000, 300_000, false)]
    public async Task Rows_of_equal_keys_keep_their_order_with_one_worker(int count, long budget, bool forceSpill)
    {
        run.Add(
            "equal",
            Enumerable.Range(0, count).ToArray(),
            (new Field("id", DataType.Int64, false), static id => (long)id),
            (new Field("s", DataType.DictionaryUtf8), static id => $"a text of more than twelve bytes {id * 7919L % 11}"),
            (new Field("n", DataType.Int64, false), static id => id * 104729L % 13));
        var context = new QueryContext(new EngineOptions { Threads = 1, ForceSpill = forceSpill }, new MemoryBudget(budget), CancellationToken.None);
        var sorted = await run.RunAsync("SELECT id, s, n FROM equal ORDER BY s, n", context.Options, context: context);

        var expected = Enumerable.Range(0, count).Select(static id => (Id: (long)id, S: $"a text of more than twelve bytes {id * 7919L % 11}", N: id * 104729L % 13))
            .OrderBy(static row => row.S, StringComparer.Ordinal).ThenBy(static row => row.N);
        Assert.True(expected.Select(static row => row.Id).SequenceEqual(sorted.Select(static row => (long)row[0]!)));
        Assert.Equal(forceSpill || budget < 1L << 40, context.Statistics.SpilledBytes > 0);
    }

    [Fact]
    public async Task A_hopeless_budget_is_a_typed_error()
    {
        var error = await Assert.ThrowsAsync<MemoryLimitException>(
            () => run.RunAsync("SELECT id, s, d, f FROM s ORDER BY id", new EngineOptions(), new MemoryBudget(10_000)));
        Assert.Equal("Sort", error.Owner);
    }

    public void Dispose() => run.Dispose();

    private sealed record Row(long Id, int? N, double F, string? S, string D);
}
