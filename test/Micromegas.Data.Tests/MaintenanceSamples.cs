using System.Text.RegularExpressions;

namespace Micromegas.Data.Tests;

/// <summary>The samples of docs/maintenance.md, which shows exactly the lines between the marks.</summary>
public partial class MaintenanceSamples
{
    [Fact]
    public async Task Once()
    {
        await using var golden = await GoldenLake.CopyAsOursAsync();
        Assert.Equal(3, (await RunAsync(golden.Directory)).PartitionsWritten);
    }

    [Fact]
    public async Task Retention()
    {
        // sample: retention
        var options = new LakeMaintenanceOptions
        {
            Retention = new LakeRetention
            {
                MaximumAge = TimeSpan.FromDays(90),
                ByTag = new Dictionary<string, TimeSpan> { ["cpu"] = TimeSpan.FromDays(3), ["image"] = TimeSpan.FromDays(7) },
                ByProcess = [new LakeRetentionRule("stage", "production", TimeSpan.FromDays(365))],
                Sampler = async (sample, cancellationToken) => await sample.CountLogEntriesAsync("level <= 2", cancellationToken) > 0,
            },
        };
        // end
        await using var golden = await GoldenLake.CopyAsOursAsync();
        await using var maintenance = (await MicromegasLake.OpenAsync(golden.Directory)).CreateMaintenance(options);
        Assert.Equal(0, (await maintenance.PreviewRetentionAsync()).Blocks);
        Assert.True((await maintenance.RunOnceAsync()).BlocksDeleted > 0);
    }

    [Fact]
    public void The_guide_shows_what_tests_run()
    {
        var guide = File.ReadAllText(Path.Combine(GoldenLake.Repository, "docs", "maintenance.md")).ReplaceLineEndings("\n");
        var test = File.ReadAllText(Path.Combine(GoldenLake.Repository, "test", "Micromegas.Data.Tests", "MaintenanceSamples.cs")).ReplaceLineEndings("\n");
        var code = CodeBlocks().Matches(guide).Select(static block => block.Groups["code"].Value).ToArray();
        Assert.Equal(2, code.Length);
        Assert.All(code, block => Assert.Contains(Flat(block).Replace("\"telemetry\"", "directory", StringComparison.Ordinal), Flat(test), StringComparison.Ordinal));

        static string Flat(string text) => string.Join('\n', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<LakeMaintenanceReport> RunAsync(string directory)
    {
        var lake = await MicromegasLake.OpenAsync(directory);
        await using var maintenance = lake.CreateMaintenance();
        var report = await maintenance.RunOnceAsync();
        return report;
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();
}
