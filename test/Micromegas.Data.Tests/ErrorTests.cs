using System.Data;
using Microsoft.Data.Sqlite;

namespace Micromegas.Data.Tests;

/// <summary>Whatever a statement or a lake causes is a <see cref="MicromegasException"/> with its SQLSTATE.</summary>
public class ErrorTests(GoldenLakeFixture fixture) : IClassFixture<GoldenLakeFixture>
{
    private const string Lines = "SELECT * FROM log_entries";

    [Theory]
    [InlineData("SELEC 1", MicromegasErrorCodes.SyntaxError, 1, 1)]
    [InlineData("SELECT 1\nFROM log_entries\nWHERE level >", MicromegasErrorCodes.SyntaxError, 3, 14)]
    [InlineData("SELECT (1 + 2", MicromegasErrorCodes.SyntaxError, 1, 14)]
    [InlineData("SELECT 'open", MicromegasErrorCodes.SyntaxError, 1, 8)]
    [InlineData("SELECT\n  nope FROM log_entries", MicromegasErrorCodes.UndefinedColumn, 2, 3)]
    [InlineData("SELECT l.nope FROM log_entries l", MicromegasErrorCodes.UndefinedColumn, 1, 8)]
    [InlineData("SELECT 1 FROM nope", MicromegasErrorCodes.UndefinedTable, 1, 15)]
    [InlineData("SELECT nope(1)", MicromegasErrorCodes.UndefinedFunction, 1, 8)]
    [InlineData("SELECT 1 FROM nope(1)", MicromegasErrorCodes.UndefinedFunction, 1, 15)]
    [InlineData("SELECT @missing", MicromegasErrorCodes.UndefinedParameter, 1, 8)]
    public async Task Faults_of_the_text_have_code_line_and_column(string sql, string code, int line, int column)
    {
        await using var connection = await OpenAsync();
        var error = await Assert.ThrowsAsync<MicromegasException>(() => connection.CreateCommand(sql).ExecuteReaderAsync());
        Assert.Equal((code, line, column), (error.SqlState, error.Line, error.Column));
        Assert.NotEmpty(error.Message);
        Assert.Equal(code, (await Assert.ThrowsAsync<MicromegasException>(() => connection.CreateCommand(sql).PrepareAsync())).SqlState);
        Assert.Equal(1L, await connection.CreateCommand("SELECT 1").ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("SELECT count(*) FROM log_entries WHERE time >= @p", "yesterday")]
    [InlineData("SELECT * FROM view_instance('log_entries', @p)", "no process")]
    [InlineData("SELECT * FROM view_instance('nope', @p)", GoldenLake.Lobby)]
    [InlineData("SELECT CAST(@p AS INT)", "many")]
    [InlineData("SELECT 1 / CAST(@p AS INT)", "0")]
    public async Task Bad_parameters_have_codes(string sql, string value)
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand(sql);
        command.Parameters.AddWithValue("p", value);
        var error = await Assert.ThrowsAsync<MicromegasException>(() => command.ExecuteScalarAsync());
        Assert.Matches("^(22|42)", error.SqlState);
    }

    [Theory]
    [InlineData("ReadWrite")]
    [InlineData("ReadOnly")]
    public async Task A_missing_lake_has_a_code(string mode)
    {
        await using var connection = new MicromegasConnection($"Data Source={fixture.Lake.Directory}-missing;Mode={mode}");
        var error = await Assert.ThrowsAsync<MicromegasException>(() => connection.OpenAsync());
        Assert.Equal(MicromegasErrorCodes.ConnectionFailure, error.SqlState);
        Assert.Equal(ConnectionState.Closed, connection.State);
        Assert.False(Directory.Exists(fixture.Lake.Directory + "-missing"));
    }

