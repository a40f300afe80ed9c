using System.Globalization;
using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Optimizer;

namespace Micromegas.Conformance.Differential;

/// <summary>What must not change an answer: how the engine works, how the rows are cut into pieces, and splitting a query by a condition.</summary>
public sealed class MetamorphicTests
{
    private const int StatementsPerTables = 50;

    private static readonly int Seed = Number("MICROMEGAS_FUZZ_SEED", 1);

    private static readonly EngineOptions[] Settings =
    [
        new() { Threads = 1 },
        new() { Threads = 2, BatchSize = 7, ManyBuildRows = 1 },
        new() { Threads = 1, BatchSize = 1 },
        new() { Threads = 2, ForceSpill = true },
        new() { Threads = 1, ForceSpill = true, BatchSize = 3, FlattenDictionaries = true },
        new() { Threads = 2, FlattenDictionaries = true },
        new() { Threads = 2, DisabledRules = LogicalOptimizer.RuleNames.ToHashSet() },
        .. LogicalOptimizer.RuleNames.Select(static rule => new EngineOptions { Threads = 2, DisabledRules = new HashSet<string> { rule } }),
    ];

    [Fact]
    public Task No_setting_changes_an_answer() => CheckSettingsAsync(Number("MICROMEGAS_FUZZ_COUNT", 100));

    [Fact]
    [Trait("Category", "Slow")]
    public Task No_setting_changes_an_answer_of_thousands() => CheckSettingsAsync(5_000);

    [Theory]
    [InlineData("""
        SELECT x, y, w FROM (VALUES (1), (2)) a(x) JOIN (VALUES (2), (3)) b(y) ON x = y AND NOT EXISTS (SELECT 1 FROM (VALUES (1)) z(q) WHERE q > 5)
        FULL JOIN (VALUES (2), (4)) c(w) ON y = w AND w IS NOT DISTINCT FROM x
        """)]
    [InlineData("""
        SELECT x, (SELECT max(y) FROM (VALUES (2, 5), (2, 7), (3, 9)) b(k, y) WHERE k = x), x + (SELECT min(y) FROM (VALUES (1), (4)) d(y) WHERE y <> x)
        FROM (VALUES (1), (2), (3)) a(x)
        WHERE EXISTS (SELECT 1 FROM (VALUES (2), (3)) c(z) WHERE z = x) AND NOT EXISTS (SELECT 1 FROM (VALUES (3, 1), (2, 9)) e(z, u) WHERE z = x AND u < x)
        """)]
    public async Task No_setting_changes_what_was_found(string sql)
    {
        using var engine = new FuzzEngine([], 16);
        var expected = await engine.RowsAsync(sql, Settings[0]);
        foreach (var options in Settings)
        {
            Assert.Null(RowComparison.Difference(await engine.RowsAsync(sql, options), expected, isOrdered: false));
        }
    }

    [Fact]
    public Task A_condition_splits_the_rows() => CheckPartitionsAsync(Number("MICROMEGAS_FUZZ_COUNT", 100));

    [Fact]
    [Trait("Category", "Slow")]
    public Task A_condition_splits_the_rows_of_thousands() => CheckPartitionsAsync(5_000);

    private static async Task CheckSettingsAsync(int count)
    {
        var failures = new List<string>();
        for (var first = Seed; first < Seed + count; first += StatementsPerTables)
        {
            var tables = FuzzTable.Create(new Random(first));
            using var engine = new FuzzEngine(tables, 16);
            using var whole = new FuzzEngine(tables, 1000);
            using var pieces = new FuzzEngine(tables, 3);
            for (var number = first; number < Math.Min(first + StatementsPerTables, Seed + count); number++)
            {
                var statement = new QueryGenerator(new Random(number), tables).Statement();
                var sql = statement.Sql.Write(Dialect.Micromegas);
                var (expected, error) = await AnswerAsync(engine, sql, new EngineOptions { Threads = 2 });
                foreach (var (other, options) in Settings.Select(options => (engine, options)).Append((whole, Settings[0])).Append((pieces, Settings[1])))
                {
                    var (rows, otherError) = await AnswerAsync(other, sql, options);
                    var difference = expected is null || rows is null
                        ? error == otherError ? null : $"{error} became {otherError}"
                        : RowComparison.Difference(rows, expected, statement.IsOrdered);
                    if (difference is not null)
                    {
                        var tableSet = ReferenceEquals(other, whole) ? "one piece" : ReferenceEquals(other, pieces) ? "small pieces" : "";
                        failures.Add(string.Create(CultureInfo.InvariantCulture, $"seed {number}: {difference}\n  {sql}\n  {options} {string.Join(',', options.DisabledRules)} {tableSet}"));
                        break;
                    }
                }
            }
        }
        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(20)));
    }

    private static async Task CheckPartitionsAsync(int count)
    {
        var failures = new List<string>();
        var compared = 0;
        for (var first = Seed; first < Seed + count; first += StatementsPerTables)
        {
            var tables = FuzzTable.Create(new Random(first));
            using var engine = new FuzzEngine(tables, 16);
            for (var number = first; number < Math.Min(first + StatementsPerTables, Seed + count); number++)
            {
                var (from, condition) = new QueryGenerator(new Random(number), tables).Partition();
                var all = $"SELECT * FROM {from.Write(Dialect.Micromegas)}";
                var p = condition.Write(Dialect.Micromegas);
                var options = new EngineOptions { Threads = 2 };
                var parts = new List<object?[]>();
                var refusals = new List<string?>();
                foreach (var part in new[] { p, $"NOT ({p})", $"({p}) IS NULL" })
                {
                    var (rows, error) = await AnswerAsync(engine, $"{all} WHERE {part}", options);
                    parts.AddRange(rows ?? []);
                    refusals.Add(error);
                }
                if (refusals.Any(static refusal => refusal is not null))
                {
                    continue;
                }
                compared++;
                var (whole, _) = await AnswerAsync(engine, all, options);
                if (RowComparison.Difference(parts, whole!, isOrdered: false) is { } difference)
                {
                    failures.Add(string.Create(CultureInfo.InvariantCulture, $"seed {number}: {difference}\n  {all} WHERE {p}"));
                }
            }
        }
        Assert.True(failures.Count == 0, string.Join('\n', failures.Take(20)));
        Assert.True(compared > count * 9 / 10, $"only {compared} statements ran");
    }

    private static async Task<(IReadOnlyList<object?[]>? Rows, string? Error)> AnswerAsync(FuzzEngine engine, string sql, EngineOptions options)
    {
        try
        {
            return (await engine.RowsAsync(sql, options), null);
        }
        catch (EngineException error)
        {
            return (null, error.SqlState);
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
