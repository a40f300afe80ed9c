using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Tests;

/// <summary>Every clause at least once, printed and parsed again.</summary>
public sealed class StatementTests
{
    [Theory]
    [InlineData("SELECT 1")]
    [InlineData("select a x, b \"Y\", c as end, d 'z', from t")]
    [InlineData("SELECT DISTINCT a, b FROM t")]
    [InlineData("SELECT DISTINCT ON (a, b) * FROM t ORDER BY a, b")]
    [InlineData("SELECT ALL a FROM t")]
    [InlineData("SELECT * EXCLUDE (a, b) FROM t")]
    [InlineData("SELECT * EXCLUDE a FROM t")]
    [InlineData("SELECT t.* EXCEPT (a) REPLACE (b + 1 AS b) FROM t")]
    [InlineData("SELECT * EXCEPT SELECT 1")]
    [InlineData("SELECT * EXCEPT (SELECT 1)")]
    [InlineData("SELECT * ILIKE '%x%' FROM t")]
    [InlineData("SELECT * RENAME (a AS b, c AS d) FROM t")]
    [InlineData("FROM t")]
    [InlineData("FROM t SELECT a WHERE b > 1")]
    [InlineData("FROM t, u WHERE a = 1 ORDER BY b LIMIT 3")]
    [InlineData("SELECT a FROM t GROUP BY ALL HAVING count(*) > 1")]
    [InlineData("SELECT a FROM t GROUP BY a, ROLLUP (b, (c, d)), CUBE (e), GROUPING SETS ((a, b), a, (), ROLLUP (c)), ()")]
    [InlineData("SELECT a FROM t GROUP BY (a, b)")]
    [InlineData("SELECT a FROM t ORDER BY ALL DESC NULLS LAST")]
    [InlineData("SELECT a FROM t ORDER BY 1 ASC NULLS FIRST, b DESC, c NULLS LAST")]
    [InlineData("SELECT a FROM t LIMIT 5, 10")]
    [InlineData("SELECT a FROM t LIMIT ALL OFFSET 3 ROWS")]
    [InlineData("SELECT a FROM t OFFSET $1 LIMIT $2")]
    [InlineData("SELECT a FROM t OFFSET 1 FETCH NEXT 3 ROWS ONLY")]
    [InlineData("SELECT a FROM t FETCH FIRST 10 PERCENT ROWS WITH TIES")]
    [InlineData("SELECT a FROM t FETCH FIRST ROW ONLY")]
    [InlineData("SELECT a FROM t FOR UPDATE OF t SKIP LOCKED")]
    [InlineData("SELECT a, row_number() OVER (PARTITION BY b ORDER BY c) rn FROM t QUALIFY rn = 1")]
    [InlineData("SELECT sum(a) OVER w, avg(a) OVER (w ROWS 2 PRECEDING) FROM t WINDOW w AS (PARTITION BY b), v AS w")]
    [InlineData("SELECT sum(a) OVER (ORDER BY b RANGE BETWEEN INTERVAL '1 day' PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM t")]
    [InlineData("SELECT sum(a) OVER (ORDER BY b GROUPS BETWEEN UNBOUNDED PRECEDING AND 2 FOLLOWING EXCLUDE CURRENT ROW) FROM t")]
    [InlineData("SELECT sum(a) OVER (ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING EXCLUDE GROUP) FROM t")]
    [InlineData("SELECT sum(a) OVER (ROWS UNBOUNDED PRECEDING EXCLUDE NO OTHERS), sum(b) OVER () FROM t")]
    [InlineData("SELECT lag(a, 1) IGNORE NULLS OVER (ORDER BY b), first_value(a RESPECT NULLS) OVER w FROM t WINDOW w AS (ORDER BY b)")]
    [InlineData("SELECT count(DISTINCT a) FILTER (WHERE b), array_agg(a ORDER BY b DESC), count(*), count(t.*) FROM t")]
    [InlineData("SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a DESC) FILTER (WHERE b > 1) OVER (PARTITION BY c) FROM t")]
    [InlineData("SELECT string_agg(DISTINCT a, ',' ORDER BY a NULLS FIRST) FROM t")]
    public void Selects(string sql) => Assert.IsType<QueryStatement>(RoundTrip.Statement(sql));

