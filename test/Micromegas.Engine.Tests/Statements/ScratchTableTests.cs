using Micromegas.Columnar;
using Micromegas.Engine.Catalog.Scratch;

namespace Micromegas.Engine.Tests.Statements;

/// <summary>Tables and views that statements make and change.</summary>
public sealed class ScratchTableTests
{
    private readonly StatementRunner runner = new() { Scratch = new ScratchTables() };

    private async Task<long?> ChangeAsync(params string[] statements)
    {
        foreach (var sql in statements)
        {
            await runner.RunAsync(sql);
        }
        return runner.RecordsAffected;
    }

    [Fact]
    public async Task Rows_count_in_the_memory_of_the_data_source()
    {
        var budget = new MemoryBudget(4 << 20);
        var small = new StatementRunner { Scratch = new ScratchTables(budget) };
        await small.RunAsync("CREATE TABLE s AS SELECT i FROM generate_series(1, 100000) AS g(i)");
        var held = budget.Used;
        Assert.InRange(held, 1_600_000, 2_500_000);

        var error = await Assert.ThrowsAsync<MemoryLimitException>(() => small.RunAsync("INSERT INTO s SELECT i FROM generate_series(1, 1000000) AS g(i)"));
        Assert.Equal("Table in memory", error.Owner);
        Assert.Equal(held, budget.Used);
        Assert.Equal("100000", await small.TextAsync("SELECT count(*) FROM s"));

        await small.RunAsync("INSERT INTO s VALUES (1), (2)");
        await small.RunAsync("DELETE FROM s WHERE i > 50000");
        Assert.Equal("50002", await small.TextAsync("SELECT count(*) FROM s"));
        Assert.InRange(budget.Used, 700_000, held - 500_000);
        await small.RunAsync("DROP TABLE s");
        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task A_table_is_made_filled_changed_and_dropped()
    {
        await ChangeAsync("CREATE TABLE s (id INT PRIMARY KEY, name TEXT NOT NULL DEFAULT 'none', v DOUBLE, FOREIGN KEY (id) REFERENCES other (id))");

        Assert.Equal(3, await ChangeAsync("INSERT INTO s VALUES (1, 'a', 1.5), (2, 'b', NULL), (3, DEFAULT, '2')"));
        Assert.Equal("1 a 1.5; 2 b NULL; 3 none 2", await runner.TextAsync("SELECT * FROM s"));
        Assert.Equal(2, await ChangeAsync("UPDATE s SET v = id * 10, name = DEFAULT WHERE id < 3"));
        Assert.Equal("1 none 10; 2 none 20; 3 none 2", await runner.TextAsync("SELECT * FROM s"));
        Assert.Equal(1, await ChangeAsync("DELETE FROM s WHERE v > 15"));
        Assert.Equal("1; 3", await runner.TextAsync("SELECT id FROM s"));
        await ChangeAsync("TRUNCATE s");
        Assert.Equal("0", await runner.TextAsync("SELECT count(*) FROM s"));
        await ChangeAsync("DROP TABLE s");
        Assert.Equal(SqlState.UndefinedTable, (await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync("SELECT * FROM s"))).SqlState);
    }

    [Fact]
    public async Task Returning_gives_the_rows_affected()
    {
        await ChangeAsync("CREATE TABLE s (id BIGINT, n BIGINT)");

        Assert.Equal("1 11; 2 12", await runner.TextAsync("INSERT INTO s SELECT id, id + 10 FROM t WHERE id < 3 RETURNING *"));
        Assert.Equal(2, runner.RecordsAffected);
        Assert.Equal("2 24", await runner.TextAsync("UPDATE s AS a SET n = a.n * 2 WHERE id = 2 RETURNING a.id, n"));
        Assert.Equal("2", await runner.TextAsync("DELETE FROM s WHERE n > 20 RETURNING id"));
        Assert.Equal("1 11", await runner.TextAsync("SELECT * FROM s"));
    }

    [Fact]
    public async Task A_statement_may_read_the_table_that_it_changes()
    {
        await ChangeAsync("CREATE TABLE s AS SELECT id FROM t", "INSERT INTO s SELECT id + 5 FROM s", "DELETE FROM s WHERE id IN (SELECT id + 1 FROM s WHERE id < 9)");
        Assert.Equal("1; 10", await runner.TextAsync("SELECT id FROM s ORDER BY id"));

        Assert.Equal(2, await ChangeAsync("UPDATE s SET id = b.score FROM u AS b WHERE b.uid = s.id OR b.uid = 2"));
        Assert.Equal("200", await runner.TextAsync("SELECT max(id) FROM s WHERE id = (SELECT max(id) FROM s)"));
    }

