namespace Micromegas.Engine.Tests.Statements;

public sealed class SetOperationTests
{
    private readonly StatementRunner runner = new();

    [Theory]
    [InlineData("SELECT colour FROM t UNION SELECT colour FROM u ORDER BY colour", "black; blue; green; red; NULL")]
    [InlineData("SELECT colour FROM t UNION ALL SELECT colour FROM u ORDER BY colour", "black; blue; blue; green; red; red; red; red; NULL; NULL")]
    [InlineData("SELECT colour FROM t INTERSECT SELECT colour FROM u ORDER BY colour", "blue; red; NULL")]
    [InlineData("SELECT colour FROM t INTERSECT ALL SELECT colour FROM u ORDER BY colour", "blue; red; red; NULL")]
    [InlineData("SELECT colour FROM t EXCEPT SELECT colour FROM u ORDER BY colour", "green")]
    [InlineData("SELECT colour FROM u EXCEPT ALL SELECT colour FROM t WHERE id = 1 ORDER BY colour", "black; blue; red; NULL")]
    [InlineData("SELECT id FROM t EXCEPT SELECT uid FROM u WHERE uid < 4 UNION SELECT 99 ORDER BY id", "4; 5; 99")]
    [InlineData("SELECT 1 AS v UNION ALL SELECT 2.5 ORDER BY v", "1; 2.5")]
    [InlineData("(SELECT id FROM t ORDER BY id LIMIT 1) UNION ALL (SELECT id FROM t ORDER BY id DESC LIMIT 1) ORDER BY id", "1; 5")]
    [InlineData("SELECT id AS a, name AS b FROM t WHERE id = 1 UNION ALL BY NAME SELECT 'x' AS b, 9 AS a ORDER BY a", "1 ann; 9 x")]
    [InlineData("SELECT count(*) FROM (SELECT id FROM t UNION ALL SELECT id FROM t UNION ALL SELECT id FROM t) AS s", "15")]
    [InlineData("VALUES (1, 'a'), (2, NULL)", "1 a; 2 NULL")]
    public async Task Answers(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r ORDER BY n", "1; 2; 3; 4; 5")]
    [InlineData("WITH RECURSIVE r(n, f) AS (SELECT 1, 1 UNION ALL SELECT n + 1, f * (n + 1) FROM r WHERE n < 5) SELECT f FROM r ORDER BY n", "1; 2; 6; 24; 120")]
    [InlineData("WITH RECURSIVE r AS (SELECT 1 AS n UNION SELECT n % 3 + 1 FROM r) SELECT * FROM r ORDER BY n", "1; 2; 3")]
    [InlineData("WITH RECURSIVE c(id) AS (SELECT 1 UNION ALL SELECT t.id FROM t JOIN c ON t.id = c.id + 2) SELECT * FROM c ORDER BY id", "1; 3; 5")]
    [InlineData("WITH a AS (SELECT 1 AS x), b AS (SELECT x + 1 AS x FROM a) SELECT a.x, b.x FROM a, b", "1 2")]
    [InlineData("WITH a AS (SELECT id FROM t) SELECT l.id FROM a AS l JOIN a AS r ON l.id = r.id + 3 ORDER BY 1", "4; 5")]
    [InlineData("WITH t AS (SELECT 7 AS id) SELECT id FROM t", "7")]
    public async Task Common_tables(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("SELECT id, name FROM t UNION SELECT uid FROM u", SqlState.InvalidStatement)]
    [InlineData("VALUES (1, 2), (3)", SqlState.InvalidStatement)]
    [InlineData("WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a", SqlState.DuplicateAlias)]
    [InlineData("SELECT id FROM t UNION SELECT uid FROM u ORDER BY score", SqlState.UndefinedColumn)]
    public async Task Errors(string sql, string state) =>
        Assert.Equal(state, (await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync(sql))).SqlState);
}