    [Theory]
    [InlineData("SELECT * FROM a JOIN b ON a.x = b.x LEFT OUTER JOIN c USING (x, y) RIGHT JOIN d ON true FULL JOIN e ON a.x < e.x")]
    [InlineData("SELECT * FROM a CROSS JOIN b NATURAL JOIN c NATURAL LEFT JOIN d, e")]
    [InlineData("SELECT * FROM a LEFT SEMI JOIN b ON p RIGHT SEMI JOIN c ON p LEFT ANTI JOIN d ON p RIGHT ANTI JOIN e ON p SEMI JOIN f ON p ANTI JOIN g ON p")]
    [InlineData("SELECT * FROM a ASOF JOIN b ON a.t >= b.t CROSS APPLY f(a.x) OUTER APPLY g(a.x)")]
    [InlineData("SELECT * FROM a, LATERAL (SELECT * FROM b WHERE b.x = a.x) l, LATERAL unnest(a.l) AS u(v)")]
    [InlineData("SELECT * FROM a JOIN LATERAL (SELECT 1) ON true")]
    [InlineData("SELECT * FROM (a JOIN b ON p) AS j, ((SELECT 1) UNION (SELECT 2)) q, ((SELECT 1)) r, ((a JOIN b ON p) JOIN c ON q)")]
    [InlineData("SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(n, s)")]
    [InlineData("SELECT * FROM VALUES (1), (2)")]
    [InlineData("SELECT * FROM unnest([1, 2], l) WITH ORDINALITY AS u(a, b, c), UNNEST(x) WITH OFFSET AS o, unnest(y)")]
    [InlineData("SELECT * FROM f(1, 'x', begin => $1, end := now()) AS t, g() WITH ORDINALITY, TABLE(h(1)) k")]
    [InlineData("SELECT * FROM cat.sch.tab AS \"T\" (a, b), 'file.parquet', \"Quoted\"")]
    [InlineData("SELECT * FROM t TABLESAMPLE BERNOULLI (10) REPEATABLE (1), u PIVOT (sum(a) FOR b IN ('x')) AS p")]
    [InlineData("SELECT * FROM a JOIN values v ON a.id = v.id")]
    public void From_clauses(string sql) => RoundTrip.Statement(sql);

    [Theory]
    [InlineData("WITH a AS (SELECT 1), b(x, y) AS NOT MATERIALIZED (SELECT 1, 2) SELECT * FROM a, b")]
    [InlineData("WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r")]
    [InlineData("SELECT 1 UNION SELECT 2 INTERSECT SELECT 3 EXCEPT ALL SELECT 4 ORDER BY 1")]
    [InlineData("SELECT 1 UNION (SELECT 2 UNION ALL SELECT 3) LIMIT 1")]
    [InlineData("(SELECT 1 LIMIT 1) UNION ALL BY NAME (SELECT 2 ORDER BY 1)")]
    [InlineData("SELECT 1 UNION DISTINCT BY NAME SELECT 2 MINUS SELECT 3")]
    [InlineData("((SELECT 1))")]
    [InlineData("((SELECT 1) ORDER BY 1) LIMIT 2")]
    [InlineData("VALUES (1, 2), (3, 4) ORDER BY 1 LIMIT 1")]
    [InlineData("TABLE t")]
    [InlineData("SELECT (SELECT 1), ((SELECT 2) UNION SELECT 3), EXISTS (SELECT 1), NOT EXISTS ((SELECT 1)), array(SELECT a FROM t)")]
    [InlineData("SELECT a IN (SELECT 1), a NOT IN ((SELECT 1) UNION (SELECT 2)), (a, b) IN ((1, 2), (3, 4)), a IN ((SELECT 1), 2)")]
    [InlineData("SELECT a = ANY (SELECT 1), a <> ALL (VALUES (1)), a < SOME ([1, 2]), a IN UNNEST([1])")]
    [InlineData("SELECT ((SELECT 1) + 2) * (SELECT 3)")]
    public void Queries(string sql) => RoundTrip.Statement(sql);

