using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Tests.Statements;

/// <summary>Mistakes that people make: what the error says, where, and what it advises.</summary>
public sealed class MistakeTests
{
    private readonly StatementRunner runner = new() { Session = new Engine.Statements.SessionSettings(), Scratch = new Engine.Catalog.Scratch.ScratchTables() };

    private static readonly List<object?[]> Mistakes =
    [
        ["SELECT nme FROM t", "42703", 1, 8, "Did you mean 'name'?"],
        ["SELECT t.nme FROM t", "42703", 1, 8, "Did you mean 'name'?"],
        ["SELECT s.name FROM t", "42703", 1, 8, "FROM has 't'."],
        ["SELECT tt.name FROM t, u", "42703", 1, 8, "FROM has 't', 'u'."],
        ["SELECT \"red\" FROM t", "42703", 1, 8, "For a text write 'red' in single quotes."],
        ["SELECT id FROM t WHERE colour = \"red\"", "42703", 1, 33, "For a text write 'red' in single quotes."],
        ["SELECT process FROM (SELECT 1 AS process_id) AS p", "42703", 1, 8, "Did you mean 'process_id'?"],
        ["SELECT x", "42703", 1, 8, "There are no columns here."],
        ["SELECT colour FROM t, u", "42702", 1, 8, "Candidates: t.colour, u.colour."],
        ["SELECT * FROM tt", "42P01", 1, 15, "Did you mean 't'?"],
        ["SELECT * FROM missing_table", "42P01", 1, 15, "SHOW TABLES lists the tables."],
        ["SELECT * FROM rnage(1, 3)", "42883", 1, 15, "Did you mean 'range'?"],
        ["SELECT z.* FROM t", "42P01", 1, 8, "Candidates: t."],
        ["SELECT * EXCLUDE (nme) FROM t", "42703", 1, 8, "Did you mean 'name'?"],
        ["SELECT *", "42000", 1, 8, "Add FROM and a table; SHOW TABLES lists them."],
        ["SELECT lenght(name) FROM t", "42883", 1, 8, "Did you mean 'length'?"],
        ["SELECT frobnicate(name) FROM t", "42883", 1, 8, "SHOW FUNCTIONS lists the functions."],
        ["SELECT substr(name) FROM t", "42883", 1, 8, "Candidates: substr(text, start [, length])."],
        ["SELECT abs(name) FROM t", "42883", 1, 8, "Candidates: abs(x)."],
        ["SELECT min_by(id) FROM t", "42883", 1, 8, "Candidates: min_by(x, y)."],
        ["SELECT sum(name) FROM t", "42883", 1, 8, "Candidates: sum(x)."],
        ["SELECT coalesce() FROM t", "42883", 1, 8, "Candidates: coalesce(a, b, …)."],
        ["SELECT nullif(id) FROM t", "42883", 1, 8, "Candidates: nullif(a, b)."],
        ["SELECT pg_catalogue.abs(1)", "42883", 1, 8, "Functions have no schema: leave it out."],
        ["SELECT lag(id, 'a') OVER (ORDER BY id) FROM t", "42883", 1, 8, "Candidates: lag(x [, offset [, default]])."],
        ["SELECT rnk() OVER (ORDER BY id) FROM t", "42883", 1, 8, "Did you mean 'rank'?"],
        ["SELECT abs(id) OVER () FROM t", "42883", 1, 8, "'abs' is a function of one row: leave out OVER."],
        ["SELECT name + 1 FROM t", "42804", 1, 8, "Cast an operand, as in CAST(x AS BIGINT)."],
        ["SELECT id FROM t WHERE name = TRUE", "42804", 1, 24, "Cast one side, as in CAST(x AS TEXT)."],
        ["SELECT id FROM t WHERE name IN (TRUE, FALSE)", "42804", 1, 24, "Cast one side, as in CAST(x AS TEXT)."],
        ["SELECT id FROM t WHERE id LIKE 'a%'", "42804", 1, 24, "Cast to text: CAST(x AS TEXT) LIKE …"],
        ["SELECT id FROM t WHERE id", "42804", 1, 24, "Compare the expression with something, such as x <> 0."],
        ["SELECT id FROM t WHERE id > 1 AND name", "42804", 1, 24, "Compare the operand with something, such as x <> 0."],
        ["SELECT NOT id FROM t", "42804", 1, 8, "Compare the operand with something."],
        ["SELECT CASE WHEN id > 1 THEN now() ELSE ARRAY[1] END FROM t", "42804", 1, 8, "Cast one of them."],
        ["SELECT CAST(now() AS BOOLEAN)", "0A000", 1, 8, "Timestamp(ns) can be cast to BIGINT, DOUBLE, DECIMAL, TEXT, DATE, TIME."],
        ["SELECT CAST(1 AS INTT)", "0A000", 1, 18, "Did you mean 'INT'?"],
        ["SELECT CAST(1 AS DECIMAL(90, 2))", "22023", 1, 18, "Such as DECIMAL(18, 4)."],
        ["SELECT name, count(*) FROM t", "42803", 1, 8, "Add it to GROUP BY, or take any of its values: any_value(name)."],
        ["SELECT colour, max(id) FROM t GROUP BY name", "42803", 1, 8, "Add it to GROUP BY, or take any of its values: any_value(colour)."],
        ["SELECT id FROM t WHERE count(*) > 1", "42803", 1, 24, "Conditions on groups go to HAVING."],
        ["SELECT sum(count(*)) FROM t", "0A000", 1, 12, "Aggregate in a subquery first."],
        ["SELECT count(*) FROM t GROUP BY count(*)", "42803", 1, 33, "Aggregate in a subquery and group its result."],
        ["SELECT name FROM t GROUP BY 7", "42703", 1, 29, "Numbers in GROUP BY are positions in the select list."],
        ["SELECT id FROM t WHERE row_number() OVER () = 1", "42P20", 1, 24, "QUALIFY filters by windows; or use a subquery."],
        ["SELECT sum(id) OVER win FROM t WINDOW wim AS (ORDER BY id)", "42P20", 1, 21, "Did you mean 'wim'?"],
        ["SELECT sum(id) OVER (ORDER BY id ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM t", "42P20", 1, 34, "Write the earlier bound first: BETWEEN 2 PRECEDING AND CURRENT ROW."],
        ["SELECT id FROM t QUALIFY id > 1", "42P20", 1, 26, "Conditions on rows go to WHERE, on groups to HAVING."],
        ["SELECT id FROM t ORDER BY 3", "42703", 1, 27, "Numbers here are positions in the select list."],
        ["SELECT DISTINCT name FROM t ORDER BY id", "42000", 1, 38, "Select it too, or group by the columns instead of DISTINCT."],
        ["SELECT DISTINCT ON (name) name FROM t ORDER BY id", "42000", 1, 8, "Start ORDER BY with the expressions of DISTINCT ON."],
        ["SELECT id FROM t LIMIT -1", "42000", 1, 24, "Leave it out to have all rows."],
        ["SELECT id FROM t LIMIT id", "42703", 1, 24, "There are no columns here."],
        ["SELECT name FROM t UNION SELECT id, name FROM t", "42000", 1, 1, "UNION BY NAME fills columns that are missing on one side with NULL."],
        ["SELECT name FROM t UNION SELECT ARRAY[id] FROM t", "42804", 1, 1, "Cast it on one side: CAST(name AS TEXT)."],
        ["VALUES (1, 2), (3)", "42000", 1, 16, "All rows of VALUES need the same number of values; NULL stands for none."],
        ["SELECT * FROM t JOIN u USING (colr)", "42703", 1, 15, "Did you mean 'colour'?"],
        ["SELECT * FROM t LEFT JOIN u", "42000", 1, 15, "Add ON … or USING (…)."],
        ["SELECT * FROM t, t", "42712", 1, 18, "FROM t AS a, t AS b."],
        ["WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a", "42712", 1, 1, "Rename one of them."],
        ["SELECT id FROM t WHERE id IN (SELECT uid, score FROM u)", "42000", 1, 24, "Select the column to compare with."],
        ["SELECT @missing", "42P02", 1, 8, "Add it to the command's parameters."],
        ["SET batch_sise = 1", "42704", 1, 1, "Did you mean 'batch_size'?"],
        ["SHOW tme_zone", "42704", 1, 1, "Did you mean 'time_zone'?"],
        ["SELECT id FORM t", "42601", 1, 16, "Did you mean FROM?"],
        ["SELCT id FROM t", "42601", 1, 1, "Did you mean SELECT?"],
        ["SELECT id FROM t WEHRE id > 1", "42601", 1, 24, "Did you mean WHERE?"],
        ["SELECT id FROM t GRUOP BY id", "42601", 1, 24, "Did you mean GROUP?"],
        ["SELECT id,\n  10 / (id - 1) FROM t", "22012", 2, 3, "NULLIF(divisor, 0) gives NULL instead."],
        ["SELECT id\nFROM t\nWHERE id % (id - 2) = 0", "22012", 3, 7, "NULLIF(divisor, 0) gives NULL instead."],
        ["SELECT 1 + CAST(name AS INT) FROM t", "22P02", 1, 12, "TRY_CAST gives NULL instead."],
        ["SELECT id FROM t WHERE\n  name::int = 1", "22P02", 2, 3, "TRY_CAST gives NULL instead."],
        ["SELECT id FROM t WHERE id = name", "22P02", 1, 24, "TRY_CAST gives NULL instead."],
        ["SELECT 99999999999::int", "22003", 1, 8, "TRY_CAST gives NULL instead."],
        ["SELECT arrow_cast(300 * id, 'UInt8') FROM t", "22003", 1, 8, "TRY_CAST gives NULL instead."],
        ["SELECT DATE '2024-13-01'", "22007", 1, 8, "TRY_CAST gives NULL instead."],
        ["SELECT max(CAST('2024-01-0' || name AS TIMESTAMP)) FROM t", "22007", 1, 12, "TRY_CAST gives NULL instead."],
        ["SELECT INTERVAL '1 fortnight'", "22007", 1, 8, "TRY_CAST gives NULL instead."],
        ["SELECT date_trunc('moth', now())", "0A000", 1, 8, "Did you mean 'month'?"],
        ["SELECT extract(yaer FROM now())", "22023", 1, 8, "Did you mean 'year'?"],
        ["SELECT (SELECT id FROM t)", "21000", 1, 8, "Aggregate it, add LIMIT 1, or use IN or EXISTS."],
        ["SELECT CASE WHEN id > 0 THEN 1 / (id - 1) END FROM t", "22012", 1, 30, "NULLIF(divisor, 0) gives NULL instead."],
        ["SELECT sum(1 / (id - 1)) FROM t", "22012", 1, 12, "NULLIF(divisor, 0) gives NULL instead."],
        ["SELECT sum(10 / (id - 1)) OVER (ORDER BY id) FROM t", "22012", 1, 12, "NULLIF(divisor, 0) gives NULL instead."],
        ["SELECT * FROM t ORDER BY 1 / (id - 5)", "22012", 1, 26, "NULLIF(divisor, 0) gives NULL instead."],
        ["SELECT count(*) FROM t JOIN u ON 1 / (id - 1) = score", "22012", 1, 34, "NULLIF(divisor, 0) gives NULL instead."],
        ["SELECT make_histogram(1, 0, 10, x) FROM t", "22023", 1, 8, null],
        ["SELECT array_transform([1, 0], i -> 1 / i)", "22012", 1, 37, "NULLIF(divisor, 0) gives NULL instead."],
        ["SELECT sum(m) FROM (SELECT 9e37::decimal(38, 0) AS m FROM t) AS s", "22003", 1, 8, null],
    ];

