using System.Text.RegularExpressions;
using Dapper;

namespace Micromegas.Data.Tests;

/// <summary>The samples of README.md, which shows exactly the lines between the marks; and the test that holds it to that.</summary>
public partial class ReadmeSamples : IAsyncLifetime
{
    private GoldenLake _lake = null!;

    public async Task InitializeAsync()
    {
        Console.Lines.Clear();
        _lake = await GoldenLake.CopyAsync("global", Path.GetFullPath("telemetry"));
    }

    public async Task DisposeAsync() => await _lake.DisposeAsync();

    [Fact]
    public async Task Ado()
    {
        // sample: ado
        await using var connection = new MicromegasConnection("Data Source=telemetry");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand("SELECT time, level, msg FROM log_entries WHERE level <= @level ORDER BY time LIMIT 10");
        command.Parameters.AddWithValue("level", (int)TelemetryLevel.Warn);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var time = reader.GetFieldValue<NanoTimestamp>(0);    // all nine digits; GetDateTime gives seven
            Console.WriteLine($"{time} {(TelemetryLevel)reader.GetInt32(1)}: {reader.GetString(2)}");
        }
        // end
        Assert.Equal(10, Console.Lines.Count);
        Assert.All(Console.Lines, static line => Assert.Matches(@"^2026-11-22T16:5\d:\d\d\.\d{9}Z (Fatal|Error|Warn): .", line));
    }

    [Fact]
    public async Task Dapper()
    {
        // sample: dapper
        await using var connection = new MicromegasConnection("Data Source=telemetry");
        var since = new DateTime(2026, 11, 22, 16, 54, 0, DateTimeKind.Utc);
        var programs = await connection.QueryAsync<(string Exe, long Lines, DateTime Last)>(
            "SELECT exe, count(*) AS lines, max(time) AS last FROM log_entries WHERE time >= @since GROUP BY exe ORDER BY lines DESC LIMIT 5",
            new { since });
        foreach (var (exe, lines, last) in programs)
        {
            Console.WriteLine($"{exe}: {lines} lines, the last at {last:HH:mm:ss}");
        }
        // end
        Assert.Equal(5, Console.Lines.Count);
        Assert.All(Console.Lines, static line => Assert.Matches(@"^\S.*: [1-9]\d* lines, the last at 16:5\d:\d\d$", line));
    }

    [Fact]
    public void Pages_show_what_tests_run()
    {
        var marks = new List<string>();
        string[] pages = ["README.md", "docs/connecting.md", "docs/cancellation.md", "docs/diagnostics.md", "docs/arrow.md"];
        foreach (var page in pages)
        {
            foreach (Match block in CodeBlocks().Matches(File.ReadAllText(Path.Combine(GoldenLake.Repository, page)).ReplaceLineEndings("\n")))
            {
                var (file, name) = (block.Groups["file"].Value, block.Groups["name"].Value);
                Assert.True(
                    file.StartsWith("test/", StringComparison.Ordinal) || file.StartsWith("samples/", StringComparison.Ordinal), $"{page}: code without a sample mark: {block.Value}");
                Assert.Equal(Sample(file, name), block.Groups["code"].Value);
                marks.Add(name);
            }
        }

        Assert.Superset(new HashSet<string> { "ado", "linq", "dapper", "cancel", "observe", "arrow" }, marks.ToHashSet());
    }

    /// <summary>The lines between the marks of a sample, moved to the left.</summary>
    private static string Sample(string file, string name)
    {
        var lines = File.ReadAllLines(Path.Combine(GoldenLake.Repository, file));
        var begin = Array.FindIndex(lines, line => line.Trim() == $"// sample: {name}");
        Assert.True(begin >= 0, $"{file} has no sample '{name}'");
        var indent = lines[begin].Length - lines[begin].TrimStart().Length;
        return string.Concat(lines.Skip(begin + 1).TakeWhile(static line => line.Trim() != "// end").Select(line => line[Math.Min(indent, line.Length)..] + "\n"));
    }

    [GeneratedRegex(@"(?:<!-- sample: (?<file>\S+) (?<name>\S+) -->\n+)?```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();

    /// <summary>Keeps what a sample prints.</summary>
    private static class Console
    {
        internal static List<string> Lines { get; } = [];

        internal static void WriteLine(string line) => Lines.Add(line);
    }
}