    [Theory]
    [InlineData("CASE a WHEN 1 THEN 2 WHEN 3 THEN 4 ELSE 5 END")]
    [InlineData("EXTRACT(YEAR FROM a) + EXTRACT('epoch' FROM b)")]
    [InlineData("SUBSTRING(a FROM 2 FOR 3) || SUBSTRING(a FOR 3) || SUBSTRING(a, 1, 2) || substr(a, 1)")]
    [InlineData("TRIM(a) || TRIM(BOTH 'x' FROM a) || TRIM(LEADING FROM a) || TRIM('x' FROM a) || TRIM(TRAILING a) || trim(a, 'x')")]
    [InlineData("POSITION('a' IN b) + position('a', b) + position((a IN (1)) IN b)")]
    [InlineData("OVERLAY(a PLACING b FROM 1 FOR 2) || OVERLAY(a PLACING b FROM 1) || overlay(a, b, 1)")]
    [InlineData("FLOOR(a TO DAY) + CEIL(b) + ceiling(c, 2)")]
    [InlineData("TRY_CAST(a AS INT) + SAFE_CAST(b AS INT) + CAST(c AS DATE FORMAT 'YYYY') + d::int")]
    [InlineData("CURRENT_DATE + CURRENT_TIMESTAMP + current_time() + user + t.user")]
    [InlineData("array_transform(l, x -> x + 1) || array_filter(m, (k, v) -> v > 1)")]
    [InlineData("f(l, x -> 1 + x, y -> 'a', (z -> w), (z -> 'q') = 'r')")]
    [InlineData("coalesce(p -> 'a', q ->> 'b', r #> '{a}', s #>> '{b}')")]
    [InlineData("a ? 'k' AND b ?| c AND d ?& e AND f @? g AND h @@ i AND j && k")]
    [InlineData("a LIKE 'x' ESCAPE '\\' AND b NOT ILIKE 'y' AND c SIMILAR TO 'z' AND d RLIKE 'q' AND e REGEXP 'r'")]
    [InlineData("a LIKE ANY ('x', 'y') OR b NOT ILIKE ALL (c)")]
    [InlineData("a ~ 'x' AND b ~* 'y' AND c !~ 'z' AND d !~* 'w' AND e ~~ 'a' AND f ~~* 'b' AND g !~~ 'c' AND h !~~* 'd'")]
    [InlineData("a OPERATOR(pg_catalog.~) '^x$' COLLATE pg_catalog.default")]
    [InlineData("a ISNULL OR b NOTNULL OR c IS NOT UNKNOWN OR d IS TRUE OR e IS NOT FALSE")]
    [InlineData("a AT TIME ZONE 'UTC' AT TIME ZONE b")]
    [InlineData("left(a, 1) || right(b, 2) || replace(c, 'x', 'y') || \"trim\"(d) || if(e, 1, 2)")]
    [InlineData("~a + -b + +c - -d")]
    [InlineData("count, time, value, name, format, key, level, date, timestamp")]
    public void Expressions(string sql) => RoundTrip.Statement("SELECT " + sql);

