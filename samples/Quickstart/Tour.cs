using System.Data.Common;
using System.Globalization;
using Dapper;
using Micromegas.Data;
using Micromegas.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Micromegas.Samples.Quickstart;

/// <summary>Writes the telemetry of two small programs into a lake, and asks for it with ADO.NET, LINQ and Dapper.</summary>
public static class Tour
{
    /// <summary>Goes the whole way.</summary>
    /// <param name="directory">Where the lake is, or will be.</param>
    /// <param name="output">Takes what was found.</param>
    public static async Task RunAsync(string directory, TextWriter output)
    {
        MicromegasLake lake = await MicromegasLake.CreateAsync(directory);
        string[] filesBefore = Files(lake);
        output.WriteLine($"The lake is {lake.Directory}; it holds {filesBefore.Length} files.");

        Guid server = await LobbyServer.RunAsync(lake);
        Guid client = await MatchClient.RunAsync(lake, parent: server);
        output.WriteLine($"Two programs wrote telemetry: lobby-server {server} and match-client {client}.");

        await using MicromegasConnection connection = lake.CreateConnection();
        await connection.OpenAsync();
        await AskGlobalViewAsync(connection, output);
        await AskViewInstanceTwiceAsync(connection, server, output);
        await AskWithLinqAsync(connection.ConnectionString, server, output);
        await AskWithDapperAsync(connection, client, output);

        output.WriteLine();
        output.WriteLine("Files that appeared:");
        foreach (string file in Files(lake).Except(filesBefore))
        {
            output.WriteLine($"  {new FileInfo(Path.Combine(lake.Directory, file)).Length,9:N0}  {file}");
        }
    }

    private static async Task AskGlobalViewAsync(MicromegasConnection connection, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("The global view: log lines of all programs that ever wrote to this lake (ADO.NET)");
        await using MicromegasCommand command = connection.CreateCommand(
            "SELECT exe, level, count(*) AS lines, max(time) AS latest FROM log_entries GROUP BY exe, level ORDER BY exe, level");
        await using (DbDataReader reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                var level = (TelemetryLevel)reader.GetInt32(1);
                // Nine digits: nanoseconds are kept from end to end.
                NanoTimestamp latest = reader.GetFieldValue<NanoTimestamp>(3);
                output.WriteLine($"  {reader.GetString(0),-12}  {level,-5}  {reader.GetInt64(2),6} lines, the latest at {latest}");
            }
        }
        output.WriteLine($"  {Work(command)}");
    }

    private static async Task AskViewInstanceTwiceAsync(MicromegasConnection connection, Guid process, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("A view instance: the log of lobby-server alone. Asking decodes its blocks once; what came of it is kept.");
        foreach (string time in (string[])["first", "second"])
        {
            await using MicromegasCommand command = connection.CreateCommand("SELECT count(*) FROM view_instance('log_entries', @process)");
            command.Parameters.AddWithValue("@process", process.ToString());
            object? lines = await command.ExecuteScalarAsync();
            output.WriteLine($"  {time + " time:",-12} {lines} lines; {Work(command)}");
        }
    }

    private static async Task AskWithLinqAsync(string connectionString, Guid process, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("Errors of lobby-server by map (LINQ)");
        await using var context = new MicromegasDbContext(connectionString);
        var query = context.LogEntries(process)
            .Where(line => line.Level <= TelemetryLevel.Error)
            .GroupBy(line => line.Properties["map"])
            .Select(group => new { Map = group.Key, Lines = group.Count() })
            .OrderByDescending(map => map.Lines).ThenBy(map => map.Map);
        await foreach (var map in query.AsAsyncEnumerable())
        {
            output.WriteLine($"  {map.Map,-12} {map.Lines,6}");
        }
    }

    private static async Task AskWithDapperAsync(MicromegasConnection connection, Guid process, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("What match-client measured (Dapper)");
        IEnumerable<Summary> summaries = await connection.QueryAsync<Summary>(
            """
            SELECT name, unit, count(*) AS count, avg(value) AS average, max(value) AS highest
            FROM view_instance('measures', @process)
            GROUP BY name, unit
            ORDER BY name
            """,
            new { process = process.ToString() });
        foreach (Summary summary in summaries)
        {
            string name = summary.Unit.Length == 0 ? summary.Name : $"{summary.Name} ({summary.Unit})";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {name,-16} {summary.Count,6} values, average {summary.Average:F1}, highest {summary.Highest:F1}"));
        }
    }

    private static string Work(MicromegasCommand command)
    {
        MicromegasStatistics work = command.Statistics!;
        return $"blocks decoded: {work.BlocksDecoded}, partitions written: {work.PartitionsWritten}, partitions read: {work.PartitionsRead}";
    }

    private static string[] Files(MicromegasLake lake) =>
        [.. Directory.EnumerateFiles(lake.Directory, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(lake.Directory, path)).Order(StringComparer.Ordinal)];

    private sealed class Summary
    {
        public string Name { get; set; } = "";
        public string Unit { get; set; } = "";
        public long Count { get; set; }
        public double Average { get; set; }
        public double Highest { get; set; }
    }
}
