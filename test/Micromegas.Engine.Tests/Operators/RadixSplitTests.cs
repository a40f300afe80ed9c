using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Aggregation;
using Micromegas.Engine.Tests.Expressions;

namespace Micromegas.Engine.Tests.Operators;

/// <summary>Rows of many groups are split by the hash of their keys before they are grouped, and nothing but the time it takes tells so.</summary>
public sealed class RadixSplitTests : IDisposable
{
    private const int Count = 12_000;

    private static readonly EngineOptions Early = new() { Threads = 2, ManyGroups = 200 };

    private readonly OperatorRun run = new();

    public void Dispose() => run.Dispose();

    public static TheoryData<string> KeySets => ["n", "t", "n, t", "b, n", "d", "f, small", "t, d, b", "w"];

    [Theory]
    [MemberData(nameof(KeySets))]
    public async Task Groups_are_those_of_a_dictionary(string keys)
    {
        var rows = Rows(seed: 7, distinct: Count);
        Add(rows);
        var names = keys.Split(", ");
        var expected = rows
            .GroupBy(row => string.Join('|', names.Select(name => OperatorRun.Text([row.Key(name)]))))
            .Select(group => (object?[])
            [
                .. names.Select(name => group.First().Key(name)),
                (long)group.Count(), (long)group.Count(static row => row.V is not null),
                Sum(group), group.Max(static row => row.V), group.Any(static row => row.B is not null) ? group.Any(static row => row.B == true) : null,
            ])
            .Select(OperatorRun.Text)
            .Order(StringComparer.Ordinal)
            .ToArray();
        var sql = $"SELECT {keys}, count(*), count(v), sum(v), max(v), bool_or(b) FROM t GROUP BY {keys}";
        EngineOptions[] settings =
        [
            Early, Early with { Threads = 1 }, Early with { Threads = 3, BatchSize = 77 }, Early with { ForceSpill = true }, Early with { ManyGroups = 1_000, ForceSpill = true, Threads = 3 },
        ];
        foreach (var options in settings)
        {
            Assert.Equal(expected, (await run.RunAsync(sql, options)).Select(OperatorRun.Text).Order(StringComparer.Ordinal));
        }
        // Texts alone are split later.
        Assert.InRange(await PartitionedAsync(sql, Early with { ManyGroups = keys == "t" ? 20 : 200, Threads = 1 }), Count / 2, Count);
    }

    [Fact]
    public async Task Distinct_rows_are_split_too()
    {
        var rows = Rows(seed: 3, distinct: Count);
        Add(rows);
        var expected = rows.Select(static row => row.T).Distinct().Count(static text => text is not null);
        Assert.Equal((long)expected, Assert.Single(await run.RunAsync("SELECT count(DISTINCT t) FROM t", Early with { ManyGroups = 20 }))[0]);
        Assert.True(await PartitionedAsync("SELECT count(DISTINCT t) FROM t", Early with { ManyGroups = 20 }) > 0);
    }

    /// <summary>Keys that are grouped, compared or counted as different above are there.</summary>
    [Theory]
    [InlineData("SELECT count(k), count(*) FROM (SELECT t AS k FROM t GROUP BY t) AS x")]
    [InlineData("SELECT count(k) FILTER (WHERE k > 'text 5'), max(c) FROM (SELECT t AS k, count(*) AS c FROM t GROUP BY t) AS x")]
    [InlineData("SELECT max(k), min(j), count(j) FROM (SELECT t AS k, t || 'x' AS j FROM t GROUP BY t) AS x")]
    [InlineData("SELECT b, count(DISTINCT k), count(k) FROM (SELECT t AS k, b FROM t GROUP BY t, b) AS x GROUP BY b ORDER BY b")]
    [InlineData("SELECT length(k) % 7 AS r, count(k) FROM (SELECT t AS k FROM t GROUP BY t) AS x GROUP BY r ORDER BY r")]
    [InlineData("SELECT count(k), sum(length(j)) FROM (SELECT t AS k, t AS j FROM t GROUP BY t) AS x")]
    public async Task What_is_above_gets_the_keys_it_uses(string sql)
    {
        Add(Rows(seed: 13, distinct: 3_000));
        // A sort in between hides what is above.
        var hidden = sql.Replace(") AS x", " ORDER BY 1 LIMIT 1000000) AS x", StringComparison.Ordinal);
        var expected = (await run.RunAsync(hidden, new EngineOptions { Threads = 1 })).Select(OperatorRun.Text).ToArray();
        Assert.Equal(expected, (await run.RunAsync(sql, new EngineOptions { Threads = 2 })).Select(OperatorRun.Text));
        Assert.Equal(expected, (await run.RunAsync(sql, Early with { ManyGroups = 20 })).Select(OperatorRun.Text));
    }