    [Theory]
    [InlineData("EXPLAIN SELECT 1", typeof(ExplainStatement))]
    [InlineData("EXPLAIN ANALYZE VERBOSE FORMAT tree SELECT 1", typeof(ExplainStatement))]
    [InlineData("EXPLAIN (ANALYZE, VERBOSE off, FORMAT json) SELECT 1", typeof(ExplainStatement))]
    [InlineData("DESCRIBE a.b", typeof(DescribeTableStatement))]
    [InlineData("DESC TABLE t", typeof(DescribeTableStatement))]
    [InlineData("DESCRIBE SELECT 1", typeof(DescribeQueryStatement))]
    [InlineData("SHOW TABLES", typeof(ShowObjectsStatement))]
    [InlineData("SHOW EXTENDED FULL COLUMNS IN t LIKE 'a%'", typeof(ShowObjectsStatement))]
    [InlineData("SHOW FUNCTIONS ILIKE 'a%'", typeof(ShowObjectsStatement))]
    [InlineData("SHOW VIEWS FROM s WHERE a = 1", typeof(ShowObjectsStatement))]
    [InlineData("SHOW CREATE TABLE t", typeof(ShowCreateStatement))]
    [InlineData("SHOW ALL VERBOSE", typeof(ShowVariableStatement))]
    [InlineData("SHOW datafusion.execution.batch_size VERBOSE", typeof(ShowVariableStatement))]
    [InlineData("SHOW TIME ZONE", typeof(ShowVariableStatement))]
    [InlineData("SHOW TRANSACTION ISOLATION LEVEL", typeof(ShowVariableStatement))]
    [InlineData("SET datafusion.execution.batch_size = 100", typeof(SetStatement))]
    [InlineData("SET search_path TO public, \"Other\"", typeof(SetStatement))]
    [InlineData("SET LOCAL a.b = on", typeof(SetStatement))]
    [InlineData("SET SESSION x TO DEFAULT", typeof(SetStatement))]
    [InlineData("SET TIME ZONE = '+01:00'", typeof(SetStatement))]
    [InlineData("SET TIME ZONE LOCAL", typeof(SetStatement))]
    [InlineData("SET NAMES 'utf8'", typeof(SetStatement))]
    [InlineData("SET x = -1", typeof(SetStatement))]
    [InlineData("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY, ISOLATION LEVEL READ COMMITTED", typeof(SetTransactionStatement))]
    [InlineData("RESET datafusion.execution.batch_size", typeof(ResetStatement))]
    [InlineData("RESET ALL", typeof(ResetStatement))]
    [InlineData("USE a.b", typeof(UseStatement))]
    [InlineData("PREPARE p (INT, TEXT) AS SELECT $1, $2", typeof(PrepareStatement))]
    [InlineData("EXECUTE p(1, 'x')", typeof(ExecuteStatement))]
    [InlineData("EXECUTE p", typeof(ExecuteStatement))]
    [InlineData("DEALLOCATE PREPARE p", typeof(DeallocateStatement))]
    [InlineData("DEALLOCATE ALL", typeof(DeallocateStatement))]
    [InlineData("BEGIN", typeof(TransactionStatement))]
    [InlineData("START TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY NOT DEFERRABLE", typeof(TransactionStatement))]
    [InlineData("COMMIT AND NO CHAIN", typeof(TransactionStatement))]
    [InlineData("END TRANSACTION", typeof(TransactionStatement))]
    [InlineData("ROLLBACK TO SAVEPOINT s", typeof(TransactionStatement))]
    [InlineData("SAVEPOINT s", typeof(TransactionStatement))]
    [InlineData("RELEASE s", typeof(TransactionStatement))]
    [InlineData("ABORT", typeof(TransactionStatement))]
    public void Session_statements(string sql, Type kind) => Assert.IsType(kind, RoundTrip.Statement(sql));

