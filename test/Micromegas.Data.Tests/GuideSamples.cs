using System.Diagnostics;
using System.Text.Json;
using Micromegas.Columnar;
using Micromegas.Data.Tests.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Micromegas.Data.Tests;

/// <summary>The code of the guide pages, which show exactly the lines between the marks (<see cref="ReadmeSamples"/> holds them to that).</summary>
public class GuideSamples(GoldenLakeFixture golden) : IClassFixture<GoldenLakeFixture>
{
    private string ConnectionString => golden.Lake.ConnectionString;

    // sample: row
    private sealed record Line(NanoTimestamp Time, TelemetryLevel Level, string? Msg);
    // end

    [Fact]
    public async Task Rows()
    {
        var connectionString = ConnectionString;
        var printed = new List<Line>();

        // sample: rows
        await using var source = MicromegasDataSource.Create(connectionString);
        await using var connection = await source.OpenConnectionAsync();
        await using var command = connection.CreateCommand("SELECT time, level, msg FROM log_entries WHERE level = ANY(@levels) ORDER BY time LIMIT 5");
        command.Parameters.AddWithValue("levels", new[] { TelemetryLevel.Error, TelemetryLevel.Warn });
        await foreach (var line in command.ExecuteRowsAsync<Line>())
        {
            printed.Add(line);
        }
        // end
        Assert.Equal(5, printed.Count);
        Assert.All(printed, static line => Assert.True(line.Level is TelemetryLevel.Error or TelemetryLevel.Warn));
    }

    [Fact]
    public async Task Json()
    {
        var connectionString = ConnectionString;
        using var output = new MemoryStream();

        // sample: json
        await using var connection = new MicromegasConnection(connectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand("SELECT exe, count(*) AS lines FROM log_entries GROUP BY exe ORDER BY lines DESC LIMIT 3");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = reader.ReadRowsAsync(static row => new Dictionary<string, object> { ["exe"] = row["exe"], ["lines"] = row["lines"] });
        await JsonSerializer.SerializeAsync(output, rows);
        // end
        using var document = JsonDocument.Parse(output.ToArray());
        Assert.Equal(3, document.RootElement.GetArrayLength());
        Assert.True(document.RootElement[0].GetProperty("lines").GetInt64() > 0);
    }

    [Fact]
    public async Task Several()
    {
        var connectionString = ConnectionString;

        // sample: batch
        await using var connection = new MicromegasConnection(connectionString);
        await connection.OpenAsync();
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add("SELECT count(*) FROM processes");
        batch.BatchCommands.Add("SELECT exe FROM processes WHERE process_id = @id").Parameters.AddWithValue("id", "5fff281d-7235-490f-b933-a5cb2f98c62d");
        await using var reader = await batch.ExecuteReaderAsync();
        await reader.ReadAsync();
        var processes = reader.GetInt64(0);
        await reader.NextResultAsync();
        await reader.ReadAsync();
        var exe = reader.GetString(0);
        // end
        Assert.True(processes > 1);
        Assert.Equal("/opt/arcade/bin/lobby-server", exe);
    }

    [Fact]
    public async Task Injection()
    {
        var connectionString = ConnectionString;

        // sample: injection
        var services = new ServiceCollection();
        services.AddMicromegasDataSource(connectionString);
        services.AddMicromegasDataSource("Data Source=archive;Mode=ReadOnly", serviceKey: "archive");
        // end
        await using var provider = services.BuildServiceProvider();
        await using var connection = provider.GetRequiredService<MicromegasConnection>();
        await connection.OpenAsync();
        Assert.Equal("archive", provider.GetRequiredKeyedService<MicromegasConnection>("archive").DataSource);
    }

    [Fact]
    public async Task Cancel()
    {
        await using var source = MicromegasDataSource.Create("");

        // sample: cancel
        await using var connection = await source.OpenConnectionAsync();
        await using var command = connection.CreateCommand("SELECT count(*) FROM generate_series(1, 1000000) AS a(i), generate_series(1, 1000000) AS b(i) WHERE a.i + b.i < 0");
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        try
        {
            await command.ExecuteScalarAsync(soon.Token);
        }
        catch (OperationCanceledException e) when (e.InnerException is MicromegasException { SqlState: MicromegasErrorCodes.QueryCanceled })
        {
            command.CommandText = "SELECT 1";    // the connection goes on
            await command.ExecuteScalarAsync();
        }
        // end
        Assert.Equal("SELECT 1", command.CommandText);
    }

    [Fact]
    public async Task Observe()
    {
        var connectionString = ConnectionString;
        using var loggerFactory = new RecordedLog(LogLevel.Warning);

        // sample: observe
        var builder = new MicromegasDataSourceBuilder(connectionString);
        builder.UseLoggerFactory(loggerFactory);
        builder.LogSlowQueries(TimeSpan.FromSeconds(1));
        await using var source = builder.Build();
        await using var command = source.CreateCommand("SELECT count(*) FROM log_entries");
        await command.ExecuteScalarAsync();

        await using var connection = await source.OpenConnectionAsync();
        await using var counted = connection.CreateCommand("SELECT count(*) FROM log_entries WHERE level <= 3");
        await counted.ExecuteScalarAsync();
        var statistics = counted.Statistics!;
        Trace.WriteLine($"{statistics.RowsScanned} rows scanned, {statistics.BytesRead} bytes read, {statistics.BlocksDecoded} blocks decoded");
        // end
        Assert.True(statistics.RowsReturned == 1);
    }

    [Fact]
    public async Task Arrow()
    {
        var connectionString = ConnectionString;
        var folder = System.IO.Directory.CreateTempSubdirectory("mmd-guide-").FullName;
        var file = Path.Combine(folder, "lines.parquet");
        using var network = new MemoryStream();

        // sample: arrow
        await using var connection = new MicromegasConnection(connectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand("SELECT time, level, target, msg FROM log_entries");
        var rows = await command.ExecuteArrowAsync(network);    // an Arrow IPC stream
        await command.ExportAsync(file);                        // .parquet, .csv, .arrow, .arrows
        // end
        Assert.True(rows > 0);
        network.Position = 0;

        // sample: batches
        var errors = 0;
        await using var reader = await command.ExecuteReaderAsync();
        await foreach (var batch in reader.ReadBatchesAsync())
        {
            foreach (var level in batch.GetValues<int>(1))
            {
                errors += level <= 2 ? 1 : 0;
            }
        }
        // end
        Assert.InRange(errors, 1, rows);

        // sample: arrow-read
        var read = 0L;
        await using var stream = await ArrowStreamReader.OpenAsync(network);
        while (await stream.ReadAsync() is { } arrow)
        {
            read += arrow.RowCount;
        }
        // end
        Assert.Equal(rows, read);
        await using var parquet = new MicromegasDataSourceBuilder().AddParquet("lines", file).Build();
        await using var count = parquet.CreateCommand("SELECT count(*) FROM lines WHERE level <= 2");
        Assert.Equal((long)errors, await count.ExecuteScalarAsync());
        System.IO.Directory.Delete(folder, recursive: true);
    }
}
