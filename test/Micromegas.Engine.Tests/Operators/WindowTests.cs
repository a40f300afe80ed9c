using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Tests.Statements;

namespace Micromegas.Engine.Tests.Operators;

public sealed class WindowTests : IDisposable
{
    private readonly OperatorRun run = new();
    private readonly Row[] rows;

    public WindowTests()
    {
        var random = new Random(5);
        rows = [.. Enumerable.Range(0, 4_000).Select(id => new Row(
            id, id < 1_500 ? $"name {random.Next(700)}" : $"name {random.Next(3)}", random.Next(30), random.Next(4) == 0 ? null : $"text {random.Next(500)}"))];
        run.Add(
            "w",
            rows,
            (new Field("id", DataType.Int64, false), static row => row.Id),
            (new Field("d", DataType.DictionaryUtf8), static row => row.D),
            (new Field("k", DataType.Int32, false), static row => row.K),
            (new Field("s", DataType.Utf8), static row => row.S));
        run.Add(
            "times",
            new (long Id, object? Ts, double? F)[]
            {
                (1, Nanoseconds("2024-01-31"), 1.0), (2, Nanoseconds("2024-02-29"), 1.5), (3, Nanoseconds("2024-03-15"), double.NaN),
                (4, Nanoseconds("2024-03-31"), double.PositiveInfinity), (5, Nanoseconds("2024-04-01"), null), (6, null, -2.0),
            },
            (new Field("id", DataType.Int64, false), static row => row.Id),
            (new Field("ts", DataType.LakeTime), static row => row.Ts),
            (new Field("f", DataType.Float64), static row => row.F));
    }

