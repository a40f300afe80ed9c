namespace Micromegas.Sql.Tests;

public sealed class ErrorTests
{
    [Theory]
    [InlineData("SELEC 1", 1, 1, "Expected a statement, found 'SELEC'")]
    [InlineData("", 1, 1, "Expected a statement, found the end of the text")]
    [InlineData("SELECT 1 FROM", 1, 14, "Expected a table name, found the end of the text")]
    [InlineData("SELECT a\nFROM t\nWHERE\n  ORDER BY a", 4, 3, "Expected an expression, found 'ORDER'")]
    [InlineData("SELECT\r\n  1 +", 2, 6, "Expected an expression, found the end of the text")]
    [InlineData("SELECT 'unterminated", 1, 8, "Unterminated string")]
    [InlineData("SELECT \"x", 1, 8, "Unterminated quoted name")]
    [InlineData("SELECT $a$x", 1, 8, "Unterminated dollar-quoted string")]
    [InlineData("SELECT 1 /* a /* b */", 1, 10, "Unterminated comment")]
    [InlineData("SELECT (1", 1, 10, "Expected ',' or ')', found the end of the text")]
    [InlineData("SELECT 1 AS v; SELECT 2", 1, 16, "Expected the end of the statement, found 'SELECT'")]
    [InlineData("SELECT 5 # 3", 1, 10, "Unexpected character '#'")]
    [InlineData("SELECT 1 IN ()", 1, 14, "Expected an expression, found ')'")]
    [InlineData("SELECT $0", 1, 8, "parameters are numbered from 1")]
    [InlineData("SELECT $", 1, 8, "Expected a number or name behind '$'")]
    [InlineData("SELECT X'0g'", 1, 11, "Expected a hexadecimal digit")]
    [InlineData("SELECT E'\\u12'", 1, 10, "hexadecimal digits")]
    [InlineData("SELECT E'\\uD800'", 1, 8, "Invalid surrogate pair")]
    [InlineData("SELECT CAST(a AS )", 1, 18, "Expected a type, found ')'")]
    [InlineData("SELECT CASE a END", 1, 15, "Expected WHEN, found 'END'")]
    [InlineData("SELECT a FROM t GROUP BY", 1, 25, "Expected an expression")]
    [InlineData("SELECT a FROM t JOIN", 1, 21, "Expected a table name")]
    [InlineData("SELECT a FROM t LIMIT", 1, 22, "Expected an expression")]
    [InlineData("SELECT a b c FROM t", 1, 12, "Expected the end of the statement, found 'c'")]
    [InlineData("SELECT sum(a) OVER (ROWS 1) FROM t", 1, 27, "Expected PRECEDING or FOLLOWING")]
    [InlineData("INSERT INTO t", 1, 14, "Expected a query")]
    [InlineData("CREATE TABLE t", 1, 15, "Expected '(' or AS")]
    [InlineData("SELECT a IS 5", 1, 13, "Expected NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM")]
    [InlineData("SELECT * FROM (SELECT 1", 1, 24, "Expected ')'")]
    [InlineData("SELECT a::", 1, 11, "Expected a type")]
    [InlineData("SELECT [1, 2", 1, 13, "Expected ',' or ']'")]
    [InlineData("SELECT {a 1}", 1, 11, "Expected ':'")]
    [InlineData("SELECT \u0001", 1, 8, "Unexpected character U+0001")]
    public void Errors_say_what_and_where(string sql, int line, int column, string message)
    {
        var error = Assert.Throws<SqlSyntaxException>(() => SqlParser.ParseStatement(sql));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
        Assert.EndsWith($"at line {line}, column {column}.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT 1_000 AS v")]
    [InlineData("SELECT FROM t")]
    [InlineData("SELECT , a FROM t")]
    [InlineData("SELECT a FROM t,")]
    [InlineData("SELECT f(a,) FROM t")]
    [InlineData("SELECT a FROM t WHERE a = 1 2")]
    [InlineData("SELECT * FROM table")]
    [InlineData("SELECT a.b.(c) FROM t")]
    [InlineData("SELECT a FROM t ORDER a")]
    [InlineData("SELECT a NOT NULL")]
    [InlineData("SELECT a UNION")]
    [InlineData("SELECT (1, )")]
    [InlineData("VALUES ()")]
    [InlineData("VALUES")]
    [InlineData("WITH a AS SELECT 1 SELECT 2")]
    [InlineData("SET x")]
    [InlineData("EXPLAIN")]
    [InlineData("DROP")]
    [InlineData("CREATE")]
    [InlineData("UPDATE t")]
    [InlineData("DELETE t")]
    [InlineData("SELECT count(* FROM t")]
    [InlineData("SELECT a FROM t NATURAL b")]
    [InlineData("FROM t |>")]
    [InlineData("FROM t |> FOO")]
    public void Mistakes_are_refused(string sql) => Assert.Throws<SqlSyntaxException>(() => SqlParser.ParseStatement(sql));
}
