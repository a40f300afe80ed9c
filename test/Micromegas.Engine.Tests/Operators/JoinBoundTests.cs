using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Parquet;
using Micromegas.Parquet.Tests;

namespace Micromegas.Engine.Tests.Operators;

/// <summary>Joins tell the scans of their left side what has a match: row groups and rows are spared, and answers never change.</summary>
public sealed class JoinBoundTests : IDisposable
{
    private const int Rows = 24_000;
    private const int GroupRows = 4_000;

    private static readonly EngineOptions Without = new() { Threads = 2, DisabledRules = new HashSet<string> { "join-bounds" } };
    private static readonly double?[] Floats = [double.NaN, -0.0, 0.0, 1.5, -7.25, double.PositiveInfinity, null, 1e300, -1.5];

    private static readonly Schema Schema = new(
        new Field("n", DataType.Int64, false), new Field("process", DataType.DictionaryUtf8), new Field("id", DataType.Utf8), new Field("time", DataType.Timestamp(TimeUnit.Nanosecond, "+00:00")),
        new Field("f", DataType.Float64), new Field("s", DataType.Int16));

    private static readonly Lazy<Task<byte[]>> File = new(WriteAsync);

    private readonly OperatorRun run = new();

    public JoinBoundTests()
    {
        run.Add(
            "p",
            Enumerable.Range(0, 60).ToArray(),
            (new Field("process_id", DataType.Utf8), static i => i % 13 == 5 ? null : $"process {i:D3}"),
            (new Field("exe", DataType.DictionaryUtf8), static i => $"exe {i}"),
            (new Field("number", DataType.Int32, false), static i => i * 400),
            (new Field("started", DataType.Timestamp(TimeUnit.Nanosecond, "+00:00")), static i => i % 9 == 1 ? null : i * 400_000_000L),
            (new Field("g", DataType.Float64), static i => Floats[i % Floats.Length]));
        run.Add("none", Array.Empty<int>(), (new Field("x", DataType.Int64, false), static i => (long)i));
        run.Add("nulls", new long?[] { null, null }, (new Field("x", DataType.Int64), static i => i));
        // More values than are listed.
        run.Add("many", Enumerable.Range(0, 5000).ToArray(), (new Field("x", DataType.Int64, false), static i => i + 6_000L), (new Field("y", DataType.Utf8, false), static i => $"id {i * 4:D6}"));
    }

    public static TheoryData<string, int> Sparing => new()
    {
        // One process: one row group of six is read.
        { "SELECT n, id FROM m JOIN p ON m.process = p.process_id WHERE p.exe = 'exe 7'", 1 },
        { "SELECT n, id FROM p JOIN m ON m.process = p.process_id WHERE p.exe = 'exe 7'", 1 },
        { "SELECT n, id FROM m WHERE process IN (SELECT process_id FROM p WHERE exe = 'exe 7')", 1 },
        { "SELECT n, id FROM m WHERE EXISTS (SELECT * FROM p WHERE process_id = m.process AND exe = 'exe 7')", 1 },
        { "SELECT n, exe FROM m RIGHT JOIN (SELECT * FROM p WHERE number = 2800) AS p ON m.process = p.process_id", 1 },
        { "SELECT m.n, p.exe FROM (SELECT * FROM p WHERE exe IN ('exe 3', 'exe 4')) AS p JOIN m ON n = number", 1 },
        { "SELECT m.n FROM m JOIN p ON time = started WHERE exe = 'exe 20'", 1 },
        { "SELECT m.n FROM m JOIN p ON process = process_id AND n = number WHERE exe IN ('exe 2', 'exe 59')", 2 },
        // A range of many values.
        { "SELECT n, id FROM m JOIN many ON n = x", 2 },
        // Below groups, unions, other joins, windows and renamings.
        { "SELECT c FROM (SELECT process AS who, count(*) AS c FROM m GROUP BY process) AS a JOIN p ON who = process_id WHERE exe = 'exe 7'", 1 },
        { "SELECT c FROM (SELECT process AS who, sum(n) OVER (PARTITION BY process) AS c FROM m) AS a JOIN p ON who = process_id WHERE exe = 'exe 7'", 1 },
        { "SELECT k FROM (SELECT n AS k FROM m UNION ALL SELECT n + 0 FROM m WHERE n < 0 UNION ALL SELECT n FROM m WHERE n > 1) AS u JOIN p ON k = number WHERE exe = 'exe 12'", 2 },
        { "SELECT m.n, x FROM m LEFT JOIN many ON n = x JOIN p ON m.process = p.process_id WHERE p.exe = 'exe 7'", 1 },
        { "SELECT n FROM m JOIN many ON n = x JOIN p ON m.process = p.process_id WHERE p.exe = 'exe 22'", 1 },
        { "SELECT n FROM m JOIN none ON n = x", 0 },
        { "SELECT n FROM m WHERE n IN (SELECT x FROM none)", 0 },
        { "SELECT n, x FROM m JOIN nulls ON n = x", 0 },
    };