    [Fact]
    public async Task Keys_that_repeat_stay_in_a_table()
    {
        Add(Rows(seed: 5, distinct: 2_000));
        Assert.Equal(0, await PartitionedAsync("SELECT n, sum(v) FROM t GROUP BY n", Early with { ManyGroups = 1_985, Threads = 1 }));
        Assert.Equal(0, await PartitionedAsync("SELECT n, sum(v) FROM t GROUP BY n", new EngineOptions { Threads = 2 }));
    }

    /// <summary>What does not carry over from rows to groups: filters, state of any size, long texts, memory that is short.</summary>
    [Theory]
    [InlineData("SELECT n, count(*) FILTER (WHERE v > 3) FROM t GROUP BY n", long.MaxValue)]
    [InlineData("SELECT n, array_agg(v) FROM t GROUP BY n", long.MaxValue)]
    [InlineData("SELECT n, count(t) FROM t GROUP BY n", long.MaxValue)]
    [InlineData("SELECT repeat('long', 80) || n AS k, count(*) FROM t GROUP BY k", long.MaxValue)]
    [InlineData("SELECT n, sum(v) FROM t GROUP BY n", 48L << 20)]
    public async Task Some_aggregations_are_not_split(string sql, long limit)
    {
        Add(Rows(seed: 11, distinct: Count));
        Assert.Equal(0, await PartitionedAsync(sql, Early with { ManyGroups = 10 }, limit));
    }

    /// <summary>First every row is another group, then they are those that came: rows are grouped when that shows, and in the end a table takes over.</summary>
    [Theory]
    [InlineData(2_000, 50_000, 60_000)]
    [InlineData(150, 1_000, 5_000)]
    public async Task Rows_that_turn_out_to_repeat_are_grouped_after_all(int distinct, int least, int most)
    {
        const string Sql = "SELECT n, count(*), sum(v) FROM t GROUP BY n";
        var rows = Enumerable.Range(0, 60_000).Select(i => i < distinct ? i : (i * 7919L) % distinct).ToArray();
        run.Add("t", rows, (new Field("n", DataType.Int64, false), static n => n), (new Field("v", DataType.Int64, false), static n => n % 10));
        var expected = rows.GroupBy(static n => n).Select(static group => OperatorRun.Text([group.Key, (long)group.Count(), group.Sum(static n => n % 10)])).Order(StringComparer.Ordinal);
        var early = new EngineOptions { Threads = 1, ManyGroups = 100, BatchSize = 50 };
        foreach (var options in (EngineOptions[])[early, early with { Threads = 2 }])
        {
            Assert.Equal(expected, (await run.RunAsync(Sql, options)).Select(OperatorRun.Text).Order(StringComparer.Ordinal));
        }
        Assert.InRange(await PartitionedAsync(Sql, early), least, most);
    }