    [Fact]
    public Task Ranks() => run.CheckAsync(
        "SELECT id, row_number() OVER w, rank() OVER v, dense_rank() OVER v, percent_rank() OVER v, cume_dist() OVER v FROM w WINDOW w AS (PARTITION BY d ORDER BY k, id), v AS (PARTITION BY d ORDER BY k)",
        Partitions().SelectMany(static partition => partition.Select((row, i) => new object?[]
        {
            row.Id,
            i + 1,
            partition.Count(other => other.K < row.K) + 1,
            partition.Where(other => other.K < row.K).Select(static other => other.K).Distinct().Count() + 1,
            partition.Length == 1 ? 0.0 : partition.Count(other => other.K < row.K) / (partition.Length - 1.0),
            partition.Count(other => other.K <= row.K) / (double)partition.Length,
        })),
        ordered: false);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1_000)]
    public Task Tiles(int count) => run.CheckAsync(
        $"SELECT id, ntile({count}) OVER (PARTITION BY d ORDER BY k, id) FROM w",
        Partitions().SelectMany(partition =>
        {
            var tiles = Enumerable.Range(0, count).SelectMany(tile => Enumerable.Repeat(tile + 1, (partition.Length / count) + (tile < partition.Length % count ? 1 : 0)));
            return partition.Zip(tiles, static (row, tile) => new object?[] { row.Id, tile });
        }),
        ordered: false);

    [Fact]
    public Task Lag_and_lead() => run.CheckAsync(
        "SELECT id, lag(s) OVER w, lead(s, 2) OVER w, lag(d, 1, 'none') OVER w, lead(id, k - 10, -id) OVER w, lag(s, 2) IGNORE NULLS OVER w, lead(s) IGNORE NULLS OVER w FROM w WINDOW w AS (PARTITION BY d ORDER BY k, id)",
        Partitions().SelectMany(static partition => partition.Select((row, i) => new object?[]
        {
            row.Id,
            partition.ElementAtOrDefault(i - 1)?.S,
            partition.ElementAtOrDefault(i + 2)?.S,
            i == 0 ? "none" : partition[i - 1].D,
            i + row.K - 10 is var at && at >= 0 && at < partition.Length ? partition[at].Id : -row.Id,
            partition[..i].Where(static other => other.S is not null).Reverse().ElementAtOrDefault(1)?.S,
            partition[(i + 1)..].FirstOrDefault(static other => other.S is not null)?.S,
        })),
        ordered: false);

    [Fact]
    public Task Running_and_whole_aggregates() => run.CheckAsync(
        "SELECT id, sum(k) OVER w, count(*) OVER (PARTITION BY d), string_agg(s, ',') OVER (PARTITION BY d ORDER BY k, id ROWS 2 PRECEDING), max(s) OVER (PARTITION BY d), count(*) OVER () FROM w WHERE id < 3000 WINDOW w AS (PARTITION BY d ORDER BY k)",
        Partitions(3_000).SelectMany(static partition => partition.Select((row, i) => new object?[]
        {
            row.Id,
            partition.Where(other => other.K <= row.K).Sum(static other => (long)other.K),
            (long)partition.Length,
            partition[Math.Max(0, i - 2)..(i + 1)].Any(static other => other.S is not null)
                ? string.Join(',', partition[Math.Max(0, i - 2)..(i + 1)].Where(static other => other.S is not null).Select(static other => other.S)) : null,
            partition.Max(static other => other.S is null ? null : new Ordinal(other.S))?.Text,
            3_000L,
        })),
        ordered: false);

    [Fact]
    public Task Distinct_in_growing_frames() => run.CheckAsync(
        "SELECT id, count(DISTINCT s) OVER (PARTITION BY d ORDER BY id), count(DISTINCT s) OVER (PARTITION BY d) FROM w WHERE id < 2500",
        rows.Where(static row => row.Id < 2_500).GroupBy(static row => row.D).SelectMany(static partition => partition.Select(row => new object?[]
        {
            row.Id,
            (long)partition.Where(other => other.Id <= row.Id && other.S is not null).Select(static other => other.S).Distinct().Count(),
            (long)partition.Where(static other => other.S is not null).Select(static other => other.S).Distinct().Count(),
        })),
        ordered: false);

    [Fact]
    public Task Intervals_count_from_times() => run.CheckAsync(
        "SELECT id, count(*) OVER (ORDER BY ts RANGE BETWEEN INTERVAL '1 month' PRECEDING AND CURRENT ROW), count(*) OVER (ORDER BY ts RANGE BETWEEN CURRENT ROW AND INTERVAL '1 day' FOLLOWING) FROM times ORDER BY id",
        [[1L, 1L, 1L], [2L, 2L, 1L], [3L, 2L, 1L], [4L, 3L, 2L], [5L, 3L, 1L], [6L, 1L, 1L]]);

    [Fact]
    public Task Floats_with_NaN_and_infinity() => run.CheckAsync(
        "SELECT id, count(*) OVER (ORDER BY f RANGE BETWEEN 0.5 PRECEDING AND 1 FOLLOWING), count(*) OVER (ORDER BY f DESC RANGE BETWEEN UNBOUNDED PRECEDING AND 0.5 FOLLOWING) FROM times ORDER BY id",
        [[1L, 2L, 5L], [2L, 2L, 5L], [3L, 1L, 2L], [4L, 1L, 3L], [5L, 1L, 1L], [6L, 1L, 6L]]);

    [Fact]
    public Task Filter_guards_arguments_that_fail() => run.CheckAsync(
        "SELECT sum(10 / (k - 1)) FILTER (WHERE k <> 1) OVER () FROM w WHERE id = 0 OR (k = 1 AND id < 100) LIMIT 1",
        [[rows.Where(static row => row.Id == 0 && row.K != 1).Select(static row => (long?)(10 / (row.K - 1))).FirstOrDefault()]]);

    [Fact]
    public Task No_rows() => run.CheckAsync("SELECT sum(k) OVER (ORDER BY id), ntile(0) OVER (), first_value(s) OVER () FROM w WHERE id < 0", []);

    [Theory]
    [InlineData("ntile(0) OVER (ORDER BY id)", SqlState.InvalidParameterValue)]
    [InlineData("ntile(k - 100) OVER (ORDER BY id)", SqlState.InvalidParameterValue)]
    [InlineData("sum(k) OVER (ORDER BY id RANGE BETWEEN -1 PRECEDING AND CURRENT ROW)", SqlState.InvalidParameterValue)]
    [InlineData("rank() FILTER (WHERE k > 1) OVER (ORDER BY id)", SqlState.FeatureNotSupported)]
    public async Task Errors_are_typed(string call, string state)
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => run.RunAsync($"SELECT {call} FROM w", new EngineOptions()));
        Assert.Equal(state, error.SqlState);
    }

    [Fact]
    public Task Largest_offsets_do_not_overflow() => run.CheckAsync(
        "SELECT count(*) OVER (ORDER BY id ROWS BETWEEN 18446744073709551615 PRECEDING AND 9223372036854775807 FOLLOWING), "
        + "count(*) OVER (ORDER BY id RANGE BETWEEN 9223372036854775807 PRECEDING AND 9223372036854775807 FOLLOWING), lag(id, -9223372036854775808) OVER (ORDER BY id), "
        + "count(*) OVER (ORDER BY id GROUPS BETWEEN 9223372036854775807 FOLLOWING AND UNBOUNDED FOLLOWING) FROM w WHERE id < 2 ORDER BY id",
        [[2L, 2L, null, 0L], [2L, 2L, null, 0L]]);

    [Fact]
    public async Task A_small_budget_spills_the_sort()
    {
        var context = new QueryContext(new EngineOptions { Threads = 2 }, new MemoryBudget(500_000), CancellationToken.None);
        var found = await run.RunAsync("SELECT id, d, s, lag(id) OVER (PARTITION BY d ORDER BY id) FROM w", context.Options, context: context);

        Assert.Equal(
            rows.GroupBy(static row => row.D).SelectMany(static partition => partition.Zip(partition.Select(static row => (long?)row.Id).Prepend(null), static (row, before) => OperatorRun.Text([row.Id, row.D, row.S, before])))
                .Order(StringComparer.Ordinal),
            found.Select(OperatorRun.Text).Order(StringComparer.Ordinal));
        Assert.True(context.Statistics.SpilledBytes > 0);
        Assert.Equal(0, context.Budget.Used);
    }

    /// <summary>Rows of a partition that memory has no room for go to a file and come back as frames want them.</summary>
    [Theory]
    [InlineData("row_number() OVER w, rank() OVER w, dense_rank() OVER w, percent_rank() OVER w, ntile(7) OVER w")]
    [InlineData("sum(id) OVER w, max(s) OVER (ORDER BY h, id ROWS 3 PRECEDING), count(*) OVER (), sum(id) OVER (PARTITION BY id < 10)")]
    [InlineData("sum(id) OVER (ORDER BY h, id ROWS BETWEEN 300 PRECEDING AND 300 FOLLOWING), min(h) OVER (ORDER BY id ROWS BETWEEN 5000 PRECEDING AND 100 PRECEDING)")]
    [InlineData("lag(s, 1000) OVER w, lead(id, 3000, -1) OVER w, lag(s, 5) IGNORE NULLS OVER w, lag(id, id % 20000) OVER w")]
    [InlineData("first_value(s) OVER (ORDER BY h, id ROWS 100 PRECEDING), last_value(s) OVER (ORDER BY h, id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING), nth_value(id, 5) OVER w")]
    [InlineData("count(*) OVER (ORDER BY h RANGE BETWEEN 10 PRECEDING AND 10 FOLLOWING EXCLUDE TIES), sum(id) OVER (ORDER BY h GROUPS BETWEEN 20 PRECEDING AND CURRENT ROW EXCLUDE GROUP)")]
    public async Task A_partition_that_does_not_fit_memory(string calls)
    {
        run.Add(
            "large",
            Enumerable.Range(0, 40_000).ToArray(),
            (new Field("id", DataType.Int64, false), static id => (long)id),
            (new Field("h", DataType.Int64), static id => id * 2654435761 % 4294967291 % 5_000),
            (new Field("s", DataType.Utf8), static id => id % 3 == 0 ? null : $"text {id}"));
        var sql = $"SELECT id, s, {calls} FROM large WINDOW w AS (ORDER BY h, id)";
        var expected = await run.RunAsync(sql, new EngineOptions { Threads = 1 });
        var context = new QueryContext(new EngineOptions { Threads = 2 }, new MemoryBudget(1_000_000), CancellationToken.None);
        var found = await run.RunAsync(sql, context.Options, context: context);

        Assert.Equal(expected.Select(OperatorRun.Text).Order(StringComparer.Ordinal), found.Select(OperatorRun.Text).Order(StringComparer.Ordinal));
        Assert.True(context.Statistics.SpilledBytes > 2_000_000);
        Assert.Equal(0, context.Budget.Used);
        Assert.Equal(0, context.Budget.RentedBytes);
    }

    /// <summary>Long frames are put together from aggregates of parts.</summary>
    [Theory]
    [InlineData("sum(id)", "ROWS BETWEEN 1500 PRECEDING AND 700 FOLLOWING")]
    [InlineData("min(h)", "ROWS BETWEEN 1500 PRECEDING AND 700 FOLLOWING EXCLUDE CURRENT ROW")]
    [InlineData("count(s)", "RANGE BETWEEN 900 PRECEDING AND 10000 FOLLOWING")]
    [InlineData("avg(f)", "GROUPS BETWEEN 1030 PRECEDING AND UNBOUNDED FOLLOWING")]
    [InlineData("max(h) FILTER (WHERE id % 3 = 0)", "ROWS BETWEEN CURRENT ROW AND 3000 FOLLOWING EXCLUDE TIES")]
    [InlineData("bool_and(id % 100 > 0)", "ROWS BETWEEN 70 PRECEDING AND CURRENT ROW")]
    public async Task Long_frames_give_what_their_rows_give(string call, string frame)
    {
        var data = Enumerable.Range(0, 6_000).Select(static id => (Id: (long)id, P: id % 2, H: id * 7919L % 5_003, S: id % 5 == 0 ? null : "x", F: id * 0.5)).ToArray();
        run.Add(
            "frames",
            data,
            (new Field("id", DataType.Int64, false), static row => row.Id),
            (new Field("p", DataType.Int32, false), static row => row.P),
            (new Field("h", DataType.Int64), static row => row.H),
            (new Field("s", DataType.Utf8), static row => row.S),
            (new Field("f", DataType.Float64), static row => row.F));
        int[] some = [0, 1, 69, 70, 71, 150, 1499, 2_500, 4_444, 5_998, 5_999];
        // What is asked of one row is an aggregate without frames: of the rows that the same frame lists.
        var listed = await run.RunAsync($"SELECT * FROM (SELECT id, array_agg(id) OVER (PARTITION BY p ORDER BY id {frame}) FROM frames) WHERE id IN ({string.Join(',', some)}) ORDER BY id", new EngineOptions());
        var found = await run.RunAsync($"SELECT id, {call} OVER (PARTITION BY p ORDER BY id {frame}) FROM frames ORDER BY id", new EngineOptions());
        foreach (var (id, row) in some.Index())
        {
            var ids = (object?[]?)listed[id][1] ?? [];
            var alone = ids.Length == 0 ? await run.RunAsync($"SELECT {call} FROM frames WHERE id < 0", new EngineOptions())
                : await run.RunAsync($"SELECT {call} FROM frames WHERE id IN ({string.Join(',', ids)})", new EngineOptions());
            Assert.Equal(OperatorRun.Text(alone[0]), OperatorRun.Text([found[row][1]]));
        }
    }

    [Fact]
    public async Task Lists_that_outgrow_the_budget_are_a_typed_error()
    {
        var context = new QueryContext(new EngineOptions { Threads = 1 }, new MemoryBudget(8 << 20), CancellationToken.None);
        var error = await Assert.ThrowsAsync<MemoryLimitException>(
            () => run.RunAsync("SELECT array_agg(id) OVER (ORDER BY id) FROM w", context.Options, context: context));
        Assert.Equal("Window", error.Owner);
        Assert.Equal(0, context.Budget.Used);
    }

    [Fact]
    public async Task Types_are_those_of_the_functions()
    {
        var (schema, _) = await new StatementRunner().RunAsync("SELECT row_number() OVER (), ntile(2) OVER (), cume_dist() OVER (), lag(name) OVER (), lag(colour) OVER (), sum(id) OVER () FROM t");
        Assert.Equal(["UInt64", "UInt64", "Float64", "Utf8", "Dictionary(Int32, Utf8)", "Int64"], schema.Fields.Select(static field => field.Type.ToString()));
    }

    public void Dispose() => run.Dispose();

    private static long Nanoseconds(string date) => (DateTime.Parse(date, System.Globalization.CultureInfo.InvariantCulture).Ticks - DateTime.UnixEpoch.Ticks) * 100;

    private IEnumerable<Row[]> Partitions(int limit = int.MaxValue) => rows.Where(row => row.Id < limit)
        .GroupBy(static row => row.D).Select(static group => group.OrderBy(static row => row.K).ThenBy(static row => row.Id).ToArray());

    private sealed record Row(long Id, string D, int K, string? S);

    private sealed record Ordinal(string Text) : IComparable<Ordinal>
    {
        public int CompareTo(Ordinal? other) => string.CompareOrdinal(Text, other?.Text);
    }
}