    [Fact]
    public async Task A_statement_that_fails_changes_nothing()
    {
        await ChangeAsync("CREATE TABLE s (id BIGINT NOT NULL)", "INSERT INTO s VALUES (1), (2)");

        foreach (var (sql, state) in new[]
        {
            ("INSERT INTO s SELECT 10 / (id - 3) FROM t", SqlState.DivisionByZero),
            ("INSERT INTO s VALUES (3), (NULL)", SqlState.NotNullViolation),
            ("UPDATE s SET id = CASE WHEN id = 2 THEN NULL ELSE id END", SqlState.NotNullViolation),
            ("DELETE FROM s WHERE 1 / (id - 2) = 5", SqlState.DivisionByZero),
        })
        {
            Assert.Equal((sql, state), (sql, (await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync(sql))).SqlState));
            Assert.Equal("1; 2", await runner.TextAsync("SELECT * FROM s"));
        }
    }

    [Fact]
    public async Task Keys_of_a_table_made_from_a_query_are_enforced()
    {
        await ChangeAsync("CREATE TABLE s (id INT, a INT NOT NULL, PRIMARY KEY (id)) AS VALUES (1, 10), (2, 20)");

        foreach (var (sql, state) in new[]
        {
            ("INSERT INTO s VALUES (2, 30)", SqlState.UniqueViolation),
            ("INSERT INTO s VALUES (NULL, 30)", SqlState.NotNullViolation),
            ("INSERT INTO s VALUES (3, NULL)", SqlState.NotNullViolation),
            ("CREATE TABLE r (id INT PRIMARY KEY) AS VALUES (1), (1)", SqlState.UniqueViolation),
            ("CREATE TABLE r (id INT, UNIQUE (other)) AS VALUES (1)", SqlState.UndefinedColumn),
        })
        {
            Assert.Equal((sql, state), (sql, (await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync(sql))).SqlState));
        }
        Assert.Equal("1 10; 2 20", await runner.TextAsync("SELECT id, a FROM s GROUP BY id ORDER BY id"));
        await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync("SELECT * FROM r"));
    }

    [Fact]
    public async Task Keys_are_enforced()
    {
        await ChangeAsync(
            "CREATE TABLE s (id INT PRIMARY KEY, a INT, b TEXT UNIQUE, CONSTRAINT pairs UNIQUE (a, b))",
            "INSERT INTO s VALUES (1, 1, 'x'), (2, NULL, NULL), (3, NULL, NULL)");

        foreach (var (sql, message, hint) in new[]
        {
            ("INSERT INTO s VALUES (4, 5, 'y'), (1, 6, 'z')", "\"s_pkey\"", "Key (id)=(1) exists already."),
            ("INSERT INTO s VALUES (7, 5, 'y'), (7, 6, 'z')", "\"s_pkey\"", "Key (id)=(7) exists already."),
            ("INSERT INTO s VALUES (4, 5, 'x')", "\"s_b_key\"", "Key (b)=(x) exists already."),
            ("UPDATE s SET b = 'x' WHERE id = 2", "\"s_b_key\"", "Key (b)=(x) exists already."),
            ("UPDATE s SET id = 3", "\"s_pkey\"", "Key (id)=(3) exists already."),
        })
        {
            var error = await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync(sql));
            Assert.Equal((SqlState.UniqueViolation, hint), (error.SqlState, error.Hint));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
            Assert.Equal("1 1 x; 2 NULL NULL; 3 NULL NULL", await runner.TextAsync("SELECT * FROM s"));
        }

        Assert.Equal(3, await ChangeAsync("UPDATE s SET id = 4 - id"));
        Assert.Equal(1, await ChangeAsync("DELETE FROM s WHERE id = 1", "INSERT INTO s VALUES (1, 1, 'y')"));
    }

    [Fact]
    public async Task Identity_columns_number_the_rows()
    {
        await ChangeAsync("CREATE TABLE s (id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n SERIAL, name TEXT)");

        Assert.Equal("1 1 a; 2 2 b", await runner.TextAsync("INSERT INTO s (name) VALUES ('a'), ('b') RETURNING *"));
        Assert.Equal("10 3 c", await runner.TextAsync("INSERT INTO s (id, name) VALUES (10, 'c') RETURNING *"));
        Assert.Equal("11 4 d", await runner.TextAsync("INSERT INTO s VALUES (DEFAULT, DEFAULT, 'd') RETURNING *"));
        Assert.Equal("12 5 NULL", await runner.TextAsync("INSERT INTO s DEFAULT VALUES RETURNING *"));
        Assert.Equal(
            SqlState.DatatypeMismatch,
            (await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync("CREATE TABLE w (id TEXT GENERATED ALWAYS AS IDENTITY)"))).SqlState);
    }

    [Fact]
    public async Task Views_are_their_queries()
    {
        await ChangeAsync("CREATE VIEW reds (n, v) AS SELECT id, x FROM t WHERE colour = 'red'", "CREATE VIEW few AS SELECT n FROM reds WHERE v > 0");

        Assert.Equal("1 10.5; 3 -3.25", await runner.TextAsync("SELECT * FROM reds ORDER BY n"));
        Assert.Equal("1 1", await runner.TextAsync("SELECT reds.n, a.n FROM reds JOIN few AS a ON a.n = reds.n"));
        Assert.Equal("few VIEW; reds VIEW", await runner.TextAsync("SELECT table_name, table_type FROM information_schema.tables WHERE table_type = 'VIEW' ORDER BY 1"));
        await ChangeAsync("CREATE OR REPLACE VIEW reds AS SELECT n FROM few");
        Assert.Equal(SqlState.InvalidObjectDefinition, (await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync("SELECT * FROM reds"))).SqlState);
    }

    [Fact]
    public async Task Schemas_hold_tables_of_the_same_name()
    {
        await ChangeAsync("CREATE SCHEMA a", "CREATE TABLE a.s (id INT)", "CREATE TABLE s (id INT)", "INSERT INTO a.s VALUES (7)", "INSERT INTO datafusion.public.s VALUES (8)");

        Assert.Equal("7 8", await runner.TextAsync("SELECT a.s.id, public.s.id FROM a.s JOIN public.s ON a.s.id < public.s.id"));
        Assert.Equal("a s; public s", await runner.TextAsync("SELECT table_schema, table_name FROM information_schema.tables WHERE table_name = 's' ORDER BY 1"));
        Assert.Equal(SqlState.DependentObjects, (await Assert.ThrowsAsync<EngineException>(() => ChangeAsync("DROP SCHEMA a"))).SqlState);
        await ChangeAsync("DROP SCHEMA a CASCADE");
        Assert.Equal("8", await runner.TextAsync("SELECT * FROM s"));
    }

    [Theory]
    [InlineData("CREATE TABLE t2 (a INT, a INT)", SqlState.DuplicateColumn)]
    [InlineData("CREATE TABLE nope.t (a INT)", SqlState.UndefinedSchema)]
    [InlineData("INSERT INTO t VALUES (1)", SqlState.FeatureNotSupported)]
    [InlineData("DROP TABLE u", SqlState.FeatureNotSupported)]
    [InlineData("DROP TABLE nope", SqlState.UndefinedTable)]
    [InlineData("INSERT INTO nope VALUES (1)", SqlState.UndefinedTable)]
    [InlineData("CREATE TABLE x (a INT, PRIMARY KEY (b))", SqlState.UndefinedColumn)]
    public async Task Mistakes_are_told(string sql, string state) =>
        Assert.Equal(state, (await Assert.ThrowsAsync<EngineException>(() => runner.TextAsync(sql))).SqlState);

    [Theory]
    [InlineData("CREATE TABLE s (id INT)", "CREATE TABLE is not supported.")]
    [InlineData("INSERT INTO t VALUES (1)", "INSERT is not supported.")]
    [InlineData("CREATE MATERIALIZED VIEW v AS SELECT 1", "CREATE MATERIALIZED VIEW is not supported.")]
    public async Task Without_scratch_tables_they_are_refused(string sql, string message)
    {
        var error = await Assert.ThrowsAsync<EngineException>(() => new StatementRunner().TextAsync(sql));
        Assert.Equal((SqlState.FeatureNotSupported, message), (error.SqlState, error.Message));
    }
}
