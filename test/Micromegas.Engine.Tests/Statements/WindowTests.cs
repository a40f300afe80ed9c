namespace Micromegas.Engine.Tests.Statements;

public sealed class WindowTests
{
    private readonly StatementRunner runner = new();

    [Theory]
    [InlineData("SELECT id, row_number() OVER (ORDER BY id DESC) AS v FROM t ORDER BY id", "1 5; 2 4; 3 3; 4 2; 5 1")]
    [InlineData("SELECT id, rank() OVER (ORDER BY x) AS r, dense_rank() OVER (ORDER BY x) AS d FROM t ORDER BY id", "1 3 3; 2 5 4; 3 1 1; 4 3 3; 5 2 2")]
    [InlineData("SELECT id, row_number() OVER (PARTITION BY colour ORDER BY id) AS v FROM t ORDER BY id", "1 1; 2 1; 3 2; 4 1; 5 1")]
    [InlineData("SELECT id, lag(id) OVER (ORDER BY id) AS a, lead(id, 2, 0) OVER (ORDER BY id) AS b FROM t ORDER BY id", "1 NULL 3; 2 1 4; 3 2 5; 4 3 0; 5 4 0")]
    [InlineData("SELECT id, sum(id) OVER (ORDER BY id) AS v FROM t ORDER BY id", "1 1; 2 3; 3 6; 4 10; 5 15")]
    [InlineData("SELECT id, sum(id) OVER (ORDER BY x) AS v FROM t ORDER BY id", "1 13; 2 15; 3 3; 4 13; 5 8")]
    [InlineData("SELECT id, sum(id) OVER () AS v FROM t ORDER BY id LIMIT 1", "1 15")]
    [InlineData("SELECT id, sum(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS v FROM t ORDER BY id", "1 3; 2 6; 3 9; 4 12; 5 9")]
    [InlineData("SELECT id, max(id) OVER (ORDER BY id ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) AS v FROM t ORDER BY id", "1 3; 2 4; 3 5; 4 5; 5 NULL")]
    [InlineData("SELECT id, count(*) OVER (ORDER BY id RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) AS v FROM t ORDER BY id", "1 1; 2 2; 3 3; 4 3; 5 3")]
    [InlineData("SELECT id, sum(id) OVER (ORDER BY x GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) AS v FROM t ORDER BY id", "1 10; 2 7; 3 3; 4 10; 5 8")]
    [InlineData("SELECT id, last_value(id) OVER (PARTITION BY colour ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS v FROM t ORDER BY id", "1 3; 2 2; 3 3; 4 4; 5 5")]
    [InlineData("SELECT id, sum(id) OVER w AS v FROM t WINDOW w AS (PARTITION BY colour ORDER BY id) ORDER BY id", "1 1; 2 2; 3 4; 4 4; 5 5")]
    [InlineData("SELECT id, count(*) FILTER (WHERE x > 0) OVER (ORDER BY id) AS v FROM t ORDER BY id", "1 1; 2 1; 3 1; 4 2; 5 2")]
    [InlineData("SELECT id, last_value(x) IGNORE NULLS OVER (ORDER BY id) AS v FROM t ORDER BY id", "1 10.5; 2 10.5; 3 -3.25; 4 10.5; 5 0")]
    [InlineData("SELECT id, ntile(2) OVER (ORDER BY id) AS v FROM t ORDER BY id", "1 1; 2 1; 3 1; 4 2; 5 2")]
    [InlineData("SELECT id, nth_value(id, 2) OVER (ORDER BY id) AS v FROM t ORDER BY id", "1 NULL; 2 2; 3 2; 4 2; 5 2")]
    public async Task Answers(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("SELECT colour, rank() OVER (ORDER BY count(*) DESC) AS r FROM u GROUP BY colour ORDER BY r, colour", "red 1; black 2; blue 2; NULL 2")]
    [InlineData("SELECT id FROM t QUALIFY row_number() OVER (PARTITION BY colour ORDER BY id DESC) = 1 ORDER BY id", "2; 3; 4; 5")]
    [InlineData("SELECT id, row_number() OVER (ORDER BY id) AS n FROM t QUALIFY n > 3 ORDER BY id", "4 4; 5 5")]
    [InlineData("SELECT id FROM t ORDER BY row_number() OVER (ORDER BY id DESC) LIMIT 2", "5; 4")]
    [InlineData("SELECT s FROM (SELECT id, sum(id) OVER (ORDER BY id) AS s FROM t) AS w WHERE id = 3", "6")]
    [InlineData("SELECT id, sum(id) OVER (ORDER BY id) - lag(id, 1, 0) OVER (ORDER BY id) AS v FROM t ORDER BY id LIMIT 3", "1 1; 2 2; 3 4")]
    public async Task Beside_other_clauses(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("SELECT id FROM t WHERE row_number() OVER () = 1", SqlState.WindowingError)]
    [InlineData("SELECT sum(id) OVER (ROWS BETWEEN 1 FOLLOWING AND 1 PRECEDING) FROM t", SqlState.WindowingError)]
    [InlineData("SELECT sum(id) OVER w FROM t", SqlState.WindowingError)]
    [InlineData("SELECT nope() OVER () FROM t", SqlState.UndefinedFunction)]
    [InlineData("SELECT id FROM t QUALIFY id = 1", SqlState.WindowingError)]
    public async Task Errors(string sql, string state) =>
        Assert.Equal(state, (await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync(sql))).SqlState);
}
