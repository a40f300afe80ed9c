namespace Micromegas.Data.Tests;

public sealed class TelemetryWriterTests : IAsyncLifetime
{
    private readonly string directory = Path.Combine(Path.GetTempPath(), "mmd-writer-" + Guid.NewGuid().ToString("N"));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await MicromegasLake.CloseAsync(directory);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task What_was_written_is_seen_by_queries()
    {
        var lake = await MicromegasLake.CreateAsync(directory);
        Guid process;
        var before = DateTime.UtcNow.AddMilliseconds(-100);
        await using (var writer = lake.CreateWriter(new TelemetryWriterOptions { Exe = "game", Properties = new Dictionary<string, string> { ["version"] = "7" } }))
        {
            process = writer.ProcessId;
            writer.Log(TelemetryLevel.Warn, "net", $"retry {1}", new Dictionary<string, string> { ["peer"] = "b" });
            writer.Measure("game", "score", "points", 12);
            writer.Measure("game", "debt", "points", -12);
            writer.Measure("game", "load", "1", 0.25);
            await writer.FlushAsync();
            writer.Log(TelemetryLevel.Info, "game", "over");
        }

        await using var connection = lake.CreateConnection();
        await connection.OpenAsync();
        var lines = new List<(string Exe, int Level, string Target, string Message, string Properties)>();
        await using (var reader = await connection.CreateCommand("SELECT exe, level, target, msg, properties, time, process_id FROM log_entries ORDER BY time").ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                lines.Add((reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.GetString(4)));
                Assert.InRange(reader.GetDateTime(5), before, DateTime.UtcNow.AddMilliseconds(100));
                Assert.Equal(process.ToString(), reader.GetString(6));
            }
        }

        Assert.Equal([("game", 3, "net", "retry 1", "{\"peer\":\"b\"}"), ("game", 4, "game", "over", "{}")], lines);
        var measures = new List<(string, double)>();
        await using (var reader = await connection.CreateCommand("SELECT name, value FROM measures ORDER BY time, name").ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                measures.Add((reader.GetString(0), reader.GetDouble(1)));
            }
        }

        Assert.Equal([("score", 12.0), ("debt", -12.0), ("load", 0.25)], measures);
    }

    [Fact]
    public async Task Failures_and_misuse_are_typed()
    {
        var lake = await MicromegasLake.CreateAsync(directory);
        Assert.Throws<ArgumentOutOfRangeException>(() => lake.CreateWriter(new TelemetryWriterOptions { FlushCount = 0 }));
        Assert.Throws<ArgumentException>(() => lake.CreateWriter(new TelemetryWriterOptions { Properties = new Dictionary<string, string> { ["micromegas.x"] = "" } }));
        var writer = lake.CreateWriter();
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Log((TelemetryLevel)7, "t", "m"));
        writer.Log(TelemetryLevel.Info, "t", "m");
        await MicromegasLake.CloseAsync(directory);
        Assert.Equal("08006", Assert.Throws<MicromegasException>(writer.Flush).SqlState);
        Assert.Equal("08006", Assert.Throws<MicromegasException>(writer.Dispose).SqlState);
        Assert.Throws<ObjectDisposedException>(() => writer.Measure("t", "n", "", 1));
    }
}
