using Micromegas.Benchmarks.Memory;
using Xunit.Abstractions;

namespace Micromegas.Conformance.Benchmarks;

/// <summary>Statements over inputs ten times larger than their memory limit keep to it, measured in a process each.</summary>
public sealed class MemoryTests(ITestOutputHelper output)
{
    private const long Limit = 16 << 20;

    /// <summary>What a short run on any machine must keep to; a buffer that is forgotten or doubled goes far beyond it. The goal itself is for the long run.</summary>
    private const double Slack = 1.6;

    [Theory]
    [InlineData("aggregate, many groups")]
    [InlineData("sort, texts")]
    [InlineData("join, large build side")]
    [InlineData("window, many partitions")]
    public void A_statement_keeps_to_its_limit(string name)
    {
        var run = MemoryRun.Start(MemoryCase.All.Single(statement => statement.Name == name), Limit, threads: 1, file: null);

        output.WriteLine($"{run}");
        Assert.InRange(run.ShareOf(Limit), 0.05, Slack);
        Assert.True(run.Spilled > Limit, $"{run}");
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Every_statement_keeps_to_its_limit_or_says_which_operator_does_not()
    {
        var text = new StringWriter();
        await MemoryReport.RunAsync(only: null, limits: [16], page: null, text);
        output.WriteLine(text.ToString());

        foreach (var line in text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var figure = line["16 MiB ".Length..].TrimStart()[34..].TrimStart();
            Assert.True(
                figure.StartsWith("53200: ", StringComparison.Ordinal) || double.Parse(figure.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) < Slack,
                line);
        }
    }
}