    [Theory]
    [InlineData("CREATE TABLE t (a INT NOT NULL DEFAULT 1 + 2 PRIMARY KEY, b TEXT NULL UNIQUE REFERENCES u (x) ON DELETE SET NULL, c INT CHECK (c > 0), CONSTRAINT k PRIMARY KEY (a, b), FOREIGN KEY (b) REFERENCES u ON UPDATE CASCADE, UNIQUE (c), CHECK (a < c))", typeof(CreateTableStatement))]
    [InlineData("CREATE OR REPLACE TEMP TABLE IF NOT EXISTS t (a INT GENERATED ALWAYS AS (b + 1) STORED, b INT GENERATED BY DEFAULT AS IDENTITY,)", typeof(CreateTableStatement))]
    [InlineData("CREATE TABLE t (a, b) WITH (x = 1) AS SELECT 1, 2", typeof(CreateTableStatement))]
    [InlineData("CREATE TABLE t AS VALUES (1)", typeof(CreateTableStatement))]
    [InlineData("CREATE TABLE t ()", typeof(CreateTableStatement))]
    [InlineData("CREATE OR REPLACE VIEW v (a, b) AS SELECT 1, 2", typeof(CreateViewStatement))]
    [InlineData("CREATE MATERIALIZED VIEW IF NOT EXISTS s.v WITH (bucket = '1 hour', order_by = time, count = 'SELECT 1', flag) AS SELECT * FROM t WITH NO DATA", typeof(CreateViewStatement))]
    [InlineData("REFRESH MATERIALIZED VIEW CONCURRENTLY v", typeof(RefreshViewStatement))]
    [InlineData("REFRESH MATERIALIZED VIEW v FROM '2024-01-01' TO now()", typeof(RefreshViewStatement))]
    [InlineData("CREATE SCHEMA IF NOT EXISTS s", typeof(CreateSchemaStatement))]
    [InlineData("CREATE DATABASE d", typeof(CreateSchemaStatement))]
    [InlineData("CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a DESC NULLS LAST, lower(b))", typeof(CreateIndexStatement))]
    [InlineData("CREATE FUNCTION f(a INT, TEXT, c INT DEFAULT 1) RETURNS INT LANGUAGE SQL IMMUTABLE RETURN $1 + 1", typeof(CreateFunctionStatement))]
    [InlineData("DROP TABLE IF EXISTS a, b.c CASCADE", typeof(DropStatement))]
    [InlineData("DROP MATERIALIZED VIEW v RESTRICT", typeof(DropStatement))]
    [InlineData("DROP SCHEMA s", typeof(DropStatement))]
    [InlineData("CREATE EXTERNAL TABLE IF NOT EXISTS t (a INT) STORED AS parquet PARTITIONED BY (b, c) WITH ORDER (a ASC, b) LOCATION '/x' OPTIONS ('format.has_header' 'true', k 1)", typeof(CreateExternalTableStatement))]
    [InlineData("INSERT INTO t VALUES (1, DEFAULT), (2, 3)", typeof(InsertStatement))]
    [InlineData("INSERT INTO t (a, b) SELECT 1, 2 ON CONFLICT (a) DO UPDATE SET b = 1 RETURNING a, b AS c", typeof(InsertStatement))]
    [InlineData("INSERT OVERWRITE t (SELECT 1)", typeof(InsertStatement))]
    [InlineData("INSERT INTO t DEFAULT VALUES", typeof(InsertStatement))]
    [InlineData("UPDATE t AS x SET a = 1, b = DEFAULT FROM u WHERE x.a = u.a RETURNING *", typeof(UpdateStatement))]
    [InlineData("DELETE FROM t x USING u WHERE x.a = u.a", typeof(DeleteStatement))]
    [InlineData("TRUNCATE TABLE a, b", typeof(TruncateStatement))]
    [InlineData("COPY (SELECT 1) TO 'x.parquet' STORED AS PARQUET PARTITIONED BY (a) OPTIONS ('k' 'v')", typeof(CopyStatement))]
    [InlineData("COPY t (a) FROM STDIN WITH (FORMAT csv, HEADER true)", typeof(CopyStatement))]
    [InlineData("GRANT ALL ON t TO x", typeof(UnsupportedStatement))]
    [InlineData("ALTER TABLE t ADD COLUMN a INT", typeof(UnsupportedStatement))]
    [InlineData("CREATE ROLE r", typeof(UnsupportedStatement))]
    [InlineData("WITH a AS (SELECT 1) DELETE FROM t WHERE x IN (SELECT * FROM a)", typeof(UnsupportedStatement))]
    [InlineData("WITH a AS (INSERT INTO t VALUES (1) RETURNING x) SELECT * FROM a", typeof(QueryStatement))]
    public void Definitions_and_changes(string sql, Type kind) => Assert.IsType(kind, RoundTrip.Statement(sql));