    [Theory]
    [MemberData(nameof(Sparing))]
    public async Task Row_groups_without_a_match_are_not_read(string sql, int read)
    {
        await AddAsync("m");
        foreach (var spill in new[] { false, true })
        {
            var options = new EngineOptions { Threads = 1, ForceSpill = spill };
            var context = new QueryContext(options, MemoryBudget.Unlimited(), CancellationToken.None);
            var rows = await run.RunAsync(sql, options, context: context);
            var expected = await run.RunAsync(sql, Without);
            Assert.Equal(expected.Select(OperatorRun.Text).Order(StringComparer.Ordinal), rows.Select(OperatorRun.Text).Order(StringComparer.Ordinal));
            Assert.Equal(read, context.Statistics.RowGroupsRead);
        }
    }

    [Theory]
    [InlineData("SELECT count(*) FROM m LEFT JOIN p ON m.process = p.process_id AND p.exe = 'exe 7'")]
    [InlineData("SELECT count(*) FROM m FULL JOIN p ON m.process = p.process_id AND p.exe = 'exe 7'")]
    [InlineData("SELECT count(*) FROM m WHERE process NOT IN (SELECT process_id FROM p WHERE exe = 'exe 7')")]
    [InlineData("SELECT count(*) FROM m WHERE NOT EXISTS (SELECT * FROM p WHERE process_id = m.process AND exe = 'exe 7')")]
    [InlineData("SELECT count(*) FROM m WHERE n < 5 OR process IN (SELECT process_id FROM p WHERE exe = 'exe 7')")]
    [InlineData("SELECT count(*) FROM (SELECT process FROM m ORDER BY n LIMIT 10) AS a JOIN p ON process = process_id WHERE exe = 'exe 59'")]
    public async Task Rows_that_are_wanted_without_a_match_are_read(string sql)
    {
        await AddAsync("m");
        var expected = await run.RunAsync(sql, Without);
        foreach (var options in OperatorRun.Settings)
        {
            Assert.Equal(expected.Select(OperatorRun.Text), (await run.RunAsync(sql, options)).Select(OperatorRun.Text));
        }
    }

