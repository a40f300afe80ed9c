using Micromegas.Columnar;
using Micromegas.Engine.Catalog;

namespace Micromegas.Data.Tests;

/// <summary>Plans of prepared statements and of texts that come again serve again, and only as long as nothing that they were made of has changed.</summary>
public sealed class PreparedPlanTests : IDisposable
{
    private readonly MemoryTable _table = MemoryTable.FromRows(Enumerable.Range(0, 1000), (new Field("x", DataType.Int64), static i => (long)i));

    public void Dispose() => _table.Dispose();

    [Fact]
    public async Task Values_of_parameters_count()
    {
        await using var source = new MicromegasDataSourceBuilder().AddTable("t", _table).Build();
        await using var connection = await source.OpenConnectionAsync();
        await using var command = connection.CreateCommand("SELECT count(*) FROM t WHERE x < @most LIMIT @rows");
        var most = command.Parameters.AddWithValue("most", 10L);
        command.Parameters.AddWithValue("rows", 1L);
        await command.PrepareAsync();
        foreach (var value in new object[] { 10L, 10L, 20L, 20L, 10L, 30, 30, "40" })
        {
            most.Value = value;
            Assert.Equal(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture), await command.ExecuteScalarAsync());
        }

        most.Value = DBNull.Value;
        Assert.Equal(0L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task Tables_that_are_made_anew_count()
    {
        await using var source = MicromegasDataSource.Create("Scratch Tables=true;Memory Limit=123456789");
        await using var connection = await source.OpenConnectionAsync();
        await RunAsync("CREATE TABLE s (a BIGINT); INSERT INTO s VALUES (1), (2); CREATE VIEW v AS SELECT a FROM s");
        await using var command = connection.CreateCommand("SELECT * FROM v ORDER BY 1");
        await command.PrepareAsync();
        Assert.Equal(1L, await command.ExecuteScalarAsync());
        await RunAsync("INSERT INTO s VALUES (0)");
        Assert.Equal(0L, await command.ExecuteScalarAsync());
        await RunAsync("DROP VIEW v; DROP TABLE s; CREATE TABLE s (a VARCHAR); INSERT INTO s VALUES ('x'); CREATE VIEW v AS SELECT a FROM s");
        Assert.Equal("x", await command.ExecuteScalarAsync());
        await RunAsync("DROP VIEW v; CREATE VIEW v AS SELECT a || 'y' AS a FROM s");
        Assert.Equal("xy", await command.ExecuteScalarAsync());
        await RunAsync("DROP VIEW v");
        Assert.Equal(MicromegasErrorCodes.UndefinedTable, (await Assert.ThrowsAsync<MicromegasException>(() => command.ExecuteScalarAsync())).SqlState);

        async Task RunAsync(string sql) => await connection.CreateCommand(sql).ExecuteNonQueryAsync();
    }

    [Fact]
    public async Task A_text_that_comes_again_is_not_planned_again()
    {
        var folded = 0;
        await using var source = new MicromegasDataSourceBuilder().AddTable("t", _table).AddFunction("folded", (long value) => value + Interlocked.Increment(ref folded)).Build();
        var before = await AskAsync("SELECT folded(0) FROM t LIMIT 1");
        for (;;)
        {
            // Another test may have pushed the text out.
            var again = await AskAsync("SELECT folded(0) FROM t LIMIT 1");
            Assert.InRange(again, before, 100);
            if (again == before)
            {
                break;
            }

            before = again;
        }

        Assert.Equal(before + 1, await AskAsync("SET batch_size = 100; SELECT folded(0) FROM t LIMIT 1"));
        Assert.Equal(before + 2, await AskAsync("SELECT folded(0)  FROM t LIMIT 1"));

        async Task<long> AskAsync(string text)
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var reader = await connection.CreateCommand(text).ExecuteReaderAsync();
            Assert.True(await reader.ReadAsync());
            return reader.GetInt64(0);
        }
    }

