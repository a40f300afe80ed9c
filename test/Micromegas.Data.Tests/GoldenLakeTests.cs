using System.Data;
using Dapper;

namespace Micromegas.Data.Tests;

/// <summary>The provider on the recorded lake, end to end.</summary>
public class GoldenLakeTests(GoldenLakeFixture fixture) : IClassFixture<GoldenLakeFixture>
{
    private async Task<MicromegasConnection> OpenAsync(string options = "")
    {
        var connection = new MicromegasConnection(fixture.Lake.ConnectionString + options);
        await connection.OpenAsync();
        return connection;
    }

    [Fact]
    public async Task Reads_a_global_view()
    {
        await using var connection = await OpenAsync();
        await using var command = connection.CreateCommand("SELECT time, level, target, msg, properties FROM log_entries WHERE process_id = @process ORDER BY time LIMIT 20");
        command.Parameters.AddWithValue("process", GoldenLake.Lobby);
        await using var reader = await command.ExecuteReaderAsync();
        Assert.Equal(["Timestamp(ns, \"+00:00\")", "Dictionary(Int32, Utf8)", "Int32", "Utf8"], new[] { 0, 2, 1, 3 }.Select(reader.GetDataTypeName));
        var rows = 0;
        var last = NanoTimestamp.MinValue;
        while (await reader.ReadAsync())
        {
            var time = reader.GetFieldValue<NanoTimestamp>(0);
            Assert.True(time >= last);
            Assert.InRange(reader.GetInt32(1), 1, 6);
            Assert.NotEmpty(reader.GetString(2));
            Assert.Equal('{', reader.GetString(4)[0]);
            last = time;
            rows++;
        }

        Assert.Equal(20, rows);
        await reader.CloseAsync();
        Assert.Equal(20, command.Statistics!.RowsReturned);
    }

    [Fact]
    public async Task Aggregates()
    {
        await using var connection = await OpenAsync(";Mode=ReadOnly");
        var total = Assert.IsType<long>(await connection.CreateCommand("SELECT count(*) FROM log_entries").ExecuteScalarAsync());
        var sum = 0L;
        await using var reader = await connection.CreateCommand("SELECT level, count(*) AS n FROM log_entries GROUP BY level ORDER BY level").ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            sum += reader.GetInt64(1);
        }

