using System.Data;
using System.Data.Common;
using Micromegas.Columnar;

namespace Micromegas.Data.Tests;

public class MicromegasConnectionTests
{
    [Fact]
    public void Opens_and_closes()
    {
        var lake = new FakeLake();
        using var connection = lake.CreateDataSource("Data Source=x;Command Timeout=5").CreateConnection();
        var changes = new List<(ConnectionState, ConnectionState)>();
        connection.StateChange += (_, e) => changes.Add((e.OriginalState, e.CurrentState));
        Assert.Equal(ConnectionState.Closed, connection.State);
        connection.Open();
        Assert.Equal(ConnectionState.Open, connection.State);
        Assert.Equal(1, lake.OpenSessions);
        Assert.Throws<InvalidOperationException>(() => connection.Open());
        Assert.Throws<InvalidOperationException>(() => connection.ConnectionString = "");
        Assert.Equal("x", connection.DataSource);
        Assert.Equal("main", connection.Database);
        Assert.NotEmpty(connection.ServerVersion);
        Assert.Equal(5, connection.CreateCommand().CommandTimeout);
        Assert.Throws<NotSupportedException>(() => connection.ChangeDatabase("other"));
        connection.Close();
        connection.Close();
        Assert.Equal(0, lake.OpenSessions);
        Assert.Equal([(ConnectionState.Closed, ConnectionState.Open), (ConnectionState.Open, ConnectionState.Closed)], changes);
    }

    [Fact]
    public void Closing_closes_readers()
    {
        var lake = FakeLake.WithColumns((new Field("x", DataType.Int32), [1, 2]));
        var connection = lake.Open();
        var reader = connection.CreateCommand("SELECT").ExecuteReader();
        var other = connection.CreateCommand("SELECT").ExecuteReader();
        reader.Read();
        Assert.Equal(2, lake.OpenResults);
        connection.Dispose();
        Assert.True(reader.IsClosed && other.IsClosed);
        Assert.Equal(0, lake.OpenResults);
        Assert.Throws<InvalidOperationException>(() => connection.CreateCommand("SELECT").ExecuteReader());
    }

    [Fact]
    public void Commands_need_text_and_an_open_connection()
    {
        Assert.Throws<InvalidOperationException>(() => new MicromegasCommand("SELECT 1").ExecuteReader());
        using var connection = new FakeLake().CreateDataSource().CreateConnection();
        Assert.Throws<InvalidOperationException>(() => connection.CreateCommand("SELECT 1").ExecuteScalar());
        connection.Open();
        Assert.Throws<InvalidOperationException>(() => connection.CreateCommand().ExecuteScalar());
        var command = connection.CreateCommand();
        Assert.Throws<NotSupportedException>(() => command.CommandType = CommandType.StoredProcedure);
        Assert.Throws<ArgumentOutOfRangeException>(() => command.CommandTimeout = -1);
    }

    [Fact]
    public void A_command_has_one_reader_at_a_time()
    {
        using var connection = FakeLake.WithColumns((new Field("x", DataType.Int32), [1])).Open();
        var command = connection.CreateCommand("SELECT");
        var reader = command.ExecuteReader();
        Assert.Throws<InvalidOperationException>(() => command.ExecuteReader());
        Assert.Throws<InvalidOperationException>(() => command.CommandText = "SELECT 2");
        reader.Close();
        Assert.Equal(1, command.ExecuteScalar());
        Assert.Equal(1, command.Statistics!.RowsReturned);
    }

    [Fact]
    public void Behaviors()
    {
        var lake = FakeLake.WithColumns((new Field("x", DataType.Int32), [1, 2]));
        using var connection = lake.Open();
        using (var reader = connection.CreateCommand("SELECT").ExecuteReader(CommandBehavior.SchemaOnly))
        {
            Assert.Equal(1, reader.FieldCount);
            Assert.False(reader.HasRows);
            Assert.False(reader.Read());
            Assert.Equal(0, lake.OpenResults);
        }

        using (var reader = connection.CreateCommand("SELECT").ExecuteReader(CommandBehavior.SingleRow))
        {
            Assert.True(reader.Read());
            Assert.False(reader.Read());
        }

        connection.CreateCommand("SELECT").ExecuteReader(CommandBehavior.CloseConnection).Dispose();
        Assert.Equal(ConnectionState.Closed, connection.State);
        Assert.Equal(0, lake.OpenResults);
    }