    [Theory]
    [InlineData("SELECT TOP 5 a FROM t", "TOP")]
    [InlineData("SELECT a INTO u FROM t", "INTO")]
    [InlineData("SELECT a FROM t LATERAL VIEW OUTER explode(x) e AS y WHERE a = 1", "LATERAL VIEW")]
    [InlineData("SELECT a FROM t SORT BY a DESC", "SORT BY")]
    [InlineData("SELECT a FROM t CLUSTER BY a", "CLUSTER BY")]
    public void Unsupported_clauses_are_named(string sql, string name)
    {
        var query = Assert.IsType<QueryStatement>(RoundTrip.Statement(sql)).Query;
        Assert.Equal(name, Assert.Single(Assert.IsType<SelectCore>(query.Body).Unsupported.ToArray()).Name);
    }

    [Theory]
    [InlineData("FROM t |> WHERE a > 1 |> WHERE t.b < 2", "SELECT * FROM t WHERE a > 1 AND t.b < 2")]
    [InlineData("FROM t |> SELECT a, b AS c", "SELECT a, b AS c FROM t")]
    [InlineData("FROM t |> EXTEND a + 1 AS b", "SELECT *, a + 1 AS b FROM t")]
    [InlineData("FROM t |> AGGREGATE sum(a) AS s GROUP BY b |> WHERE s > 1", "SELECT * FROM (SELECT b, sum(a) AS s FROM t GROUP BY b) WHERE s > 1")]
    [InlineData("FROM t |> ORDER BY a |> LIMIT 3 OFFSET 1", "SELECT * FROM t ORDER BY a LIMIT 3 OFFSET 1")]
    [InlineData("FROM t |> LIMIT 3 |> ORDER BY a", "SELECT * FROM (SELECT * FROM t LIMIT 3) ORDER BY a")]
    [InlineData("FROM t |> AS x |> JOIN u ON x.a = u.a", "SELECT * FROM (SELECT * FROM t) AS x JOIN u ON x.a = u.a")]
    [InlineData("FROM t |> DROP a |> SET b = 1 |> DISTINCT", "SELECT DISTINCT * FROM (SELECT * REPLACE (1 AS b) FROM (SELECT * EXCLUDE (a) FROM t))")]
    [InlineData("FROM t |> UNION ALL (SELECT 1), (SELECT 2)", "SELECT * FROM t UNION ALL SELECT 1 UNION ALL SELECT 2")]
    [InlineData("WITH c AS (SELECT 1) FROM c |> WHERE a = 1", "WITH c AS (SELECT 1) SELECT * FROM c WHERE a = 1")]
    public void Pipe_operators_are_rewritten(string sql, string rewritten) =>
        Assert.Equal(SqlParser.ParseStatement(rewritten), RoundTrip.Statement(sql));

    [Fact]
    public void Scripts()
    {
        var statements = SqlParser.ParseStatements("; SELECT ?; -- comment\n SELECT ? /* a /* nested */ one */;;");
        Assert.Equal(2, statements.Count);
        Assert.Empty(SqlParser.ParseStatements(" -- nothing"));
        var second = Assert.IsType<SelectCore>(Assert.IsType<QueryStatement>(statements[1]).Query.Body);
        Assert.Equal(2, Assert.IsType<ParameterExpression>(second.Items[0].Expression).Number);
    }

    [Fact]
    public void A_view_keeps_the_text_of_its_query()
    {
        var view = Assert.IsType<CreateViewStatement>(SqlParser.ParseStatement("CREATE VIEW v AS  SELECT a , b FROM t ;"));
        Assert.Equal("SELECT a , b FROM t", view.QueryText);
    }

    [Fact]
    public void Set_operations_bind_as_the_standard_says()
    {
        var query = SqlParser.ParseQuery("SELECT 1 UNION SELECT 2 INTERSECT SELECT 3 EXCEPT SELECT 4");
        var except = Assert.IsType<SetOperation>(query.Body);
        Assert.Equal(SetOperator.Except, except.Operator);
        var union = Assert.IsType<SetOperation>(except.Left);
        Assert.Equal(SetOperator.Intersect, Assert.IsType<SetOperation>(union.Right).Operator);
    }
}