    [Theory]
    [InlineData("ReadWrite")]
    [InlineData("ReadOnly")]
    [InlineData("ReadWriteCreate")]
    public async Task What_is_no_lake_has_a_code(string mode)
    {
        var directory = Directory.CreateTempSubdirectory("mmd-data-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(directory, "catalog.db"), "This is not a catalogue, although it lies where one should be.");
            await using var connection = new MicromegasConnection($"Data Source={directory};Mode={mode}");
            var error = await Assert.ThrowsAsync<MicromegasException>(() => connection.OpenAsync());
            Assert.Equal(MicromegasErrorCodes.ConnectionFailure, error.SqlState);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData("migration")]
    [InlineData("lakehouse_migration")]
    public async Task A_newer_catalogue_has_a_code(string table)
    {
        await using var lake = await GoldenLake.CopyAsync();
        await MicromegasLake.CloseAsync(lake.Directory);
        await using (var catalog = new SqliteConnection($"Data Source={Path.Combine(lake.Directory, "catalog.db")};Pooling=False"))
        {
            await catalog.OpenAsync();
            await using var update = catalog.CreateCommand();
            update.CommandText = table == "migration" ? "UPDATE migration SET version = 99" : "UPDATE lakehouse_migration SET version = 99";
            await update.ExecuteNonQueryAsync();
        }

        await using var connection = new MicromegasConnection(lake.ConnectionString);
        var error = await Assert.ThrowsAsync<MicromegasException>(() => connection.OpenAsync());
        Assert.Equal(MicromegasErrorCodes.FeatureNotSupported, error.SqlState);
        Assert.Contains("99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_corrupt_partition_has_a_code()
    {
        await using var lake = await GoldenLake.CopyAsync();
        foreach (var file in Partitions(lake))
        {
            await File.WriteAllBytesAsync(file, new byte[new FileInfo(file).Length]);
        }

        var error = await Assert.ThrowsAsync<MicromegasException>(() => ReadAllAsync(lake.ConnectionString, Lines));
        Assert.Equal(MicromegasErrorCodes.DataCorrupted, error.SqlState);
    }

    [Fact]
    public async Task A_missing_partition_has_a_code()
    {
        await using var lake = await GoldenLake.CopyAsync();
        foreach (var file in Partitions(lake))
        {
            File.Delete(file);
        }

        var error = await Assert.ThrowsAsync<MicromegasException>(() => ReadAllAsync(lake.ConnectionString, Lines));
        Assert.Equal(MicromegasErrorCodes.IoError, error.SqlState);
    }

    [Fact]
    public async Task Damaged_Parquet_answers_or_has_a_code()
    {
        var original = await File.ReadAllBytesAsync(Partitions(fixture.Lake).MaxBy(static file => new FileInfo(file).Length)!);
        var path = Path.Combine(Path.GetTempPath(), "mmd-data-" + Guid.NewGuid().ToString("N") + ".parquet");
        var random = new Random(20261122);
        var refused = 0;
        try
        {
            for (var round = 0; round < 60; round++)
            {
                var damaged = original.ToArray();
                for (var i = 0; i < 4; i++)
                {
                    // Every second time in the footer, where a byte does the most.
                    damaged[round % 2 == 0 ? random.Next(damaged.Length) : damaged.Length - 1 - random.Next(damaged.Length / 8)] = (byte)random.Next(256);
                }

                await File.WriteAllBytesAsync(path, round % 10 == 9 ? damaged[..random.Next(damaged.Length)] : damaged);
                await using var source = new MicromegasDataSourceBuilder().AddParquet("t", path).Build();
                try
                {
                    await using var connection = await source.OpenConnectionAsync();
                    await ReadAllAsync(connection, "SELECT * FROM t");
                }
                catch (MicromegasException e)
                {
                    Assert.Contains(e.SqlState, new[] { MicromegasErrorCodes.DataCorrupted, MicromegasErrorCodes.FeatureNotSupported, MicromegasErrorCodes.OutOfMemory });
                    refused++;
                }
            }
        }
        finally
        {
            File.Delete(path);
        }

        Assert.InRange(refused, 10, 60);
    }

    [Fact]
    public async Task A_missing_blob_loses_its_rows_with_a_warning()
    {
        await using var lake = await GoldenLake.CopyAsync("global");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(lake.Directory, "store", "blobs", GoldenLake.Lobby), "*", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        var (rows, warnings) = await WarningsAsync(lake, GoldenLake.Lobby);
        Assert.Equal(0, rows);
        Assert.Contains(warnings, static warning => warning.Contains("missing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Broken_blocks_are_warnings()
    {
        await using var lake = await GoldenLake.CopyAsync("global");
        var (rows, warnings) = await WarningsAsync(lake, GoldenLake.Odd);
        Assert.True(rows > 0);
        Assert.NotEmpty(warnings);
    }

    private async Task<MicromegasConnection> OpenAsync()
    {
        var connection = new MicromegasConnection(fixture.Lake.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static IEnumerable<string> Partitions(GoldenLake lake)
        => Directory.EnumerateFiles(Path.Combine(lake.Directory, "store", "views", "log_entries", "global"), "*.parquet", SearchOption.AllDirectories);

    private static async Task<(long Rows, List<string> Warnings)> WarningsAsync(GoldenLake lake, string process)
    {
        await using var connection = new MicromegasConnection(lake.ConnectionString);
        await connection.OpenAsync();
        var warnings = new System.Collections.Concurrent.ConcurrentQueue<string>();
        await using var command = connection.CreateCommand("SELECT * FROM view_instance('log_entries', @process)");
        command.Parameters.AddWithValue("process", process);
        command.InfoMessage += (_, e) => warnings.Enqueue(e.Info.Message);
        var rows = 0L;
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows++;
        }

        return (rows, [.. warnings]);
    }

    private static async Task ReadAllAsync(string connectionString, string sql)
    {
        await using var connection = new MicromegasConnection(connectionString);
        await connection.OpenAsync();
        await ReadAllAsync(connection, sql);
    }

    private static async Task ReadAllAsync(MicromegasConnection connection, string sql)
    {
        await using var reader = await connection.CreateCommand(sql).ExecuteReaderAsync();
        var values = new object[reader.FieldCount];
        while (await reader.ReadAsync())
        {
            reader.GetValues(values);
        }
    }
}
