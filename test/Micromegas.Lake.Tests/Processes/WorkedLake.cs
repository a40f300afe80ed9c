using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tests.Tables;

namespace Micromegas.Lake.Tests.Processes;

/// <summary>A lake on which processes work, in a folder of its own or where it is said, and the truth about it.</summary>
internal sealed class WorkedLake(string? store = null, string catalog = "") : IDisposable
{
    private readonly ScratchFolder _folder = new();

    /// <summary>The origin of the clock that all share.</summary>
    public long Origin { get; } = DateTime.UtcNow.Ticks;

    public async Task CreateAsync()
    {
        await using LakeHost lake = await OpenAsync(LakeMode.ReadWriteCreate);
        IReadOnlyList<SourceBlock> sources = await SourcesAsync();
        await lake.Catalog.InsertAsync(
            new CatalogRows
            {
                Processes = sources.Select(b => b.Process).DistinctBy(p => p.ProcessId).ToArray(),
                Streams = sources.Select(b => b.Stream).DistinctBy(s => s.StreamId).ToArray(),
            },
            stampInsertTime: true,
            default);
        await lake.RunAsync(LakeWorker.CreateLinesPerBlock);
    }

    private string Store => store ?? _folder.Path;

    public ValueTask<LakeHost> OpenAsync(LakeMode mode) => AddressOf(Store, catalog).OpenAsync(mode, FastClock.Options(new FastClock(Origin)), default);

    public static LakeAddress AddressOf(string store, string catalog) => catalog.Length == 0 ? LakeAddress.OfDirectory(store) : LakeAddress.OfServices(store, catalog);

    /// <summary>Small recorded blocks of logs and measures, each object of which is a row.</summary>
    public static async Task<IReadOnlyList<SourceBlock>> SourcesAsync()
    {
        await using ILakeCatalog recorded = await GoldenLake.OpenAsync("global");
        return (await recorded.ListBlocksAsync(default, default)).Where(b =>
            b.Process.ProcessId == LakeWorker.Process && b.Stream.Tags!.Any(t => t is "log" or "metrics")).ToArray();
    }

    /// <summary>Starts this assembly as a process of its own and waits until it has opened the lake.</summary>
    public async Task<Process> StartAsync(int seed, double seconds)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? Environment.ProcessPath : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "exec", Assembly.GetExecutingAssembly().Location, Program.Command, Store, catalog, Origin.ToString(CultureInfo.InvariantCulture),
                seed.ToString(CultureInfo.InvariantCulture), seconds.ToString(CultureInfo.InvariantCulture),
            },
        };
        Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync();
        Assert.True(line == "ready", line ?? await process.StandardError.ReadToEndAsync());
        return process;
    }

    /// <summary>Every block that is there has all of its rows once, in the global views, in those of its process, and in the views that are made of them.</summary>
    public static async Task AssertSoundAsync(LakeHost lake)
    {
        foreach ((string view, string tag) in (IEnumerable<(string, string)>)[("log_entries", "log"), ("measures", "metrics")])
        {
            IReadOnlyList<SourceBlock> blocks = await lake.Catalog.ListBlocksAsync(new BlockFilter { Tag = tag }, default);
            LakeWorker.Compare(view, blocks, blocks, (await lake.ReadViewAsync(view)).Rows);
            if (await lake.Catalog.FindProcessAsync(LakeWorker.Process, default) is null)
            {
                // The workers ended before their first block came in: there is no such instance.
                Assert.Empty(blocks);
                continue;
            }
            LakeWorker.Compare(view, blocks, blocks, (await lake.ReadInstanceAsync(view, LakeWorker.Process.ToString("D"))).Rows);
        }
        await LakeWorker.CompareLinesAsync(lake);
    }

    public void Dispose() => _folder.Dispose();
}
