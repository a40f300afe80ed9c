using Micromegas.Engine.Catalog.Scratch;
using Micromegas.Engine.Statements;

namespace Micromegas.Engine.Tests.Statements;

/// <summary>PREPARE, EXECUTE and DEALLOCATE (spec/sql.md §5.1).</summary>
public sealed class PreparedStatementTests
{
    private readonly StatementRunner runner = new() { Session = new SessionSettings(), Scratch = new ScratchTables() };

    [Fact]
    public async Task A_statement_runs_with_the_values_of_each_execute()
    {
        await runner.RunAsync("PREPARE above AS SELECT id FROM t WHERE id > $1 ORDER BY id LIMIT $2");

        Assert.Equal("2; 3", await runner.TextAsync("EXECUTE above(1, 2)"));
        Assert.Equal("4", await runner.TextAsync("EXECUTE above(2 + 1, 1)"));
        Assert.Equal("4; 5", await runner.TextAsync("EXECUTE above(3, NULL)"));
    }

    [Fact]
    public async Task Declared_types_are_cast_to()
    {
        await runner.RunAsync("PREPARE typed (SMALLINT, TEXT) AS SELECT arrow_typeof($1), $2 || 'x', $1 + 1");

        Assert.Equal("Int16 7x 6", await runner.TextAsync("EXECUTE typed('5', 7)"));
    }

    [Fact]
    public async Task Changes_can_be_prepared()
    {
        await runner.RunAsync("CREATE TABLE s (id INT, name TEXT)");
        await runner.RunAsync("PREPARE put AS INSERT INTO s VALUES (?, ?)");
        await runner.RunAsync("EXECUTE put(1, 'a')");
        Assert.Equal(1, runner.RecordsAffected);
        await runner.RunAsync("EXECUTE put(2, NULL)");

        Assert.Equal("1 a; 2 NULL", await runner.TextAsync("SELECT * FROM s ORDER BY id"));
    }

    [Fact]
    public async Task A_name_can_be_given_again_once_it_is_free()
    {
        await runner.RunAsync("PREPARE p AS SELECT 1");
        Assert.Equal(SqlState.DuplicatePreparedStatement, await StateAsync("PREPARE p AS SELECT 2"));
        await runner.RunAsync("DEALLOCATE PREPARE p");
        await runner.RunAsync("PREPARE p AS SELECT 2");
        Assert.Equal("2", await runner.TextAsync("EXECUTE p"));

        await runner.RunAsync("DEALLOCATE ALL");
        Assert.Equal(SqlState.UndefinedPreparedStatement, await StateAsync("EXECUTE p"));
    }

    [Theory]
    [InlineData("EXECUTE nobody(1)", SqlState.UndefinedPreparedStatement)]
    [InlineData("DEALLOCATE nobody", SqlState.UndefinedPreparedStatement)]
    [InlineData("EXECUTE one", SqlState.SyntaxError)]
    [InlineData("EXECUTE one(1, 2)", SqlState.SyntaxError)]
    [InlineData("EXECUTE one((SELECT 1))", SqlState.FeatureNotSupported)]
    [InlineData("EXECUTE one(random())", SqlState.InvalidParameterValue)]
    [InlineData("EXECUTE one(missing)", SqlState.UndefinedColumn)]
    [InlineData("EXECUTE number('x')", SqlState.InvalidParameterValue)]
    [InlineData("EXECUTE lost", SqlState.UndefinedTable)]
    [InlineData("PREPARE p AS PREPARE q AS SELECT 1", SqlState.FeatureNotSupported)]
    [InlineData("PREPARE p (NOTYPE) AS SELECT 1", SqlState.FeatureNotSupported)]
    public async Task Errors_are_typed(string sql, string state)
    {
        await runner.RunAsync("PREPARE one AS SELECT $1");
        await runner.RunAsync("PREPARE number (INT) AS SELECT $1");
        await runner.RunAsync("PREPARE lost AS SELECT * FROM nowhere");

        Assert.Equal(state, await StateAsync(sql));
    }

    /// <summary>A mistake in the kept statement is said to be at the EXECUTE: its own text is gone.</summary>
    [Fact]
    public async Task Errors_of_the_kept_statement_have_the_place_of_the_execute()
    {
        await runner.RunAsync("PREPARE lost AS SELECT id FROM t WHERE nothing = $1");

        var error = await Assert.ThrowsAsync<EngineException>(() => runner.RunAsync("\n  EXECUTE lost(1)"));

        Assert.Equal((2, 3), (error.Line, error.Column));
    }

    private async Task<string> StateAsync(string sql) => (await Assert.ThrowsAsync<EngineException>(() => runner.RunAsync(sql))).SqlState;
}