    [Fact]
    public void Requests_carry_parameters_and_range()
    {
        var lake = FakeLake.WithColumns((new Field("x", DataType.Int32), [1]));
        using var connection = lake.Open("Range=2026-01-01/2026-01-02;Command Memory Limit=1MB");
        var command = connection.CreateCommand("SELECT @a, ?");
        command.Parameters.AddWithValue("@a", 1);
        command.Parameters.AddWithValue("x");
        command.ExecuteNonQuery();
        var request = Assert.Single(lake.Requests);
        Assert.Equal(["a", ""], request.Parameters.Select(static parameter => parameter.Name));
        Assert.Equal(new NanoTimestamp(2026, 1, 2), request.Range!.Value.End);
        Assert.Equal(1 << 20, request.CommandMemoryLimit);
        connection.Range = new MicromegasRange(new NanoTimestamp(1), new NanoTimestamp(2));
        command.ExecuteScalar();
        Assert.Equal(new NanoTimestamp(2), lake.Requests[1].Range!.Value.End);
        command.Range = new MicromegasRange(new NanoTimestamp(1), new NanoTimestamp(3));
        command.Prepare();
        Assert.Equal(new NanoTimestamp(3), lake.Requests[2].Range!.Value.End);
    }

    [Fact]
    public void Warnings_reach_command_and_connection()
    {
        var lake = FakeLake.WithColumns((new Field("x", DataType.Int32), [1]));
        lake.OnPrepare = static request => request.Warn("block 7 is broken");
        using var connection = lake.Open();
        var messages = new List<string>();
        connection.InfoMessage += (_, e) => messages.Add("connection: " + e.Info.Message);
        var command = connection.CreateCommand("SELECT");
        command.InfoMessage += (_, e) => messages.Add("command: " + e.Info.Message);
        command.ExecuteScalar();
        Assert.Equal(["command: block 7 is broken", "connection: block 7 is broken"], messages);
    }

    [Fact]
    public void Faults_of_the_rooms_below_are_translated()
    {
        var lake = FakeLake.WithColumns((new Field("x", DataType.Int32), [1]));
        lake.OnPrepare = static _ => throw new Engine.EngineException("42703", "no column 'y'") { Line = 2, Column = 8, Hint = "'x'?" };
        using var connection = lake.Open();
        var error = Assert.Throws<MicromegasException>(() => connection.CreateCommand("SELECT\n y").ExecuteReader());
        Assert.Equal(("42703", 2, 8, "'x'?", false), (error.SqlState, error.Line, error.Column, error.Hint, error.IsTransient));
        lake.OnPrepare = static _ => { };
        lake.BeforeBatch = static _ => throw new MemoryLimitException("sort", 2, 1, 2);
        error = Assert.Throws<MicromegasException>(() => connection.CreateCommand("SELECT").ExecuteReader());
        Assert.Equal((MicromegasErrorCodes.OutOfMemory, true), (error.SqlState, error.IsTransient));
        Assert.Equal(0, lake.OpenResults);
    }

    [Fact]
    public void Transactions_keep_the_contract()
    {
        using var connection = new FakeLake().Open();
        using var transaction = (MicromegasTransaction)connection.BeginTransaction();
        Assert.Equal(IsolationLevel.Snapshot, transaction.IsolationLevel);
        Assert.Throws<InvalidOperationException>(() => connection.BeginTransaction());
        transaction.Save("s");
        transaction.Rollback("s");
        transaction.Commit();
        Assert.Throws<InvalidOperationException>(() => transaction.Rollback());
        Assert.Null(transaction.Connection);
        connection.BeginTransaction().Dispose();
        connection.BeginTransaction().Rollback();
    }

    [Theory]
    [InlineData(IsolationLevel.Snapshot)]
    [InlineData(IsolationLevel.ReadUncommitted)]
    [InlineData(IsolationLevel.ReadCommitted)]
    [InlineData(IsolationLevel.RepeatableRead)]
    [InlineData(IsolationLevel.Serializable)]
    [InlineData(IsolationLevel.Chaos)]
    public async Task Every_isolation_level_is_kept(IsolationLevel level)
    {
        await using var connection = FakeLake.WithColumns((new Field("x", DataType.Int32), [1])).Open();
        await using var transaction = await connection.BeginTransactionAsync(level);
        Assert.Equal(level, transaction.IsolationLevel);
        Assert.True(transaction.SupportsSavepoints);
        await using var command = connection.CreateCommand("SELECT");
        ((DbCommand)command).Transaction = transaction;
        Assert.Equal(1, await command.ExecuteScalarAsync());
        await transaction.SaveAsync("s");
        await transaction.RollbackAsync("s");
        await transaction.ReleaseAsync("s");
        Assert.Throws<ArgumentException>(() => transaction.Save(" "));
        await transaction.CommitAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.SaveAsync("s"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.CommitAsync());
        Assert.Null(transaction.Connection);
    }

