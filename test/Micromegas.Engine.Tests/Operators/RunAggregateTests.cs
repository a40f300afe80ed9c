using Micromegas.Columnar;

namespace Micromegas.Engine.Tests.Operators;

/// <summary>Keys that come in runs, calls that share their state, and DISTINCT by grouping, against LINQ.</summary>
public sealed class RunAggregateTests : IDisposable
{
    private const int Count = 20_000;

    private readonly OperatorRun run = new();
    private readonly Row[] rows;

    public RunAggregateTests()
    {
        var random = new Random(11);
        rows =
        [
            // The block changes every 50 rows, the minute every 3 at the end: more values than can be numbered, and runs too short to count as such.
            .. Enumerable.Range(0, Count).Select(id => new Row(
                id / 50,
                1_750_000_000_000_000_000 + (id < 15_000 ? id / 400 : id / 3) * 60_000_000_000L,
                $"name {random.Next(7)}",
                $"message {random.Next(9000)}",
                random.Next(30) switch { 0 => null, 1 => double.NaN, 2 => -0.0, var n => n / 4.0 })),
        ];
        run.Add(
            "r",
            rows,
            (new Field("block", DataType.Int32, false), static row => row.Block),
            (new Field("minute", DataType.Timestamp(TimeUnit.Nanosecond, null), false), static row => row.Minute),
            (new Field("name", DataType.DictionaryUtf8, false), static row => row.Name),
            (new Field("part", DataType.DictionaryUtf8), static row => row.Part),
            (new Field("msg", DataType.Utf8, false), static row => row.Message),
            (new Field("value", DataType.Float64), static row => row.Value));
    }

    [Fact]
    public Task By_a_key_in_runs() => run.CheckAsync(
        "SELECT block, count(*), count(value), sum(value), avg(value), min(value), max(value) FROM r GROUP BY block", Expected(static row => row.Block), ordered: false);

    [Fact]
    public Task By_a_time_in_runs_and_a_dictionary() => run.CheckAsync(
        "SELECT minute, name, count(*), count(value), sum(value), avg(value), min(value), max(value) FROM r GROUP BY minute, name",
        rows.GroupBy(static row => (row.Minute, row.Name)).Select(static group => (object?[])[group.Key.Minute, group.Key.Name, .. Figures([.. group])]),
        ordered: false);

    /// <summary>Whichever of the columns has no runs.</summary>
    [Theory]
    [InlineData("name", "minute")]
    [InlineData("part", "block")]
    [InlineData("block", "part")]
    public Task By_keys_of_which_one_has_no_runs(string first, string second) => run.CheckAsync(
        $"SELECT {first}, {second}, count(*), sum(value) FROM r GROUP BY {first}, {second}",
        rows.GroupBy(row => (row[first], row[second])).Select(static group => (object?[])[group.Key.Item1, group.Key.Item2, (long)group.Count(), Figures([.. group])[2]]),
        ordered: false);

    [Fact]
    public Task By_three_keys_of_which_the_middle_one_has_no_runs() => run.CheckAsync(
        "SELECT block, part, minute, count(*), max(value) FROM r GROUP BY block, part, minute",
        rows.GroupBy(static row => (row.Block, row.Part, row.Minute))
            .Select(static group => (object?[])[group.Key.Block, group.Key.Part, group.Key.Minute, (long)group.Count(), Figures([.. group])[^1]]),
        ordered: false);

    [Fact]
    public Task By_keys_of_which_two_have_no_runs() => run.CheckAsync(
        "SELECT block, part, name, count(*) FROM r GROUP BY block, part, name",
        rows.GroupBy(static row => (row.Block, row.Part, row.Name)).Select(static group => (object?[])[group.Key.Block, group.Key.Part, group.Key.Name, (long)group.Count()]),
        ordered: false);

    [Fact]
    public Task By_two_keys_in_runs() => run.CheckAsync(
        "SELECT block, minute, count(*), max(value) FROM r WHERE value IS NULL OR value < 100 OR value > 0 GROUP BY block, minute",
        rows.GroupBy(static row => (row.Block, row.Minute)).Select(static group => (object?[])[group.Key.Block, group.Key.Minute, (long)group.Count(), Figures([.. group])[^1]]),
        ordered: false);

    [Fact]
    public Task Distinct_texts() => run.CheckAsync(
        "SELECT count(DISTINCT msg) FROM r", [[(long)rows.Select(static row => row.Message).Distinct().Count()]]);

    [Fact]
    public Task Distinct_texts_by_group() => run.CheckAsync(
        "SELECT name, count(DISTINCT msg), min(msg) FROM r GROUP BY name",
        rows.GroupBy(static row => row.Name).Select(static group => (object?[])[
            group.Key, (long)group.Select(static row => row.Message).Distinct().Count(), group.Select(static row => row.Message).Min(StringComparer.Ordinal)]),
        ordered: false);

    [Fact]
    public Task Distinct_numbers_by_group_in_two_calls() => run.CheckAsync(
        "SELECT name, count(DISTINCT block), sum(DISTINCT block) FROM r GROUP BY name",
        rows.GroupBy(static row => row.Name).Select(static group => (object?[])[
            group.Key, (long)group.Select(static row => row.Block).Distinct().Count(), group.Select(static row => (long)row.Block).Distinct().Sum()]),
        ordered: false);

    public void Dispose() => run.Dispose();

    private IEnumerable<object?[]> Expected<TKey>(Func<Row, TKey> key) =>
        rows.GroupBy(key).Select(static group => (object?[])[group.Key, .. Figures([.. group])]);

    /// <summary>NaN counts in extremes only where there is no number; all sums of these quarters are exact.</summary>
    private static object?[] Figures(Row[] group)
    {
        var values = group.Where(static row => row.Value is not null).Select(static row => row.Value!.Value).ToArray();
        var numbers = values.Where(static value => !double.IsNaN(value)).ToArray();
        var sum = values.Aggregate(0.0, static (total, value) => total + value);
        return
        [
            (long)group.Length,
            (long)values.Length,
            values.Length == 0 ? null : sum,
            values.Length == 0 ? null : sum / values.Length,
            values.Length == 0 ? null : numbers.Length == 0 ? double.NaN : numbers.Min(),
            values.Length == 0 ? null : numbers.Length == 0 ? double.NaN : numbers.Max(),
        ];
    }

    private sealed record Row(int Block, long Minute, string Name, string Message, double? Value)
    {
        /// <summary>Like a name, and some are null.</summary>
        public string? Part => Message.Length % 3 == 0 ? null : Message[^1..];

        public object? this[string column] => column switch { "block" => Block, "minute" => Minute, "name" => Name, _ => Part };
    }
}
