namespace Micromegas.Engine.Tests.Statements;

public sealed class GroupingTests
{
    private readonly StatementRunner runner = new();

    [Theory]
    [InlineData("SELECT colour, count(*) FROM t GROUP BY colour ORDER BY colour", "blue 1; green 1; red 2; NULL 1")]
    [InlineData("SELECT colour AS c, sum(id) FROM t GROUP BY c ORDER BY 2 DESC, 1", "green 5; red 4; NULL 4; blue 2")]
    [InlineData("SELECT colour, count(*) FROM t GROUP BY 1 ORDER BY count(*) DESC, colour LIMIT 1", "red 2")]
    [InlineData("SELECT id % 2 AS odd, sum(id) AS s FROM t GROUP BY ALL ORDER BY odd", "0 6; 1 9")]
    [InlineData("SELECT colour FROM t GROUP BY colour HAVING count(*) > 1", "red")]
    [InlineData("SELECT colour, count(*) AS n FROM t GROUP BY colour HAVING n > 1", "red 2")]
    [InlineData("SELECT count(*), count(x), sum(x), min(name), max(name) FROM t", "5 4 17.75 ann dee")]
    [InlineData("SELECT count(*), sum(id) FROM t WHERE id > 9", "0 NULL")]
    [InlineData("SELECT count(*) FROM t WHERE id > 9 GROUP BY colour", "")]
    [InlineData("SELECT 1 AS one FROM (SELECT count(*) FROM t) AS s", "1")]
    [InlineData("SELECT count(DISTINCT colour), count(colour) FROM t", "3 4")]
    [InlineData("SELECT count(*) FILTER (WHERE x > 1), sum(id) FILTER (WHERE colour = 'red') FROM t", "2 4")]
    [InlineData("SELECT sum(id) + count(*) * 10 AS v FROM t", "65")]
    [InlineData("SELECT id % 2 + 1 AS k, max(id) FROM t GROUP BY id % 2 ORDER BY 1", "1 4; 2 5")]
    [InlineData("SELECT array_agg(id ORDER BY id DESC) FROM t WHERE colour = 'red'", "[3,1]")]
    [InlineData("SELECT colour, string_agg(name, '+' ORDER BY id) FROM t GROUP BY colour ORDER BY colour", "blue bob; green NULL; red ann+cid; NULL dee")]
    public async Task Aggregates(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("SELECT colour, id % 2 AS p, sum(id) FROM t GROUP BY ROLLUP(colour, p) ORDER BY 1, 2, 3",
        "blue 0 2; blue NULL 2; green 1 5; green NULL 5; red 1 4; red NULL 4; NULL 0 4; NULL NULL 4; NULL NULL 15")]
    [InlineData("SELECT id % 2 AS p, id > 2 AS q, count(*) FROM t GROUP BY CUBE(p, q) ORDER BY 1, 2, 3",
        "0 False 1; 0 True 1; 0 NULL 2; 1 False 1; 1 True 2; 1 NULL 3; NULL False 2; NULL True 3; NULL NULL 5")]
    [InlineData("SELECT colour, id % 2 AS p, count(*) FROM t GROUP BY GROUPING SETS ((colour), (p), ()) ORDER BY 1, 2, 3",
        "blue NULL 1; green NULL 1; red NULL 2; NULL 0 2; NULL 1 3; NULL NULL 1; NULL NULL 5")]
    [InlineData("SELECT id % 2 AS p, grouping(id % 2) AS g, count(*) FROM t GROUP BY ROLLUP(id % 2) ORDER BY 2, 1", "0 0 2; 1 0 3; NULL 1 5")]
    [InlineData("SELECT colour, count(*) FROM t WHERE id > 9 GROUP BY ROLLUP(colour)", "NULL 0")]
    public async Task Grouping_sets(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("SELECT DISTINCT colour FROM t ORDER BY colour", "blue; green; red; NULL")]
    [InlineData("SELECT count(*) FROM (SELECT DISTINCT colour, id % 2 FROM t) AS s", "4")]
    [InlineData("SELECT DISTINCT ON (colour) colour, id FROM t ORDER BY colour, id DESC", "blue 2; green 5; red 3; NULL 4")]
    [InlineData("SELECT DISTINCT ON (colour) id FROM t ORDER BY colour, id", "2; 5; 1; 4")]
    public async Task Distinct(string sql, string expected) => Assert.Equal(expected, await runner.TextAsync(sql));

    [Theory]
    [InlineData("SELECT colour, id FROM t GROUP BY colour", SqlState.GroupingError)]
    [InlineData("SELECT colour FROM t WHERE sum(id) > 1 GROUP BY colour", SqlState.GroupingError)]
    [InlineData("SELECT sum(sum(id)) FROM t", SqlState.FeatureNotSupported)]
    [InlineData("SELECT colour, count(*) FROM t GROUP BY 3", SqlState.UndefinedColumn)]
    [InlineData("SELECT count(*) FROM t GROUP BY count(*)", SqlState.GroupingError)]
    [InlineData("SELECT DISTINCT colour FROM t ORDER BY id", SqlState.InvalidStatement)]
    [InlineData("SELECT DISTINCT ON (colour) colour FROM t ORDER BY id", SqlState.InvalidStatement)]
    [InlineData("SELECT grouping(id) FROM t", SqlState.GroupingError)]
    public async Task Errors(string sql, string state) =>
        Assert.Equal(state, (await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync(sql))).SqlState);
}