        Assert.True(total > 0);
        Assert.Equal(total, sum);
    }

    [Fact]
    public async Task A_view_instance_answers_twice_alike()
    {
        await using var lake = await GoldenLake.CopyAsync("global");
        await using var connection = new MicromegasConnection(lake.ConnectionString);
        await connection.OpenAsync();
        var command = connection.CreateCommand("SELECT count(*) FROM view_instance('log_entries', @process)");
        command.Parameters.AddWithValue("process", GoldenLake.Lobby);
        var first = await command.ExecuteScalarAsync();
        Assert.Equal(444L, first);
        Assert.True(command.Statistics!.BlocksDecoded > 0);
        Assert.True(command.Statistics.PartitionsWritten > 0);
        Assert.Equal(first, await command.ExecuteScalarAsync());
        Assert.Equal((0, 0), (command.Statistics.BlocksDecoded, command.Statistics.PartitionsWritten));
    }

    [Theory]
    [InlineData("log_entries")]
    [InlineData("measures")]
    public async Task Blocks_of_closed_hours_are_decoded_once(string view)
    {
        await using var lake = await GoldenLake.CopyAsOursAsync();
        await using var connection = new MicromegasConnection(lake.ConnectionString);
        await connection.OpenAsync();
        var command = connection.CreateCommand($"SELECT count(*) AS n, min(time) AS first, max(time) AS last FROM {view}");
        var first = await RowAsync(command);
        Assert.True(command.Statistics!.BlocksDecoded > 0 && command.Statistics.PartitionsWritten > 0);
        Assert.Equal(first, await RowAsync(command));
        Assert.Equal((0, 0), (command.Statistics.BlocksDecoded, command.Statistics.PartitionsWritten));
        await using var recorded = await OpenAsync();
        Assert.Equal(await RowAsync(recorded.CreateCommand(command.CommandText)), first);
    }

    private static async Task<object[]> RowAsync(MicromegasCommand command)
    {
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        var row = new object[reader.FieldCount];
        reader.GetValues(row);
        Assert.False(await reader.ReadAsync());
        return row;
    }

    [Fact]
    public async Task The_range_limits_views()
    {
        await using var connection = await OpenAsync();
        var all = (long)(await connection.CreateCommand("SELECT count(*) FROM log_entries").ExecuteScalarAsync())!;
        var command = connection.CreateCommand("SELECT count(*) FROM log_entries");
        command.Range = MicromegasRange.Parse("2026-11-22T16:55:50.996Z/2026-11-22T16:56:07.433Z");
        var some = (long)(await command.ExecuteScalarAsync())!;
        Assert.InRange(some, 1, all - 1);
    }

    [Fact]
    public async Task Half_read_readers_do_not_hold_up_others()
    {
        await using var connection = await OpenAsync(";Threads=1");
        var readers = new List<MicromegasDataReader>();
        for (var i = 0; i < 8; i++)
        {
            var reader = await connection.CreateCommand("SELECT * FROM log_entries").ExecuteReaderAsync();
            Assert.True(await reader.ReadAsync());
            readers.Add(reader);
        }

        var command = connection.CreateCommand("SELECT count(*) FROM measures");
        Assert.True((long)(await command.ExecuteScalarAsync())! > 0);
        foreach (var reader in readers)
        {
            await reader.DisposeAsync();
        }
    }

    [Fact]
    public async Task Dapper_maps_rows()
    {
        await using var connection = await OpenAsync();
        var rows = (await connection.QueryAsync<Line>(
            "SELECT time, level, target, msg FROM log_entries WHERE level <= @level ORDER BY time LIMIT 5", new { level = 3 })).ToList();
        Assert.NotEmpty(rows);
        Assert.All(rows, static row => Assert.InRange(row.Level, 1, 3));
        var names = await connection.QueryAsync<string>("SELECT DISTINCT exe FROM processes ORDER BY exe");
        Assert.NotEmpty(names);
    }

    [Fact]
    public async Task Schema_collections_describe_the_lake()
    {
        await using var connection = await OpenAsync();
        Assert.Contains(connection.GetSchema("Tables").Rows.Cast<DataRow>(), static row => (string)row["table_name"] == "log_entries");
        var columns = connection.GetSchema("Columns", [null, null, "measures", null]);
        Assert.Equal(14, columns.Rows.Count);
        Assert.NotEmpty(connection.GetSchema("ViewSets").Rows);
        Assert.NotEmpty(connection.GetSchema("Partitions", ["log_entries"]).Rows);
    }

    [Fact]
    public async Task Parallel_connections_of_one_data_source()
    {
        await using var source = MicromegasDataSource.Create(fixture.Lake.ConnectionString);
        var counts = new System.Collections.Concurrent.ConcurrentBag<long>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 20), async (_, token) =>
        {
            await using var connection = await source.OpenConnectionAsync(token);
            counts.Add((long)(await connection.CreateCommand("SELECT count(*) FROM log_entries").ExecuteScalarAsync(token))!);
        });
        Assert.Single(counts.Distinct());
    }

    [Fact]
    public async Task Catalogue_goes_out_and_in_again()
    {
        await using var lake = await GoldenLake.CopyAsync("jit");
        var exported = Path.Combine(lake.Directory, "export");
        await (await MicromegasLake.OpenAsync(lake.Directory)).ExportCatalogAsync(exported);
        var second = Path.Combine(lake.Directory, "second");
        await (await MicromegasLake.CreateAsync(second)).ImportCatalogAsync(exported);
        await using var connection = new MicromegasConnection($"Data Source={second}");
        await connection.OpenAsync();
        Assert.Equal(16L, await connection.CreateCommand("SELECT count(*) FROM processes").ExecuteScalarAsync());
        await MicromegasLake.CloseAsync(second);
    }

    private sealed class Line
    {
        public DateTime Time { get; set; }

        public int Level { get; set; }

        public string Target { get; set; } = "";

        public string Msg { get; set; } = "";
    }
}
