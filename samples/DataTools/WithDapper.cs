using Dapper;
using Micromegas.Data;

namespace Micromegas.Samples.DataTools;

/// <summary>Dapper: rows as objects, parameters from a list.</summary>
internal static class WithDapper
{
    public static async Task RunAsync(string connectionString, TextWriter output)
    {
        await using var connection = new MicromegasConnection(connectionString);
        var targets = await connection.QueryAsync<TargetLines>(
            "SELECT target, count(*) AS lines, max(time) AS latest FROM log_entries WHERE level IN @levels GROUP BY target ORDER BY target",
            new { levels = new[] { (int)TelemetryLevel.Error, (int)TelemetryLevel.Info } });
        foreach (TargetLines target in targets)
        {
            output.WriteLine($"Dapper: {target.Target} has {target.Lines} lines, the latest of {target.Latest:O}");
        }
    }

    private sealed class TargetLines
    {
        public string Target { get; set; } = "";

        public long Lines { get; set; }

        public DateTime Latest { get; set; }
    }
}
