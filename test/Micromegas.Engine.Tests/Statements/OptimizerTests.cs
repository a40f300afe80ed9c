using Micromegas.Engine.Execution;
using Micromegas.Engine.Optimizer;

namespace Micromegas.Engine.Tests.Statements;

/// <summary>No rule of the optimizer changes an answer.</summary>
public sealed class OptimizerTests
{
    private static readonly string[] Statements =
    [
        "SELECT t.id, u.uid FROM t JOIN u ON t.colour = u.colour WHERE u.score > 150 AND t.id < 3 ORDER BY 1, 2",
        "SELECT t.id, u.uid FROM t LEFT JOIN u ON t.colour = u.colour AND u.score > 150 WHERE t.id <> 4 ORDER BY 1, 2",
        "SELECT t.id, u.uid FROM t LEFT JOIN u ON t.colour = u.colour WHERE u.score IS NULL OR u.score > 250 ORDER BY 1, 2",
        "SELECT t.id, u.uid FROM t FULL JOIN u ON t.id = u.uid + 2 WHERE t.id IS NULL OR u.uid > 1 ORDER BY 1, 2",
        "SELECT t.id, u.uid FROM t, u, (SELECT 1 AS one) AS s WHERE t.id = u.uid AND s.one < t.id ORDER BY 1",
        "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.colour = t.colour) AND id > 1 ORDER BY id",
        "SELECT id FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.colour = t.colour) ORDER BY id",
        "SELECT id FROM t WHERE colour IN (SELECT colour FROM u) AND colour NOT IN (SELECT colour FROM u WHERE uid = 2) ORDER BY id",
        "SELECT id, (SELECT count(*) FROM u WHERE u.colour = t.colour) AS c FROM t WHERE id > 1 ORDER BY id",
        "SELECT id FROM t WHERE (SELECT max(score) FROM u WHERE u.colour = t.colour) > 250 ORDER BY id",
        "SELECT colour, n FROM (SELECT colour, count(*) AS n, sum(id) AS s FROM t GROUP BY colour) AS g WHERE colour = 'red' AND n > 1",
        "SELECT p, n FROM (SELECT colour, id % 2 AS p, count(*) AS n FROM t GROUP BY ROLLUP(colour, p)) AS g WHERE p = 1 ORDER BY n",
        "SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY colour ORDER BY id) AS n FROM t) AS w WHERE n = 1 AND id > 1 ORDER BY id",
        "SELECT id, n FROM (SELECT id, colour, count(*) OVER (PARTITION BY colour) AS n FROM t) AS w WHERE colour = 'red' ORDER BY id",
        "SELECT a FROM (SELECT id * 2 AS a, x AS b FROM t) AS s WHERE a > 4 ORDER BY a LIMIT 2",
        "SELECT id FROM (SELECT id FROM t UNION ALL SELECT uid FROM u) AS s WHERE id > 3 ORDER BY id LIMIT 3 OFFSET 1",
        "SELECT count(*) FROM (SELECT id FROM t LIMIT 3) AS s WHERE id > 0",
        "SELECT count(*) FROM (SELECT id FROM t ORDER BY id LIMIT 2 OFFSET 1) AS s WHERE id > 2",
        "SELECT a.id FROM t AS a JOIN (SELECT DISTINCT colour FROM u) AS d ON a.colour = d.colour WHERE d.colour <> 'blue' ORDER BY 1",
        "SELECT colour FROM t INTERSECT SELECT colour FROM u WHERE score > 100 ORDER BY colour",
        "SELECT s.colour, s.n + s.n AS d FROM (SELECT colour, count(*) AS n FROM t GROUP BY colour) AS s ORDER BY 2 DESC, 1 LIMIT 2",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r WHERE n % 2 = 1 ORDER BY n",
        "SELECT id, m FROM t, LATERAL (SELECT max(score) AS m FROM u WHERE u.colour = t.colour) AS s WHERE m > 200 ORDER BY id",
        "SELECT id FROM t WHERE CASE WHEN id = 0 THEN 1 / id > 0 ELSE id > 3 END ORDER BY id",
        "SELECT q FROM (SELECT id, 10 / (id - 3) AS q FROM t WHERE id <> 3) AS s WHERE q > 0 ORDER BY q",
        "SELECT DISTINCT ON (colour) colour, id FROM t WHERE id > 1 ORDER BY colour, id DESC",
        "SELECT upper(name) || 'a', upper(name) || 'b', CASE WHEN upper(name) = 'ANN' THEN 1 END FROM t ORDER BY id",
        "SELECT CASE WHEN id > 1 THEN 10 / (id - 1) END, CASE WHEN id > 1 THEN 10 / (id - 1) + 1 END FROM t ORDER BY id",
        "SELECT id > 1 AND 10 / (id - 1) > 2, id = 1 OR 10 / (id - 1) > 2, id IN (1, 10 / nullif(id - 1, 0), 10 / nullif(id - 1, 0)) FROM t ORDER BY id",
        "SELECT coalesce(id, 1 / (id - 1)), coalesce(id, 1 / (id - 1)) + 1 FROM t ORDER BY id",
        "SELECT sum(id * 2 + 1), avg(id * 2 + 1), sum(10 / (id - 1)) FILTER (WHERE id > 1), max(10 / (id - 1)) FILTER (WHERE id > 1) FROM t",
        "SELECT id % 2 AS p, sum(id % 2), sum(id % 2 + 1) FROM t GROUP BY id % 2 ORDER BY p",
        "SELECT array_transform([1, 2], i -> i + id), array_transform([1, 2], i -> i + id) FROM t ORDER BY id",
        "SELECT a.id, c.name FROM t AS a, t AS b, u, t AS c WHERE a.id = c.id AND u.uid = c.id AND b.id = 3 AND b.id < a.id ORDER BY 1",
        "SELECT a.id, u.uid, b.id FROM t AS a JOIN u ON a.colour = u.colour JOIN t AS b ON b.id <= u.uid AND b.colour IS NOT DISTINCT FROM a.colour ORDER BY 1, 2, 3",
        "SELECT count(*) FROM t AS a, u, t AS b WHERE a.id = u.uid AND 1 / b.id >= 0",
        "SELECT count(*), count(id), min(id), max(id), count(name), count(colour) FROM t",
        "SELECT count(*) + max(i), min(i) FROM (SELECT id AS i, name FROM t) AS s",
        "SELECT count(*), count(DISTINCT colour), min(name) FROM t",
        "SELECT min(name), max(name), min(colour), max(colour) FROM t",
        "SELECT id FROM (SELECT id, colour FROM t ORDER BY colour, id DESC) AS s ORDER BY colour, id DESC",
        "SELECT id FROM (SELECT id, colour FROM t ORDER BY colour DESC NULLS LAST, id) AS s ORDER BY colour DESC NULLS FIRST, id",
        "SELECT i + 1 FROM (SELECT id AS i FROM t ORDER BY id DESC LIMIT 3) AS s WHERE i <> 4 ORDER BY i DESC LIMIT 2",
        "SELECT colour, id, sum(id) OVER (PARTITION BY colour ORDER BY id) FROM t ORDER BY colour, id",
        "SELECT colour, id, sum(id) OVER (PARTITION BY colour ORDER BY id) FROM t ORDER BY colour DESC, id",
        "SELECT colour, count(*) FROM (SELECT * FROM t ORDER BY id DESC) AS s GROUP BY colour ORDER BY colour",
        "SELECT array_agg(id) FROM (SELECT id FROM t ORDER BY id DESC) AS s",
        "SELECT id, row_number() OVER () FROM (SELECT id FROM t ORDER BY id DESC) AS s ORDER BY id DESC",
        "SELECT max(id) AS m FROM t ORDER BY m LIMIT 1",
        "SELECT t.id, u.uid FROM t LEFT JOIN u ON t.colour = u.colour ORDER BY t.id DESC, u.uid LIMIT 3 OFFSET 1",
        "SELECT t.id FROM t LEFT JOIN u ON t.colour = u.colour ORDER BY t.id + 1 LIMIT 4 OFFSET 2",
        "SELECT u.uid FROM t RIGHT JOIN u ON t.colour = u.colour AND t.id > 2 ORDER BY u.uid DESC LIMIT 2",
        "SELECT id, (SELECT max(score) FROM u WHERE u.colour = t.colour) AS m, EXISTS (SELECT 1 FROM u WHERE uid = id) AS e FROM t ORDER BY id DESC LIMIT 2",
        "SELECT k FROM (SELECT id * 2 AS k, colour FROM t UNION ALL SELECT uid, colour FROM u UNION ALL SELECT 7, 'x') AS s ORDER BY k DESC NULLS FIRST LIMIT 4 OFFSET 1",
        "SELECT k FROM ((SELECT id AS k FROM t ORDER BY id DESC LIMIT 2) UNION ALL SELECT uid FROM u) AS s ORDER BY k LIMIT 3",
        "SELECT count(*) FROM (SELECT t.id FROM t LEFT JOIN u ON t.colour = u.colour LIMIT 3) AS s",
        "SELECT count(*) FROM (SELECT u.uid FROM t RIGHT JOIN u ON t.id = u.uid LIMIT 2 OFFSET 1) AS s",
        "SELECT count(*) FROM (SELECT id, EXISTS (SELECT 1 FROM u WHERE uid = id) FROM t LIMIT 3) AS s",
        "SELECT count(*) FROM (SELECT id, i FROM t LEFT JOIN unnest([1, 2]) AS l(i) ON true LIMIT 5) AS s",
        "SELECT count(*) FROM (SELECT id FROM t UNION ALL SELECT uid FROM u LIMIT 6 OFFSET 2) AS s",
        "SELECT t.id, u.uid FROM t LEFT JOIN u ON u.score > (SELECT min(v.score) FROM u AS v WHERE v.colour = t.colour AND v.uid <= u.uid) ORDER BY 1, 2",
        "SELECT id, (WITH RECURSIVE r(n) AS (SELECT t.id UNION ALL SELECT n + 1 FROM r WHERE n < 4) SELECT sum(n) FROM r) AS total FROM t ORDER BY id",
        "SELECT id FROM t ORDER BY id LIMIT (SELECT 2) OFFSET (SELECT 1)",
    ];

