namespace Micromegas.Engine.Tests.Statements;

public sealed class SelectTests
{
    private readonly StatementRunner runner = new();

    [Theory]
    [InlineData("SELECT 1 + 2 AS v", "3")]
    [InlineData("SELECT id FROM t WHERE x > 1 ORDER BY id", "1; 4")]
    [InlineData("SELECT id, name FROM t ORDER BY id DESC LIMIT 2", "5 NULL; 4 dee")]
    [InlineData("SELECT id FROM t ORDER BY id LIMIT 2 OFFSET 1", "2; 3")]
    [InlineData("SELECT id FROM t WHERE colour = 'red' ORDER BY 1", "1; 3")]
    [InlineData("SELECT id FROM t WHERE colour IN ('red', 'green') AND id < 4 ORDER BY id", "1; 3")]
    [InlineData("SELECT * EXCLUDE (x, colour) FROM t ORDER BY id LIMIT 1", "1 ann")]
    [InlineData("SELECT id FROM (SELECT id + 1 AS id FROM t) AS s WHERE id > 5", "6")]
    [InlineData("WITH a AS (SELECT id FROM t), b AS (SELECT id + 10 AS id FROM a) SELECT id FROM b ORDER BY id LIMIT 1", "11")]
    [InlineData("SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS v(n, s) ORDER BY n", "1 a; 2 NULL")]
    [InlineData("SELECT id FROM t WHERE id = 1 UNION ALL SELECT uid FROM u WHERE uid = 5 ORDER BY 1", "1; 5")]
    [InlineData("SELECT CASE WHEN id < 3 THEN 'low' ELSE 'high' END AS k FROM t ORDER BY id", "low; low; high; high; high")]
    [InlineData("SELECT coalesce(name, 'none') FROM t WHERE id = 5", "none")]
    [InlineData("SELECT id AS a, id * 2 AS b FROM t WHERE id BETWEEN 2 AND 3 ORDER BY b DESC", "3 6; 2 4")]
    public async Task Answers(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("SELECT nope FROM t", SqlState.UndefinedColumn, 1, 8)]
    [InlineData("SELECT id\nFROM nope", SqlState.UndefinedTable, 2, 6)]
    [InlineData("SELECT nope(id) FROM t", SqlState.UndefinedFunction, 1, 8)]
    [InlineData("SELECT id FROM t WHERE", SqlState.SyntaxError, 1, 23)]
    [InlineData("SELECT colour FROM t JOIN u ON t.id = u.uid", SqlState.AmbiguousColumn, 1, 8)]
    [InlineData("SELECT id FROM t WHERE id", SqlState.DatatypeMismatch, 1, 24)]
    [InlineData("SELECT id FROM t LIMIT -1", SqlState.InvalidStatement, 1, 24)]
    [InlineData("SELECT @missing", SqlState.UndefinedParameter, 1, 8)]
    [InlineData("SELECT id FROM t UNION SELECT uid, score FROM u", SqlState.InvalidStatement, 1, 1)]
    public async Task Errors_name_the_place(string sql, string state, int line, int column)
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync(sql));
        Assert.Equal((state, line, column), (error.SqlState, error.Line, error.Column));
    }

    [Fact]
    public async Task A_misspelt_name_gets_a_hint()
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync("SELECT colur FROM t"));
        Assert.Equal("Did you mean 'colour'?", error.Hint);
    }
}
