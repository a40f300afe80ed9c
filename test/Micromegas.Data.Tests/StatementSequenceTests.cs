using System.Data;
using System.Data.Common;

namespace Micromegas.Data.Tests;

public class StatementSequenceTests
{
    private static readonly MicromegasDataSource Source = MicromegasDataSource.Create("");

    [Fact]
    public async Task ResultsComeOneAfterTheOther()
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var command = connection.CreateCommand("SELECT 1 AS a; -- first\nSET application_name = 1; SELECT 'x' AS b, 2 AS c WHERE false; SELECT a FROM (VALUES (3), (4)) AS t(a);");
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(reader.HasRows);
        Assert.True(await reader.ReadAsync());
        Assert.Equal(0, reader.GetOrdinal("a"));
        Assert.True(await reader.NextResultAsync());
        Assert.False(reader.HasRows);
        Assert.Equal(2, reader.FieldCount);
        Assert.Equal(1, reader.GetOrdinal("c"));
        Assert.Throws<IndexOutOfRangeException>(() => reader.GetOrdinal("a"));
        Assert.False(await reader.ReadAsync());
        Assert.True(await reader.NextResultAsync());
        Assert.True(await reader.ReadAsync());
        Assert.True(await reader.ReadAsync());
        Assert.Equal(4, reader.GetInt64(0));
        Assert.False(await reader.NextResultAsync());
        Assert.False(await reader.NextResultAsync());
        Assert.Equal(0, reader.FieldCount);
        Assert.Equal(-1, reader.RecordsAffected);
        Assert.Throws<InvalidOperationException>(() => reader.GetName(0));
        Assert.Throws<InvalidOperationException>(() => reader.GetFieldType(0));
        Assert.Throws<InvalidOperationException>(() => reader.GetDataTypeName(0));
        Assert.Throws<InvalidOperationException>(() => reader.GetValue(0));
        Assert.Throws<InvalidOperationException>(() => reader.GetValues(new object[1]));
    }

    [Theory]
    [InlineData(CommandBehavior.SingleResult)]
    [InlineData(CommandBehavior.SingleRow)]
    public void OneResultMeansOne(CommandBehavior behavior)
    {
        using var connection = Source.OpenConnection();
        using var reader = connection.CreateCommand("SELECT 1; SELECT 2").ExecuteReader(behavior);
        Assert.True(reader.Read());
        Assert.False(reader.NextResult());
    }

    [Fact]
    public void SchemaOnlyRunsNothingAndDescribesEverything()
    {
        using var connection = Source.OpenConnection();
        using var reader = connection.CreateCommand("SELECT 1 / 0 AS a; SELECT 'x' AS b").ExecuteReader(CommandBehavior.SchemaOnly);
        Assert.Equal("a", reader.GetColumnSchema()[0].ColumnName);
        Assert.False(reader.HasRows);
        Assert.False(reader.Read());
        Assert.True(reader.NextResult());
        Assert.Equal("b", reader.GetName(0));
        Assert.False(reader.NextResult());
    }

    [Fact]
    public void PositionsCountOnThroughTheText()
    {
        using var connection = Source.OpenConnection();
        using var command = connection.CreateCommand("SELECT ?; SELECT ?");
        command.Parameters.AddWithValue(1);
        command.Parameters.AddWithValue("two");
        using var reader = command.ExecuteReader();
        Assert.True(reader.Read());
        Assert.Equal(1, reader.GetInt32(0));
        Assert.True(reader.NextResult());
        Assert.True(reader.Read());
        Assert.Equal("two", reader.GetString(0));
    }

    [Fact]
    public void AFaultOfALaterStatementSurfacesWhereItIsReached()
    {
        using var connection = Source.OpenConnection();
        using var command = connection.CreateCommand("SELECT 1;\nSELECT nothing");
        using (var reader = command.ExecuteReader())
        {
            Assert.True(reader.Read());
            var fault = Assert.Throws<MicromegasException>(() => reader.NextResult());
            Assert.Equal((MicromegasErrorCodes.UndefinedColumn, 2, 8), (fault.SqlState, fault.Line, fault.Column));
        }

        Assert.Equal(MicromegasErrorCodes.UndefinedColumn, Assert.Throws<MicromegasException>(() => command.ExecuteNonQuery()).SqlState);
        Assert.Equal(MicromegasErrorCodes.UndefinedColumn, Assert.Throws<MicromegasException>(() => command.Prepare()).SqlState);
        command.CommandText = "SELECT 5";
        Assert.Equal(5L, command.ExecuteScalar());
    }

    [Fact]
    public void ATextWithoutStatementsHasNoResult()
    {
        using var connection = Source.OpenConnection();
        using var command = connection.CreateCommand("-- nothing");
        using (var reader = command.ExecuteReader())
        {
            Assert.False(reader.HasRows);
            Assert.False(reader.Read());
            Assert.Equal(0, reader.FieldCount);
            Assert.Null(reader.GetSchemaTable());
        }

        Assert.Null(command.ExecuteScalar());
        Assert.Equal(-1, command.ExecuteNonQuery());
    }

    [Fact]
    public void TheReaderOutlivesItsCommand()
    {
        using var connection = Source.OpenConnection();
        DbDataReader reader;
        using (var command = connection.CreateCommand("SELECT 'test'"))
        {
            reader = command.ExecuteReader();
        }

        Assert.True(reader.Read());
        Assert.Equal("test", reader.GetString(0));
        connection.Close();
        Assert.True(reader.IsClosed);
    }

    [Fact]
    public async Task ABatchRunsItsCommandsWithTheirOwnParameters()
    {
        await using var connection = await Source.OpenConnectionAsync();
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add("SELECT @p + 1").Parameters.AddWithValue("p", 1);
        batch.BatchCommands.Add("SELECT @p").Parameters.AddWithValue("p", "x");
        await batch.PrepareAsync();
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            Assert.True(await reader.ReadAsync());
            Assert.Equal(2, reader.GetInt64(0));
            Assert.True(await reader.NextResultAsync());
            Assert.True(await reader.ReadAsync());
            Assert.Equal("x", reader.GetString(0));
            Assert.False(await reader.NextResultAsync());
        }

        Assert.Equal(2, batch.Statistics!.RowsReturned);
        Assert.Equal(2L, await batch.ExecuteScalarAsync());
        Assert.Equal(-1, await batch.ExecuteNonQueryAsync());
        Assert.Equal(-1, batch.BatchCommands[0].RecordsAffected);
    }

    [Fact]
    public void ABatchWithoutCommandsOrConnectionIsRefused()
    {
        using var connection = Source.OpenConnection();
        using var batch = (MicromegasBatch)MicromegasFactory.Instance.CreateBatch();
        Assert.Throws<InvalidOperationException>(() => batch.ExecuteScalar());
        batch.Connection = connection;
        Assert.Throws<InvalidOperationException>(() => batch.ExecuteScalar());
        batch.BatchCommands.Add("SELECT 1");
        using (batch.ExecuteReader())
        {
            Assert.Throws<InvalidOperationException>(() => batch.ExecuteReader());
        }

        Assert.Throws<InvalidCastException>(() => ((DbBatch)batch).BatchCommands.Add(new OtherBatchCommand()));
        Assert.Throws<ArgumentOutOfRangeException>(() => batch.Timeout = -1);
    }

    [Fact]
    public async Task ADataSourceRunsCommandsAndBatchesWithoutAConnection()
    {
        await using var command = Source.CreateCommand("SELECT 7");
        Assert.Equal(7L, await command.ExecuteScalarAsync());
        await using var batch = Source.CreateBatch();
        batch.BatchCommands.Add(new MicromegasBatchCommand("SELECT 8"));
        Assert.Equal(8L, await batch.ExecuteScalarAsync());
    }

    [Fact]
    public void ATransactionOfAnotherConnectionIsRefused()
    {
        using var connection = Source.OpenConnection();
        using var other = Source.OpenConnection();
        using var transaction = other.BeginTransaction();
        using var command = connection.CreateCommand("SELECT 1");
        ((DbCommand)command).Transaction = transaction;
        Assert.Throws<InvalidOperationException>(() => command.ExecuteScalar());
        transaction.Dispose();
        Assert.Equal(1L, command.ExecuteScalar());
        Assert.Throws<ObjectDisposedException>(() => transaction.Commit());
    }

    [Fact]
    public void NoCommandsAreMadeUpForChanges()
    {
        using var connection = Source.OpenConnection();
        using var adapter = new MicromegasDataAdapter("SELECT 1 AS a", connection);
        using var builder = new MicromegasCommandBuilder(adapter);
        Assert.Throws<NotSupportedException>(() => builder.GetUpdateCommand());
        Assert.Throws<NotSupportedException>(() => builder.GetInsertCommand());
        Assert.Throws<NotSupportedException>(() => builder.GetDeleteCommand());
        Assert.Equal("\"a\"\"b\"", builder.QuoteIdentifier("a\"b"));
        Assert.Equal("a\"b", builder.UnquoteIdentifier("\"a\"\"b\""));
    }

    [Fact]
    public void WritingStatementsCountRowsAndRunEvenWhenNobodyReadsOn()
    {
        using var source = new MicromegasDataSourceBuilder("Scratch Tables=true;Threads=3").Build();
        using var connection = source.OpenConnection();
        using (var reader = connection.CreateCommand("CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2); SELECT a FROM t; INSERT INTO t VALUES (3); DROP TABLE IF EXISTS nothing").ExecuteReader())
        {
            Assert.Equal(2, reader.RecordsAffected);
            Assert.True(reader.Read());
        }

        using (var reader = connection.CreateCommand("DELETE FROM t WHERE a > 1").ExecuteReader())
        {
            Assert.Equal((0, 2), (reader.FieldCount, reader.RecordsAffected));
            Assert.False(reader.Read());
            Assert.Empty(reader.GetColumnSchema());
            Assert.Throws<InvalidOperationException>(() => reader.GetValue(0));
        }

        using var batch = connection.CreateBatch();
        batch.BatchCommands.Add("INSERT INTO t VALUES (@a)").Parameters.AddWithValue("a", 5);
        batch.BatchCommands.Add("DELETE FROM t");
        batch.BatchCommands.Add("SELECT count(*) FROM t");
        batch.BatchCommands.Add("DROP TABLE t");
        Assert.Equal(0L, batch.ExecuteScalar());
        Assert.Equal((1, 2), (batch.BatchCommands[0].RecordsAffected, batch.BatchCommands[1].RecordsAffected));
        Assert.Equal(MicromegasErrorCodes.UndefinedTable, Assert.Throws<MicromegasException>(() => connection.CreateCommand("SELECT * FROM t").ExecuteScalar()).SqlState);
    }

    private sealed class OtherBatchCommand : DbBatchCommand
    {
        public override string CommandText { get; set; } = "";

        public override CommandType CommandType { get; set; }

        public override int RecordsAffected => 0;

        protected override DbParameterCollection DbParameterCollection => throw new NotSupportedException();
    }

    [Fact]
    public async Task AmbientTransactionsAreIgnored()
    {
        await using var source = MicromegasDataSource.Create("Scratch Tables=true;Memory Limit=234567891");
        using (new System.Transactions.TransactionScope(System.Transactions.TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var connection = await source.OpenConnectionAsync();
            await connection.CreateCommand("CREATE TABLE kept (a INT); INSERT INTO kept VALUES (1)").ExecuteNonQueryAsync();
            // Not completed.
        }

        await using var after = await source.OpenConnectionAsync();
        Assert.Equal(1L, await after.CreateCommand("SELECT count(*) FROM kept").ExecuteScalarAsync());
    }
}
