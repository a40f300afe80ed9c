using System.Text;
using System.Text.Json;
using Micromegas.Data;

namespace Micromegas.Samples.DataTools;

/// <summary>System.Text.Json writes rows while they are read: memory stays bounded however many there are.</summary>
internal static class WithJson
{
    public static async Task RunAsync(string connectionString, TextWriter output)
    {
        await using var connection = new MicromegasConnection(connectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand("SELECT time, target, msg FROM log_entries WHERE level <= @level ORDER BY time LIMIT 3");
        command.Parameters.AddWithValue("level", TelemetryLevel.Error);
        using var text = new MemoryStream();
        await JsonSerializer.SerializeAsync(text, command.ExecuteRowsAsync<Line>());
        output.WriteLine($"JSON: {Encoding.UTF8.GetString(text.ToArray())}");
    }

    private sealed record Line(DateTime Time, string Target, string Msg);
}