    [Fact]
    public async Task Analyze_shows_what_was_spared()
    {
        await AddAsync("m");
        var plan = string.Join('\n', (await run.RunAsync(
            "EXPLAIN ANALYZE SELECT n, id FROM m JOIN p ON m.process = p.process_id WHERE p.exe = 'exe 7'", new EngineOptions { Threads = 1 })).Select(OperatorRun.Text));
        // 399 rows are of the process.
        Assert.Contains("join bound process: 1 value, spared row groups=5 rows=23601", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bound_that_spares_little_is_dropped()
    {
        await AddAsync("m");
        var context = new QueryContext(new EngineOptions { Threads = 1 }, MemoryBudget.Unlimited(), CancellationToken.None);
        await run.RunAsync("SELECT n FROM m JOIN p ON m.process = p.process_id WHERE exe <> 'exe 7'", context.Options, context: context);
        Assert.Equal(6, context.Statistics.RowGroupsRead);
    }

    [Fact]
    public async Task Random_joins_give_the_rows_that_they_give_without_bounds()
    {
        await AddAsync("m");
        await AddAsync("m2");
        var random = new Random(31);
        string[] kinds = ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "SEMI", "ANTI", "IN"];
        (string Left, string Right, string Table)[] keys =
        [
            ("m.process", "r.process_id", "p"), ("m.n", "r.number", "p"), ("m.s", "r.number", "p"), ("m.time", "r.started", "p"), ("m.f", "r.g", "p"), ("m.n", "r.x", "many"), ("m.id", "r.y", "many"),
            ("m.n", "r.x", "nulls"), ("m.n", "r.x", "none"), ("m.s", "r.s", "m2"), ("m.f", "r.f", "m2"), ("m.process", "r.process", "m2"), ("m.time", "r.time", "m2"), ("m.n + 1", "r.n", "m2"),
        ];
        for (var i = 0; i < 80; i++)
        {
            var (left, right, table) = keys[random.Next(keys.Length)];
            var condition = random.Next(3) == 0 ? $"{left} IS NOT DISTINCT FROM {right}" : $"{left} = {right}";
            if (random.Next(4) == 0)
            {
                var (otherLeft, otherRight, _) = keys.Where(key => key.Table == table).OrderBy(_ => random.Next()).First();
                condition += $" AND {otherLeft} = {otherRight}";
            }
            var build = Filtered(table, random);
            var probe = random.Next(3) switch
            {
                0 => "(SELECT * FROM m WHERE n % 7 < 4) AS m",
                1 => $"(SELECT * FROM m WHERE n BETWEEN {random.Next(Rows / 2)} AND {random.Next(Rows / 2, Rows)}) AS m",
                _ => "m",
            };
            var sql = kinds[random.Next(kinds.Length)] switch
            {
                "SEMI" => $"SELECT m.n, m.s FROM {probe} WHERE EXISTS (SELECT * FROM {build} AS r WHERE {condition})",
                "ANTI" => $"SELECT m.n, m.s FROM {probe} WHERE NOT EXISTS (SELECT * FROM {build} AS r WHERE {condition})",
                "IN" => $"SELECT m.n, m.f FROM {probe} WHERE {left} IN (SELECT {right} FROM {build} AS r)",
                var kind => $"SELECT count(*), sum(m.n), min(m.n), max(m.id), count(m.f) FROM {probe} {kind} {build} AS r ON {condition}",
            };
            sql = sql.StartsWith("SELECT count", StringComparison.Ordinal) ? sql : $"SELECT count(*), sum(n), min(n), max(n) FROM ({sql}) AS x";
            var expected = await run.RunAsync(sql, Without);
            var settings = OperatorRun.Settings[random.Next(OperatorRun.Settings.Length)];
            foreach (var options in new[] { new EngineOptions { Threads = 2 }, settings.BatchSize == 1 ? new EngineOptions { ForceSpill = true } : settings })
            {
                var rows = await run.RunAsync(sql, options);
                Assert.True(
                    expected.Select(OperatorRun.Text).SequenceEqual(rows.Select(OperatorRun.Text)),
                    string.Create(CultureInfo.InvariantCulture, $"{i}: {sql}\n{OperatorRun.Text(expected[0])} {OperatorRun.Text(rows[0])} {options}"));
            }
        }
    }

    [Theory]
    [InlineData("SELECT exe, g, count(*), sum(n), min(id) FROM m JOIN p ON process = process_id GROUP BY exe, g")]
    [InlineData("SELECT exe, started, count(*), sum(n) FROM m LEFT JOIN p ON process = process_id GROUP BY exe, started")]
    [InlineData("SELECT exe, count(*), sum(n) FROM (SELECT * FROM m WHERE n % 900 > 300) AS m LEFT JOIN p ON process = process_id GROUP BY exe")]
    [InlineData("SELECT upper(exe), g + 1, n FROM m JOIN p ON process = process_id WHERE number % 1200 = 0 AND n % 50 = 3")]
    [InlineData("SELECT n, exe, started FROM m LEFT JOIN p ON n = number WHERE n % 40 = 0")]
    [InlineData("SELECT exe, max(y), count(started) FROM m JOIN p ON process = process_id LEFT JOIN many ON number = x GROUP BY exe")]
    [InlineData("SELECT process, (SELECT exe FROM p WHERE process_id = m.process) AS e, count(*) FROM m GROUP BY process, e")]
    public async Task Right_columns_that_are_kept_by_key_are_those_that_are_copied(string sql)
    {
        await AddAsync("m");
        var expected = (await run.RunAsync(sql, new EngineOptions { Threads = 1, FlattenDictionaries = true })).Select(OperatorRun.Text).Order(StringComparer.Ordinal).ToArray();
        Assert.NotEmpty(expected);
        foreach (var options in OperatorRun.Settings.Where(static options => options.BatchSize > 1))
        {
            Assert.Equal(expected, (await run.RunAsync(sql, options)).Select(OperatorRun.Text).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task A_recursion_has_new_bounds_in_each_iteration()
    {
        await AddAsync("m");
        const string Sql = "WITH RECURSIVE walk(k) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT m.n * 2 FROM m JOIN walk ON m.n = walk.k WHERE m.n < 20000) SELECT k FROM walk ORDER BY k";
        Assert.Equal(Enumerable.Range(0, 16).Select(static i => (1L << i).ToString(CultureInfo.InvariantCulture)), (await run.RunAsync(Sql, new EngineOptions())).Select(OperatorRun.Text));
    }

    [Fact]
    public async Task A_cancelled_build_side_ends_the_statement()
    {
        await AddAsync("m");
        using var source = new CancellationTokenSource();
        var context = new QueryContext(new EngineOptions { Threads = 2 }, MemoryBudget.Unlimited(), source.Token);
        var running = run.RunAsync("SELECT count(*) FROM m JOIN (SELECT a.x FROM many AS a, many AS b, many AS c) AS r ON n = x", context.Options, context: context);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    public void Dispose() => run.Dispose();

    private static string Filtered(string table, Random random) => table switch
    {
        "p" => $"(SELECT * FROM p WHERE number {(random.Next(2) == 0 ? "<" : ">=")} {random.Next(Rows)})",
        "many" => $"(SELECT * FROM many WHERE x {(random.Next(2) == 0 ? "<" : ">=")} {6_000 + random.Next(5_000)})",
        "m2" => Window(random.Next(Rows), random.Next(40)),
        _ => table,
    };

    private static string Window(int start, int length) => $"(SELECT * FROM m2 WHERE n BETWEEN {start} AND {start + length})";

    private async Task AddAsync(string name) => await run.AddParquetAsync(name, await File.Value);

    private static Task<byte[]> WriteAsync()
    {
        object?[][] columns =
        [
            [.. Enumerable.Range(0, Rows).Select(static n => (object)(long)n)],
            [.. Enumerable.Range(0, Rows).Select(static n => n % 1000 == 999 ? null : (object)$"process {n / 400:D3}")],
            [.. Enumerable.Range(0, Rows).Select(static n => n % 11 == 3 ? null : (object)$"id {n * 7919L % 24_000:D6}")],
            [.. Enumerable.Range(0, Rows).Select(static n => n % 501 == 7 ? null : (object)(n * 1_000_000L))],
            [.. Enumerable.Range(0, Rows).Select(static n => n < GroupRows ? (object?)Floats[n % Floats.Length] : n / 4.0)],
            [.. Enumerable.Range(0, Rows).Select(static n => n % 17 == 2 ? null : (object)(short)(n - 12_000))],
        ];
        return WrittenFile.WriteAsync(Schema, columns, new ParquetWriterOptions { RowGroupRows = GroupRows, DictionaryBytes = 10_000, LongestIdentifier = 40 });
    }
}