    [Fact]
    public void Closing_ends_the_transaction()
    {
        using var connection = new FakeLake().Open();
        var transaction = connection.BeginTransaction();
        connection.Close();
        Assert.Null(transaction.Connection);
        Assert.Throws<InvalidOperationException>(() => transaction.Commit());
        Assert.Throws<InvalidOperationException>(() => connection.BeginTransaction());
    }

    [Theory]
    [InlineData(CommandBehavior.Default)]
    [InlineData(CommandBehavior.SequentialAccess)]
    [InlineData(CommandBehavior.KeyInfo)]
    [InlineData(CommandBehavior.SingleResult)]
    [InlineData(CommandBehavior.SequentialAccess | CommandBehavior.SingleResult | CommandBehavior.KeyInfo)]
    public async Task Behaviors_that_promise_something_change_no_rows(CommandBehavior behavior)
    {
        await using var connection = FakeLake.WithColumns((new Field("x", DataType.Int32), [1, 2]), (new Field("y", DataType.Utf8), ["a", "b"])).Open();
        await using var command = connection.CreateCommand("SELECT");
        await using var reader = await command.ExecuteReaderAsync(behavior);
        // Columns may be read in any order and again, sequential access or not.
        Assert.True(await reader.ReadAsync());
        Assert.Equal(("a", 1, "a"), (reader.GetString(1), reader.GetInt32(0), reader.GetString(1)));
        Assert.True(await reader.ReadAsync());
        Assert.False(await reader.ReadAsync());
        Assert.All(reader.GetColumnSchema(), static column => Assert.NotEqual(true, column.IsKey));
    }

    [Fact]
    public void Factory_and_schema_collections()
    {
        Assert.IsType<MicromegasConnection>(MicromegasFactory.Instance.CreateConnection());
        Assert.IsType<MicromegasCommand>(MicromegasFactory.Instance.CreateCommand());
        Assert.IsType<MicromegasParameter>(MicromegasFactory.Instance.CreateParameter());
        Assert.IsType<MicromegasConnectionStringBuilder>(MicromegasFactory.Instance.CreateConnectionStringBuilder());
        Assert.IsType<MicromegasDataSource>(MicromegasFactory.Instance.CreateDataSource("Data Source=x"));
        Assert.IsType<MicromegasDataAdapter>(MicromegasFactory.Instance.CreateDataAdapter());
        Assert.IsType<MicromegasCommandBuilder>(MicromegasFactory.Instance.CreateCommandBuilder());
        Assert.IsType<MicromegasBatch>(MicromegasFactory.Instance.CreateBatch());
        Assert.IsType<MicromegasBatchCommand>(MicromegasFactory.Instance.CreateBatchCommand());
        Assert.True(MicromegasFactory.Instance is { CanCreateBatch: true, CanCreateCommandBuilder: true, CanCreateDataAdapter: true });
        Assert.Same(MicromegasFactory.Instance, DbProviderFactories.GetFactory(new MicromegasConnection()));
        DbProviderFactories.RegisterFactory("Micromegas.Data.Tests", MicromegasFactory.Instance);
        Assert.Same(MicromegasFactory.Instance, DbProviderFactories.GetFactory("Micromegas.Data.Tests"));

        using var connection = new MicromegasConnection();
        foreach (var name in new[] { "MetaDataCollections", "DataSourceInformation", "DataTypes", "Restrictions", "ReservedWords" })
        {
            Assert.NotEmpty(connection.GetSchema(name).Rows);
        }

        Assert.Contains(connection.GetSchema().Rows.Cast<DataRow>(), static row => (string)row[0] == "Columns" && (int)row[1] == 4);
        Assert.Throws<ArgumentException>(() => connection.GetSchema("Nonsense"));
        Assert.Throws<ArgumentException>(() => connection.GetSchema("DataTypes", ["x"]));
        Assert.Throws<InvalidOperationException>(() => connection.GetSchema("Tables"));
    }

    [Fact]
    public void Adapter_fills()
    {
        var lake = FakeLake.WithColumns((new Field("x", DataType.Int32), [1, 2]), (new Field("y", DataType.Utf8), ["a", null]));
        using var adapter = new MicromegasDataAdapter("SELECT", lake.CreateDataSource().CreateConnection());
        var table = new DataTable();
        Assert.Equal(2, adapter.Fill(table));
        Assert.Equal("a", table.Rows[0]["y"]);
        Assert.Equal(0, lake.OpenSessions);
    }
}
