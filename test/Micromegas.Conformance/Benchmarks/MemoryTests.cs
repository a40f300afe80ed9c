using Micromegas.Benchmarks.Memory;
using Xunit.Abstractions;

namespace Micromegas.Conformance.Benchmarks;

/// <summary>Statements over inputs ten times larger than their memory limit keep to it, measured in a process each.</summary>
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const long Limit = 16 << 20;

    /// <summary>
    /// What a run on any machine must keep to, the goal itself; a buffer that is forgotten or doubled goes far beyond it. What managed objects the collector lets lie
    /// differs from run to run, so that of two runs the better one counts.
    /// </summary>
    private const double Most = MemoryReport.Goal;

    [Theory]
    [InlineData("aggregate, many groups")]
    [InlineData("sort, texts")]
    [InlineData("join, large build side")]
    [InlineData("join, texts")]
    [InlineData("window, one partition: running")]
    [InlineData("median, one group")]
    public void A_statement_keeps_to_its_limit(string name)
    {
        var statement = MemoryCase.All.Single(statement => statement.Name == name);
        var run = MemoryRun.Start(statement, Limit, threads: 1, file: null);
        if (run.ShareOf(Limit) > Most)
        {
            output.WriteLine($"{run}");
            run = MemoryRun.Start(statement, Limit, threads: 1, file: null);
        }

        output.WriteLine($"{run}");
        Assert.InRange(run.ShareOf(Limit), 0.05, Most);
        Assert.True(run.Spilled > Limit, $"{run}");
    }

    /// <summary>
    /// What the process has of the system, not only what the pool counts: freed blocks must not stay behind. Compiled code counts too, so that a small limit would say little.
    /// </summary>
    [Fact]
    public void What_is_freed_goes_back_to_the_system()
    {
        const long larger = 4 * Limit;
        var statement = MemoryCase.All.Single(static statement => statement.Name == "aggregate, numbers and texts");
        var run = MemoryRun.Start(statement with { RowBytes = 4 * statement.RowBytes }, larger, threads: 2, file: null);

        output.WriteLine($"{run}");
        Assert.InRange(run.ShareOf(larger), 0.05, Most);
        Assert.InRange(run.Resident, 0, Most * larger);
        Assert.True(run.Spilled > larger / 2, $"{run}");
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Every_statement_keeps_to_its_limit()
    {
        var text = new StringWriter();
        await MemoryReport.RunAsync(only: null, limits: [16], page: null, text);
        output.WriteLine(text.ToString());

        foreach (var line in text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            // A refusal (53200) is no number.
            var figure = line["16 MiB ".Length..].TrimStart()[34..].TrimStart().Split(' ')[0];
            Assert.True(double.TryParse(figure, System.Globalization.CultureInfo.InvariantCulture, out var share) && share <= Most, line);
        }
    }
}