    /// <summary>Rows in memory go into files when it becomes short.</summary>
    [Fact]
    public async Task Rows_are_spilled_where_memory_is_short()
    {
        const long Limit = 72L << 20;
        var rows = Enumerable.Range(0, 250_000).ToArray();
        run.Add(
            "t",
            rows,
            (new Field("n", DataType.Int64, false), static i => (long)i * 3),
            (new Field("s", DataType.Utf8, false), static i => $"{new string('x', 120)}{i % 1000}"));
        var context = new QueryContext(Early with { Threads = 1 }, new MemoryBudget(Limit), CancellationToken.None);
        var text = await ExplainAsync("SELECT n, s, count(*) FROM t GROUP BY n, s", context);
        Assert.Contains("partitioned=", text, StringComparison.Ordinal);
        Assert.Contains("spilled=", text, StringComparison.Ordinal);
        Assert.InRange(context.Budget.Peak, 1, Limit * 11 / 10);
        Assert.Equal(0, context.Budget.Used);
        Assert.Equal(0, context.Budget.RentedBytes);
        var limited = new QueryContext(context.Options, new MemoryBudget(Limit), CancellationToken.None);
        var result = await run.RunAsync("SELECT count(*), sum(n), sum(c) FROM (SELECT n, s, count(*) AS c FROM t GROUP BY n, s) AS x", limited.Options, context: limited);
        Assert.Equal([(long)rows.Length, rows.Sum(static i => (long)i * 3), (long)rows.Length], result.Single().Select(static cell => Convert.ToInt64(cell, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Reading_ends_when_it_is_cancelled()
    {
        using var partitions = Fill(out _);
        Assert.Throws<OperationCanceledException>(() =>
        {
            for (var partition = 0; partition < RadixPartitions.Count; partition++)
            {
                partitions.Read(partition, static (_, _) => { }, null, new CancellationToken(true));
            }
        });
    }

    /// <summary>Chunks end with their rows or their texts; values stay what they were, also those that are longer than was expected, and rows of one key stay together.</summary>
    [Fact]
    public void Rows_come_back_by_partition()
    {
        using var partitions = Fill(out var expected);
        var found = new List<string>();
        var home = new Dictionary<string, int>();
        long freed = 0;
        for (var partition = 0; partition < RadixPartitions.Count; partition++)
        {
            partitions.Read(
                partition,
                (columns, count) =>
                {
                    for (var row = 0; row < count; row++)
                    {
                        var key = OperatorRun.Text([columns[0].GetValue(row)]);
                        Assert.Equal(partition, home.TryAdd(key, partition) ? partition : home[key]);
                        found.Add(OperatorRun.Text([.. columns.Select(column => column.GetValue(row))]));
                    }
                },
                (bytes, _) => freed += bytes,
                CancellationToken.None);
        }
        Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal(partitions.Bytes, freed);
        Assert.True(home.Values.Distinct().Count() > RadixPartitions.Count / 2);
    }

    private static unsafe RadixPartitions Fill(out List<string> expected)
    {
        var random = new Random(17);
        var partitions = new RadixPartitions([DataType.Utf8, DataType.Boolean, DataType.Float64, DataType.Binary], 1, 20);
        expected = [];
        for (var batch = 0; batch < 20; batch++)
        {
            var count = random.Next(1, 1_500);
            var texts = Enumerable.Range(0, count).Select(_ => random.Next(9) == 0 ? null : (object)$"{random.Next(500)}{new string('y', random.Next(batch == 13 ? 4_000 : 30))}").ToArray();
            var bits = Enumerable.Range(0, count).Select(_ => random.Next(5) == 0 ? null : (object)(random.Next(2) == 0)).ToArray();
            var numbers = Enumerable.Range(0, count).Select(_ => (object?)random.NextDouble()).ToArray();
            var bytes = Enumerable.Range(0, count).Select(_ => (object?)new byte[random.Next(3)]).ToArray();
            using var first = TestData.Column(DataType.Utf8, texts);
            using var second = TestData.Column(DataType.Boolean, bits);
            using var third = TestData.Column(DataType.Float64, numbers);
            using var fourth = TestData.Column(DataType.Binary, bytes);
            int[]? rows = batch % 3 == 0 ? null : [.. Enumerable.Range(0, count).Where(_ => random.Next(2) == 0)];
            fixed (int* some = rows)
            {
                partitions.Add([first, second, third, fourth], rows is null ? null : some, rows?.Length ?? count);
            }
            expected.AddRange((rows ?? [.. Enumerable.Range(0, count)]).Select(row => OperatorRun.Text([texts[row], bits[row], numbers[row], bytes[row]])));
        }
        Assert.Equal(expected.Count, partitions.RowCount);
        partitions.Complete();
        return partitions;
    }

    private async Task<long> PartitionedAsync(string sql, EngineOptions options, long limit = long.MaxValue)
    {
        var text = await ExplainAsync(sql, new QueryContext(options, new MemoryBudget(limit), CancellationToken.None));
        var at = text.IndexOf("partitioned=", StringComparison.Ordinal);
        return at < 0 ? 0 : long.Parse(string.Concat(text[(at + 12)..].TakeWhile(char.IsAsciiDigit)), System.Globalization.CultureInfo.InvariantCulture);
    }

    private async Task<string> ExplainAsync(string sql, QueryContext context) =>
        string.Join('\n', (await run.RunAsync("EXPLAIN ANALYZE " + sql, context.Options, context: context)).Select(OperatorRun.Text));

    private static object? Sum(IEnumerable<TestRow> rows) => rows.Any(static row => row.V is not null) ? rows.Sum(static row => row.V ?? 0) : null;

    private void Add(TestRow[] rows) => run.Add(
        "t",
        rows,
        (new Field("n", DataType.Int64), static row => row.N),
        (new Field("t", DataType.Utf8), static row => row.T),
        (new Field("b", DataType.Boolean), static row => row.B),
        (new Field("d", DataType.Timestamp(TimeUnit.Nanosecond), false), static row => row.D),
        (new Field("f", DataType.Float64), static row => row.F),
        (new Field("small", DataType.Int16, false), static row => row.Small),
        (new Field("w", DataType.Decimal128(20, 3), false), static row => row.W),
        (new Field("v", DataType.Int64), static row => row.V));

    private static TestRow[] Rows(int seed, int distinct)
    {
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, Count).Select(_ =>
            {
                var id = random.Next(distinct);
                return new TestRow(
                    id % 501 == 3 ? null : id * 1_000_003L,
                    id % 401 == 5 ? null : $"text {id} {new string('z', id % 40)}",
                    id % 7 == 0 ? null : id % 2 == 0,
                    id * 77L,
                    id % 301 == 2 ? double.NaN : id % 303 == 1 ? null : id / 8.0,
                    (short)(id % 5),
                    id * 3,
                    random.Next(20) == 0 ? null : random.Next(1_000));
            }),
        ];
    }

    private sealed record TestRow(long? N, string? T, bool? B, long D, double? F, short Small, Int128 W, long? V)
    {
        public object? Key(string name) => name switch { "n" => N, "t" => T, "b" => B, "d" => D, "f" => F, "small" => Small, _ => W };
    }
}
