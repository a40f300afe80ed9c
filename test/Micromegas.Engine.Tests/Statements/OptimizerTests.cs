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
