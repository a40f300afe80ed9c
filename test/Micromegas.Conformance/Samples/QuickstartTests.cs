using System.Globalization;
using System.Text.RegularExpressions;
using Micromegas.Data;
using Micromegas.Samples.Quickstart;

namespace Micromegas.Conformance.Samples;

/// <summary>The sample that the README sends newcomers to.</summary>
public sealed class QuickstartTests : IAsyncLifetime
{
    private readonly string directory = Path.Combine(Path.GetTempPath(), "mmd-quickstart-" + Guid.NewGuid().ToString("N"));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await MicromegasLake.CloseAsync(directory);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task It_tells_what_it_did_also_over_a_lake_that_it_has_filled_before()
    {
        for (int run = 1; run <= 2; run++)
        {
            var output = new StringWriter(CultureInfo.InvariantCulture);
            await Tour.RunAsync(directory, output);
            string text = output.ToString();

            // 600 players and two lines of opening and closing, a run.
            Assert.Matches($@"lobby-server +Info +{602 * run} lines, the latest at \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", text);
            Assert.Matches($@"match-client +Info +{2 * run} lines", text);
            Assert.Matches(@"first time: +\d+ lines; blocks decoded: 4, partitions written: 1,", text);
            Assert.Matches(@"second time: +\d+ lines; blocks decoded: 0, partitions written: 0,", text);
            Assert.Equal(
                Regex.Match(text, @"first time: +(\d+) lines").Groups[1].Value, Regex.Match(text, @"second time: +(\d+) lines").Groups[1].Value);
            Assert.Matches(@"canyon +\d+", text);
            Assert.Matches(@"frame_time \(ms\) +1000 values, average 1\d\.\d, highest 5\d\.\d", text);
            Assert.Equal(9, Regex.Count(text, @"store.blobs."));
            // More than two when an hour has closed meanwhile.
            Assert.InRange(Regex.Count(text, @"store.views.\w+.[^\n]*\.parquet"), 2, 4);
        }
    }
}
