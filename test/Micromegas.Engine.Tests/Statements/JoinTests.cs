namespace Micromegas.Engine.Tests.Statements;

public sealed class JoinTests
{
    private readonly StatementRunner runner = new();

    [Theory]
    [InlineData("SELECT t.id, u.uid FROM t JOIN u ON t.colour = u.colour ORDER BY 1, 2", "1 1; 1 3; 2 2; 3 1; 3 3")]
    [InlineData("SELECT t.id, u.uid FROM t, u WHERE t.colour = u.colour ORDER BY 1, 2", "1 1; 1 3; 2 2; 3 1; 3 3")]
    [InlineData("SELECT t.id, u.uid FROM t LEFT JOIN u ON t.colour = u.colour ORDER BY 1, 2", "1 1; 1 3; 2 2; 3 1; 3 3; 4 NULL; 5 NULL")]
    [InlineData("SELECT t.id, u.uid FROM t RIGHT JOIN u ON t.colour = u.colour ORDER BY 2, 1", "1 1; 3 1; 2 2; 1 3; 3 3; NULL 4; NULL 5")]
    [InlineData("SELECT t.id, u.uid FROM t FULL JOIN u ON t.id = u.uid + 2 ORDER BY 1, 2", "1 NULL; 2 NULL; 3 1; 4 2; 5 3; NULL 4; NULL 5")]
    [InlineData("SELECT id FROM t LEFT SEMI JOIN u ON t.colour = u.colour ORDER BY id", "1; 2; 3")]
    [InlineData("SELECT id FROM t LEFT ANTI JOIN u ON t.colour = u.colour ORDER BY id", "4; 5")]
    [InlineData("SELECT uid FROM t RIGHT SEMI JOIN u ON t.colour = u.colour ORDER BY uid", "1; 2; 3")]
    [InlineData("SELECT count(*) FROM t CROSS JOIN u", "25")]
    [InlineData("SELECT t.id, u.uid FROM t JOIN u ON t.id < u.uid AND t.id > 2 ORDER BY 1, 2", "3 4; 3 5; 4 5")]
    [InlineData("SELECT t.id, u.uid FROM t LEFT JOIN u ON t.colour = u.colour AND u.score > 150 ORDER BY 1, 2", "1 3; 2 2; 3 3; 4 NULL; 5 NULL")]
    [InlineData("SELECT t.id, u.uid FROM t LEFT JOIN u ON t.id = u.uid AND t.x > 0 ORDER BY 1", "1 1; 2 NULL; 3 NULL; 4 4; 5 NULL")]
    [InlineData("SELECT t.id FROM t LEFT JOIN u ON t.colour = u.colour WHERE u.uid IS NULL ORDER BY 1", "4; 5")]
    [InlineData("SELECT t.id, u.uid FROM t LEFT JOIN u ON t.colour = u.colour WHERE u.score > 250 ORDER BY 1", "1 3; 3 3")]
    [InlineData("SELECT t.id, u.uid FROM t JOIN u ON t.colour <=> u.colour WHERE t.colour IS NULL", "4 5")]
    [InlineData("SELECT a.id, b.id FROM t AS a JOIN t AS b ON a.colour = b.colour AND a.id < b.id", "1 3")]
    public async Task Answers(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("SELECT * FROM t JOIN u USING (colour) ORDER BY id, uid LIMIT 1", "1 ann 10.5 red 1 100")]
    [InlineData("SELECT colour, id, uid FROM t FULL JOIN u USING (colour) ORDER BY uid, id",
        "red 1 1; red 3 1; blue 2 2; red 1 3; red 3 3; black NULL 4; NULL NULL 5; NULL 4 NULL; green 5 NULL")]
    [InlineData("SELECT colour, id FROM t RIGHT JOIN u USING (colour) WHERE uid > 2 ORDER BY uid, id", "red 1; red 3; black NULL; NULL NULL")]
    [InlineData("SELECT count(*) FROM t NATURAL JOIN u", "5")]
    public async Task Common_columns_appear_once(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("SELECT t.id, s.m FROM t, LATERAL (SELECT max(score) AS m FROM u WHERE u.colour = t.colour) AS s ORDER BY 1", "1 300; 2 200; 3 300; 4 NULL; 5 NULL")]
    [InlineData("SELECT t.id, s.uid FROM t LEFT JOIN LATERAL (SELECT uid FROM u WHERE u.colour = t.colour ORDER BY score DESC LIMIT 1) AS s ON true ORDER BY 1",
        "1 3; 2 2; 3 3; 4 NULL; 5 NULL")]
    [InlineData("SELECT t.id, s.uid FROM t JOIN LATERAL (SELECT uid FROM u WHERE u.colour = t.colour ORDER BY score LIMIT 1) AS s ON true ORDER BY 1", "1 1; 2 2; 3 1")]
    [InlineData("SELECT t.id, s.v FROM t, LATERAL (SELECT t.id * 10 AS v UNION ALL SELECT -t.id) AS s WHERE t.id < 3 ORDER BY 1, 2", "1 -1; 1 10; 2 -2; 2 20")]
    public async Task Lateral(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));
}