    public static TheoryData<string> Rules => [.. LogicalOptimizer.RuleNames, "all"];

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Answers_are_the_same_without(string rule)
    {
        var full = new StatementRunner();
        var less = new StatementRunner { Options = new EngineOptions { DisabledRules = rule == "all" ? [.. LogicalOptimizer.RuleNames] : new HashSet<string> { rule } } };

        foreach (var sql in Statements)
        {
            Assert.Equal((sql, await full.TextAsync(sql)), (sql, await less.TextAsync(sql)));
        }
    }

    [Theory]
    [InlineData("common-subexpressions", "SELECT upper(name) || 'a', upper(name) || 'b' FROM t", "Project: upper(t.name) AS __common")]
    [InlineData("common-subexpressions", "SELECT sum(id * 2), avg(id * 2) FROM t", "aggregates=[sum(__common)")]
    [InlineData("join-order", "SELECT 1 FROM t AS a, u, t AS b WHERE a.id = b.id AND b.id = u.uid AND a.id = 1", "keys=[b.id = a.id]")]
    [InlineData("metadata-aggregates", "SELECT min(name) FROM t", "metadata=true")]
    [InlineData("metadata-aggregates", "SELECT count(*), max(id) FROM t", "metadata=true")]
    [InlineData("limit-pushdown", "SELECT t.id FROM t LEFT JOIN u ON t.colour = u.colour LIMIT 2 OFFSET 1", "limit=3")]
    [InlineData("limit-pushdown", "SELECT u.uid FROM t RIGHT JOIN u ON t.id = u.uid LIMIT 2", "limit=2")]
    [InlineData("limit-pushdown", "SELECT id, EXISTS (SELECT 1 FROM u WHERE u.colour = t.colour) FROM t LIMIT 2", "limit=2")]
    [InlineData("top-n-pushdown", "SELECT t.id FROM t LEFT JOIN u ON t.colour = u.colour ORDER BY t.name LIMIT 2 OFFSET 1", "Sort: t.name ASC NULLS LAST limit=3")]
    [InlineData("top-n-pushdown", "SELECT id FROM t UNION ALL SELECT uid FROM u ORDER BY id DESC LIMIT 2", "Sort: u.uid DESC NULLS FIRST limit=2")]
    public async Task A_rule_shows_in_the_plan(string rule, string sql, string part)
    {
        var explain = "EXPLAIN " + sql;

        Assert.Contains(part, await new StatementRunner().TextAsync(explain), StringComparison.Ordinal);
        var without = new StatementRunner { Options = new EngineOptions { DisabledRules = new HashSet<string> { rule } } };
        Assert.DoesNotContain(part, await without.TextAsync(explain), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SELECT id FROM (SELECT id, colour FROM t ORDER BY colour, id) AS s ORDER BY colour", 1)]
    [InlineData("SELECT colour, sum(id) OVER (PARTITION BY colour ORDER BY id) FROM t ORDER BY colour, id", 0)]
    [InlineData("SELECT colour, sum(id) OVER (PARTITION BY colour ORDER BY id) FROM t ORDER BY colour DESC, id", 1)]
    [InlineData("SELECT count(*) FROM (SELECT id FROM t ORDER BY id) AS s", 0)]
    [InlineData("SELECT array_agg(id) FROM (SELECT id FROM t ORDER BY id) AS s", 1)]
    [InlineData("SELECT max(id) AS m FROM t ORDER BY m", 0)]
    [InlineData("SELECT id FROM (SELECT id FROM t ORDER BY id) AS s ORDER BY id DESC", 1)]
    [InlineData("SELECT t.id FROM t JOIN (SELECT uid FROM u ORDER BY score) AS s ON t.id = s.uid", 0)]
    public async Task Sorts_that_nobody_needs_are_left_out(string sql, int sorts)
    {
        var plan = await new StatementRunner().TextAsync("EXPLAIN " + sql);

        Assert.Equal(sorts, plan[plan.IndexOf("physical_plan", StringComparison.Ordinal)..].Split("Sort").Length - 1);
    }

    [Theory]
    [InlineData("SELECT CASE WHEN id > 1 THEN 10 / (id - 1) END, CASE WHEN id > 1 THEN 10 / (id - 1) + 1 END FROM t")]
    [InlineData("SELECT id = 1 OR 10 / (id - 1) > 2, id > 1 AND 10 / (id - 1) > 2 FROM t")]
    public async Task What_only_some_rows_need_is_not_shared(string sql) =>
        Assert.DoesNotContain("-(t.id, Int64(1))) AS __common", await new StatementRunner().TextAsync("EXPLAIN " + sql), StringComparison.Ordinal);

    [Fact]
    public async Task The_statements_answer_something()
    {
        var runner = new StatementRunner();

        foreach (var sql in Statements)
        {
            Assert.NotEqual((sql, ""), (sql, await runner.TextAsync(sql)));
        }
    }
}
