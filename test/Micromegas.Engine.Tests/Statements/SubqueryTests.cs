namespace Micromegas.Engine.Tests.Statements;

public sealed class SubqueryTests
{
    private readonly StatementRunner runner = new();

    [Theory]
    [InlineData("SELECT (SELECT 1) AS v", "1")]
    [InlineData("SELECT id FROM t WHERE id = (SELECT max(uid) - 1 FROM u)", "4")]
    [InlineData("SELECT (SELECT uid FROM u WHERE uid > 5) AS v", "NULL")]
    [InlineData("SELECT id, (SELECT max(score) FROM u WHERE u.colour = t.colour) AS m FROM t ORDER BY id", "1 300; 2 200; 3 300; 4 NULL; 5 NULL")]
    [InlineData("SELECT id, (SELECT count(*) FROM u WHERE u.colour = t.colour) AS c FROM t ORDER BY id", "1 2; 2 1; 3 2; 4 0; 5 0")]
    [InlineData("SELECT id, (SELECT count(*) FROM u WHERE u.score > t.id * 100) AS c FROM t ORDER BY id", "1 4; 2 3; 3 2; 4 1; 5 0")]
    [InlineData("SELECT id, (SELECT uid FROM u WHERE u.colour = t.colour ORDER BY score DESC LIMIT 1) AS best FROM t ORDER BY id", "1 3; 2 2; 3 3; 4 NULL; 5 NULL")]
    [InlineData("SELECT id, (SELECT sum(v) FROM (SELECT uid AS v FROM u WHERE u.uid = t.id UNION ALL SELECT t.id * 10) AS s) AS s FROM t ORDER BY id", "1 11; 2 22; 3 33; 4 44; 5 55")]
    [InlineData("SELECT id, (SELECT max(n) FROM (SELECT count(*) AS n FROM u WHERE u.score > t.id * 100 GROUP BY u.colour) AS s) AS m FROM t ORDER BY id", "1 1; 2 1; 3 1; 4 1; 5 NULL")]
    [InlineData("SELECT colour, count(*) FROM u GROUP BY colour HAVING count(*) > (SELECT min(uid) FROM u)", "red 2")]
    [InlineData("SELECT colour, (SELECT max(id) FROM t WHERE t.colour = u.colour) AS m FROM u GROUP BY colour ORDER BY colour", "black NULL; blue 2; red 3; NULL NULL")]
    [InlineData("SELECT id FROM t ORDER BY (SELECT score FROM u WHERE uid = 6 - id)", "5; 4; 3; 2; 1")]
    [InlineData("SELECT id, (SELECT x FROM (SELECT t.id + u.uid AS x FROM u) AS s ORDER BY x DESC LIMIT 1) AS m FROM t ORDER BY id", "1 6; 2 7; 3 8; 4 9; 5 10")]
    public async Task Scalar(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.colour = t.colour) ORDER BY id", "1; 2; 3")]
    [InlineData("SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.colour = t.colour AND u.score > 250) ORDER BY id", "2; 4; 5")]
    [InlineData("SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE uid > 9)", "")]
    [InlineData("SELECT count(*) FROM t WHERE EXISTS (SELECT 1 FROM u)", "5")]
    [InlineData("SELECT id, EXISTS (SELECT 1 FROM u WHERE u.colour = t.colour) AS e FROM t ORDER BY id", "1 True; 2 True; 3 True; 4 False; 5 False")]
    [InlineData("SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.colour = t.colour) OR id = 5 ORDER BY id", "1; 2; 3; 5")]
    [InlineData("SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.colour = t.colour AND EXISTS (SELECT 1 FROM u AS v WHERE v.uid = u.uid + t.id AND v.score > 300)) ORDER BY id",
        "1; 2; 3")]
    public async Task Exists(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("SELECT id FROM t WHERE colour IN (SELECT colour FROM u) ORDER BY id", "1; 2; 3")]
    [InlineData("SELECT id FROM t WHERE colour NOT IN (SELECT colour FROM u)", "")]
    [InlineData("SELECT id FROM t WHERE colour NOT IN (SELECT colour FROM u WHERE colour IS NOT NULL) ORDER BY id", "5")]
    [InlineData("SELECT count(*) FROM t WHERE colour NOT IN (SELECT colour FROM u WHERE uid > 9)", "5")]
    [InlineData("SELECT id, colour IN (SELECT colour FROM u) AS i FROM t ORDER BY id", "1 True; 2 True; 3 True; 4 NULL; 5 NULL")]
    [InlineData("SELECT id, colour IN (SELECT colour FROM u WHERE uid < 3) AS i FROM t ORDER BY id", "1 True; 2 True; 3 True; 4 NULL; 5 False")]
    [InlineData("SELECT id FROM t WHERE id IN (SELECT uid FROM u WHERE u.colour = t.colour) ORDER BY id", "1; 2; 3")]
    [InlineData("SELECT id FROM t WHERE id NOT IN (SELECT uid FROM u WHERE u.colour = t.colour) ORDER BY id", "4; 5")]
    [InlineData("SELECT id FROM t WHERE id = ANY (SELECT uid FROM u WHERE uid > 3) ORDER BY id", "4; 5")]
    [InlineData("SELECT id FROM t WHERE id > ANY (SELECT uid FROM u WHERE uid > 3) ORDER BY id", "5")]
    [InlineData("SELECT id FROM t WHERE id > ALL (SELECT uid FROM u WHERE uid < 3) ORDER BY id", "3; 4; 5")]
    [InlineData("SELECT count(*) FROM t WHERE id > ALL (SELECT uid FROM u WHERE uid > 9)", "5")]
    [InlineData("SELECT id FROM t WHERE colour <> ALL (SELECT colour FROM u WHERE uid < 3) ORDER BY id", "5")]
    [InlineData("SELECT id FROM t WHERE colour <> ALL (SELECT colour FROM u)", "")]
    public async Task Membership(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Fact]
    public async Task A_scalar_subquery_with_several_rows_fails()
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync("SELECT (SELECT uid FROM u) AS v"));
        Assert.Equal(SqlState.CardinalityViolation, error.SqlState);
    }

    [Fact]
    public async Task A_correlated_scalar_subquery_with_several_rows_fails()
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync("SELECT (SELECT uid FROM u WHERE u.colour = t.colour) AS v FROM t"));
        Assert.Equal(SqlState.CardinalityViolation, error.SqlState);
    }
}
