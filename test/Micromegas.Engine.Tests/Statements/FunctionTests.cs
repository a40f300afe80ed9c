using System.IO.Compression;
using System.Text.Json;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Tests.Statements;

/// <summary>Functions that the binder has a hand in: lambdas, macros, forms that look at more than values.</summary>
public sealed class FunctionTests
{
    private readonly StatementRunner runner = new();

    [Theory]
    [InlineData("SELECT array_transform([1, 2, NULL], x -> x * 2)", "[2,4,NULL]")]
    [InlineData("SELECT array_transform(['a', 'b'], (x, i) -> concat(x, i))", "[a1,b2]")]
    [InlineData("SELECT array_filter([1, 2, 3, 4], x -> x % 2 = 0), array_any_match([1, 2], x -> x > 1), array_all_match([1, NULL], x -> x > 0)", "[2,4] True NULL")]
    [InlineData("SELECT array_filter(l, x -> x > id) FROM (VALUES (1, [1, 2, 3]), (2, []), (3, NULL), (4, [10, 4, 5])) AS v(id, l) ORDER BY id", "[2,3]; []; NULL; [10,5]")]
    [InlineData("SELECT array_transform(l, x -> array_transform([x, id], y -> y + x)) FROM (VALUES (1, [1, 2])) AS v(id, l)", "[[2,2],[4,3]]")]
    [InlineData("SELECT sum(array_length(array_filter(range(0, n), x -> x % 3 = 0))) FROM (SELECT value AS n FROM generate_series(1, 300)) AS s", "15150")]
    [InlineData("SELECT id FROM t WHERE array_any_match([2, 4], x -> x = id) ORDER BY id", "2; 4")]
    public async Task Lambdas(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("SELECT first_value(x) IGNORE NULLS, last_value(x IGNORE NULLS), array_agg(x) IGNORE NULLS FROM (VALUES (NULL), (1), (2), (NULL)) AS v(x)", "1 2 [1,2]")]
    [InlineData("SELECT min_by(name, x), arg_max(name, id), count_if(x > 1), list(id ORDER BY id DESC), group_concat(name, '-' ORDER BY id) FROM t", "cid NULL 2 [5,4,3,2,1] ann-bob-cid-dee")]
    [InlineData("SELECT mod(7, 3), div(7, 2), bit_count(255), ~5, width_bucket(5, 0, 10, 5)", "1 3 8 -6 3")]
    [InlineData("SELECT date_diff('month', DATE '2024-01-31', DATE '2024-03-01'), year(DATE '2024-05-06'), strftime(DATE '2024-02-03', '%d/%m')", "2 2024 03/02")]
    [InlineData("SELECT regexp_extract('abc123', '([a-z]+)([0-9]+)', 2), string_split('a,b', ','), quote_literal('it''s'), if(1 > 2, 'a', 'b')", "123 [a,b] 'it''s' b")]
    [InlineData("SELECT colour, count_if(id > 1) AS n FROM t GROUP BY colour HAVING count_if(id > 1) > 0 ORDER BY n, colour", "blue 1; green 1; red 1; NULL 1")]
    [InlineData("SELECT arrow_metadata(with_metadata(id, 'k', 'v'), 'k'), arrow_field(id)['name'], arrow_field(id)['nullable'] FROM t LIMIT 1", "v id False")]
    [InlineData("SELECT unnest(unnest([[1, 2], [3]]))", "1; 2; 3")]
    [InlineData("SELECT 1 WHERE 1 IN ((SELECT 1))", "1")]
    [InlineData("SELECT regexp_replace('foobarbaz', 'b(..)', 'X\\\\1Y', 'g'), regexp_replace('Köln-1', '[\\p{Letter}-]+', 'X')", "fooXarYXazY X1")]
    [InlineData("SELECT to_unixtime('2020-09-08 12/00/00+01:00', '%Y-%m-%d %H/%M/%S%#z')", "1599562800")]
    // DataFusion's answers: a list of less depth is one item of the deeper one.
    [InlineData("SELECT array_concat([[1, 2], [3, 4]], [5, 6]), array_concat([5, 6], [[1, 2]])", "[[1,2],[3,4],[5,6]] [[5,6],[1,2]]")]
    [InlineData("SELECT array_concat([10, 20], [[30, 40]], [[[50, 60]]]), array_concat(NULL, [1])", "[[[10,20]],[[30,40]],[[50,60]]] [1]")]
    [InlineData("SELECT arrow_cast('1 year 2 months', 'Interval(YearMonth)')::text, arrow_cast('3 days 4 ms', 'Interval(DayTime)')::text", "1 years 2 mons 3 days 0.004000000 secs")]
    public async Task Answers(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("SELECT array_filter([1, 2], x -> x)", SqlState.DatatypeMismatch)]
    [InlineData("SELECT array_transform([1, 2], 3)", SqlState.UndefinedFunction)]
    [InlineData("SELECT array_append([1], x -> x)", SqlState.UndefinedFunction)]
    [InlineData("SELECT min_by(id) FROM t", SqlState.UndefinedFunction)]
    [InlineData("SELECT regexp_like('a', 'a', 'g')", SqlState.InvalidParameterValue)]
    [InlineData("WITH a AS (SELECT nope), b AS (SELECT 1) SELECT * FROM b", SqlState.UndefinedColumn)]
    [InlineData("SELECT count(*) OVER (ORDER BY id ROWS BETWEEN -1 PRECEDING AND CURRENT ROW) FROM t", SqlState.InvalidParameterValue)]
    public async Task Errors(string sql, string state) =>
        Assert.Equal(state, (await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync(sql))).SqlState);

    [Fact]
    public async Task A_macro_with_too_few_arguments_names_its_forms() =>
        Assert.Equal("Candidates: min_by(x, y).", (await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync("SELECT min_by(id) FROM t"))).Hint);

    /// <summary>Every function that upstream lists can be called (spec/sql.md §6); those of the lake belong to another room.</summary>
    [Fact]
    public void Upstream_s_routines_are_all_there()
    {
        string[] lake = ["get_payload", "remove_query_denial", "retire_partition_by_file", "retire_partition_by_metadata", "delete_duplicate_blocks", "delete_duplicate_streams", "delete_duplicate_processes"];
        using var lines = new StreamReader(new GZipStream(File.OpenRead(Golden("expressions.jsonl.gz")), CompressionMode.Decompress));
        JsonElement? recorded = null;
        while (lines.ReadLine() is { } line)
        {
            var answer = JsonDocument.Parse(line).RootElement;
            if (answer.GetProperty("sql").GetString() == "SELECT DISTINCT routine_name FROM information_schema.routines ORDER BY 1")
            {
                recorded = answer;
            }
        }
        var own = FunctionRegistry.BuiltIn.Routines().Select(static routine => routine.Name).ToHashSet();
        var missing = recorded!.Value.GetProperty("rows").EnumerateArray().Select(static row => row[0].GetString()!)
            .Where(name => char.IsAsciiLetter(name[0]) && !own.Contains(name)).Except(lake);

        Assert.Equal([], missing);
    }

    private static string Golden(string file)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Micromegas.Data.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }
        return Path.Combine(folder, "test", "golden", file);
    }
}
