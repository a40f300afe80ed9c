using Micromegas.Data;
using Microsoft.EntityFrameworkCore;

namespace Micromegas.EntityFrameworkCore.Tests;

/// <summary>The LINQ sample of README.md, which shows exactly the lines between the marks (Micromegas.Data.Tests compares them).</summary>
public class ReadmeSamples : IAsyncLifetime
{
    private readonly GoldenCopy _lake = new(Path.GetFullPath("telemetry"), "global");

    public Task InitializeAsync() => _lake.CreateAsync();

    public Task DisposeAsync() => _lake.DeleteAsync();

    [Fact]
    public async Task Linq()
    {
        Console.Lines.Clear();
        // sample: linq
        await using var telemetry = new MicromegasDbContext("Data Source=telemetry");
        var process = await telemetry.Processes.OrderBy(p => p.StartTime).FirstAsync(p => p.Exe == "/opt/arcade/bin/lobby-server");
        var targets = await telemetry.LogEntries(process.ProcessId)    // a view instance: only the blocks of this process are decoded
            .Where(e => e.Level <= TelemetryLevel.Warn && e.Time >= process.StartTime)
            .GroupBy(e => e.Target)
            .Select(g => new { Target = g.Key, Lines = g.Count(), Last = g.Max(e => e.Time) })
            .OrderByDescending(t => t.Lines)
            .ToListAsync();
        targets.ForEach(t => Console.WriteLine($"{t.Target}: {t.Lines} lines, the last at {t.Last}"));
        // end
        Assert.NotEmpty(Console.Lines);
        Assert.All(Console.Lines, static line => Assert.Matches(@"^\S+: [1-9]\d* lines, the last at 2026-11-22T16:5\d:\d\d\.\d{9}Z$", line));
    }

    /// <summary>Keeps what a sample prints.</summary>
    private static class Console
    {
        internal static List<string> Lines { get; } = [];

        internal static void WriteLine(string line) => Lines.Add(line);
    }
}