    [Theory]
    [InlineData("SELECT count(*) FROM t WHERE x < @most", true)]
    [InlineData("SELECT count(*) FROM s WHERE a < @most", false)]
    public async Task Texts_that_come_again_see_what_has_changed(string text, bool isTable)
    {
        await using var source = new MicromegasDataSourceBuilder($"Scratch Tables=true;Memory Limit={(isTable ? 123456788 : 123456787)}").AddTable("t", _table).Build();
        await using var connection = await source.OpenConnectionAsync();
        await RunAsync("CREATE TABLE s (a BIGINT); INSERT INTO s SELECT x FROM t");
        for (var most = 0L; most < 5; most++)
        {
            Assert.Equal(most, await AskAsync(most));
            Assert.Equal(most, await AskAsync(most));
        }

        await RunAsync("DROP TABLE s; CREATE TABLE s (a BIGINT); INSERT INTO s VALUES (1), (2)");
        Assert.Equal(isTable ? 4L : 2L, await AskAsync(4));
        await RunAsync("INSERT INTO s VALUES (3)");
        Assert.Equal(isTable ? 4L : 3L, await AskAsync(4));

        async Task RunAsync(string sql) => await connection.CreateCommand(sql).ExecuteNonQueryAsync();

        async Task<object?> AskAsync(long most)
        {
            var command = connection.CreateCommand(text);
            command.Parameters.AddWithValue("most", most);
            return await command.ExecuteScalarAsync();
        }
    }

    [Fact]
    public async Task Settings_count_and_the_time_is_that_of_the_run()
    {
        await using var source = new MicromegasDataSourceBuilder().AddTable("t", _table).Build();
        await using var connection = await source.OpenConnectionAsync();
        await using var zone = connection.CreateCommand("SELECT arrow_typeof(CAST('2026-01-01' AS TIMESTAMPTZ)) FROM t LIMIT 1");
        await zone.PrepareAsync();
        var before = await zone.ExecuteScalarAsync();
        await connection.CreateCommand("SET TIME ZONE '+02:00'").ExecuteNonQueryAsync();
        Assert.NotEqual(before, await zone.ExecuteScalarAsync());
        await connection.CreateCommand("RESET ALL").ExecuteNonQueryAsync();
        Assert.Equal(before, await zone.ExecuteScalarAsync());

        await using var now = connection.CreateCommand("SELECT CAST(now() AS BIGINT) FROM t LIMIT 1");
        await now.PrepareAsync();
        var first = (long)(await now.ExecuteScalarAsync())!;
        while (DateTimeOffset.UtcNow.Ticks - DateTime.UnixEpoch.Ticks <= first / 100)
        {
            await Task.Yield();
        }

        Assert.True((long)(await now.ExecuteScalarAsync())! > first);
    }

    [Fact]
    public async Task Another_text_or_connection_is_planned_anew()
    {
        await using var source = new MicromegasDataSourceBuilder().AddTable("t", _table).Build();
        using var small = MemoryTable.FromRows(Enumerable.Range(0, 3), (new Field("x", DataType.Int64), static i => (long)i));
        await using var other = new MicromegasDataSourceBuilder().AddTable("t", small).Build();
        await using var connection = await source.OpenConnectionAsync();
        await using var otherConnection = await other.OpenConnectionAsync();
        await using var command = connection.CreateCommand("SELECT count(x) FROM t");
        await command.PrepareAsync();
        Assert.Equal(1000L, await command.ExecuteScalarAsync());
        command.Connection = otherConnection;
        Assert.Equal(3L, await command.ExecuteScalarAsync());
        command.CommandText = "SELECT max(x) FROM t";
        Assert.Equal(2L, await command.ExecuteScalarAsync());
        command.Connection = connection;
        Assert.Equal(999L, await command.ExecuteScalarAsync());
    }
}