    public static IEnumerable<object?[]> All => Mistakes;

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_mistake_is_explained(string sql, string state, int line, int column, string? hint)
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync(sql));

        Assert.Equal((state, line, column, hint), (error.SqlState, error.Line, error.Column, error.Hint));
    }

    [Fact]
    public void Errors_of_names_types_and_clauses_always_advise() =>
        Assert.All(Mistakes, static mistake => Assert.True(mistake[4] is not null || ((string)mistake[1]!).StartsWith("22", StringComparison.Ordinal), (string)mistake[0]!));

    [Theory]
    [InlineData("SELECT abs(id - 3) AS a,\n count(*) FROM t\n GROUP BY abs(id - 3) ORDER BY abs(id - 3)", "0 1; 1 2; 2 2")]
    [InlineData("SELECT DISTINCT 6 / id FROM t\n ORDER BY\n 6 / id", "1; 2; 3; 6")]
    [InlineData("SELECT sum(10 / id) FROM t\n HAVING sum(10 / id) > 1 AND\n sum( 10 / id ) < 100", "22")]
    [InlineData("SELECT DISTINCT ON (id % 2) id FROM t ORDER BY\n id % 2, id", "2; 1")]
    [InlineData("SELECT count(DISTINCT id % 2), count(DISTINCT\n id % 2) FROM t", "2 2")]
    public async Task Equal_expressions_at_different_places_are_one(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Fact]
    public void The_place_is_no_part_of_an_expression()
    {
        var column = new PlanColumn("x", DataType.Int64);

        Assert.Equal(new BoundColumn(column), new BoundColumn(column) { Place = new TextPlace(3, 4) });
        Assert.NotEqual(new BoundColumn(column), new BoundColumn(new PlanColumn("x", DataType.Int64)));
    }

    [Fact]
    public async Task An_error_inside_a_view_is_where_the_view_is_named()
    {
        await runner.RunAsync("CREATE VIEW v AS\nSELECT id,\n 10 / (id - 1) AS q FROM t");

        var error = await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync("SELECT q\nFROM  v"));

        Assert.Equal((SqlState.DivisionByZero, 2, 7), (error.SqlState, error.Line, error.Column));
    }

    [Theory]
    [InlineData("SELECT min_by(1 / (id - 1), id)\nFROM t", 1, 15)]
    [InlineData("SELECT id FROM t\n  WHERE least(id, 3) = 3 AND 1 / (3 - id) = 1", 2, 30)]
    [InlineData("SELECT id,\n       pow(2, id) + 1 / (id - 4) FROM t", 2, 21)]
    public async Task An_error_of_a_run_is_where_its_expression_stands(string sql, int line, int column)
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync(sql));

        Assert.Equal((SqlState.DivisionByZero, line, column), (error.SqlState, error.Line, error.Column));
    }
}
