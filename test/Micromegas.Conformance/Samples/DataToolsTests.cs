using System.Globalization;
using Micromegas.Data;
using Micromegas.Samples.DataTools;

namespace Micromegas.Conformance.Samples;

/// <summary>The sample of tools that read a lake as they read any database.</summary>
public sealed class DataToolsTests : IAsyncLifetime
{
    private readonly string directory = Path.Combine(Path.GetTempPath(), "mmd-data-tools-" + Guid.NewGuid().ToString("N"));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await MicromegasLake.CloseAsync(directory);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Every_tool_finds_what_was_written()
    {
        var output = new StringWriter(CultureInfo.InvariantCulture);
        await Tools.RunAsync(directory, output);
        string text = output.ToString();

        Assert.Matches(@"Dapper: shop\.basket has 500 lines, the latest of \d{4}-\d\d-\d\dT[\d:.]+Z", text);
        Assert.Contains("Dapper: shop.payment has 500 lines", text, StringComparison.Ordinal);
        Assert.Contains("DataAdapter.Fill: 10 rows of time, msg", text, StringComparison.Ordinal);
        Assert.Matches(@"DataTable.Load: 10 rows, the first says Order \d00", text);
        Assert.Contains("Injection: 1000 lines", text, StringComparison.Ordinal);
        Assert.Contains("Keyed injection: 1000 lines", text, StringComparison.Ordinal);
        Assert.Matches(@"JSON: \[\{""Time"":""\d{4}-[^""]*Z"",""Target"":""shop\.basket"",""Msg"":""Order \d+""\},", text);
        Assert.Contains("Parallel.ForEachAsync: 100 questions found 100 lines", text, StringComparison.Ordinal);
    }
}
