using Micromegas.Lake;

namespace Micromegas.Data.Tests;

/// <summary>A copy of the recorded lake (test/golden/README.md) that a test may write to; goes with it.</summary>
public sealed class GoldenLake : IAsyncDisposable
{
    private GoldenLake(string directory) => Directory = directory;

    /// <summary>Process <c>lobby</c> of facts.json.</summary>
    public const string Lobby = "5fff281d-7235-490f-b933-a5cb2f98c62d";

    /// <summary>Process <c>match</c> of facts.json.</summary>
    public const string Match = "0711ebbd-ca15-4a79-b52b-0e1345291960";

    public string Directory { get; }

    public string ConnectionString => $"Data Source={Directory}";

    /// <summary>Process <c>odd</c> of facts.json; some of its blocks are broken.</summary>
    public const string Odd = "119a72d1-74c9-4f6a-8c01-1cdd9474031b";

    /// <summary>The lake in one of its recorded states: global, jit, merged.</summary>
    /// <param name="state">The state.</param>
    /// <param name="directory">Where the copy is made; a scratch folder when null.</param>
    public static async Task<GoldenLake> CopyAsync(string state = "merged", string? directory = null)
    {
        var lake = await CopyObjectsAsync(directory);
        await (await MicromegasLake.OpenAsync(lake.Directory)).ImportCatalogAsync(Path.Combine(Golden, "catalog", state));
        return lake;
    }

    /// <summary>The recorded blocks as a lake that nobody else writes, without partitions, a day after they were recorded.</summary>
    public static async Task<GoldenLake> CopyAsOursAsync()
    {
        var lake = await CopyObjectsAsync(null);
        await MicromegasLake.CloseAsync(lake.Directory);
        var catalog = System.IO.Directory.CreateDirectory(Path.Combine(lake.Directory, "catalog")).FullName;
        foreach (var file in System.IO.Directory.EnumerateFiles(Path.Combine(Golden, "catalog", "global")))
        {
            if (!Path.GetFileName(file).StartsWith("lakehouse_partitions", StringComparison.Ordinal))
            {
                File.Copy(file, Path.Combine(catalog, Path.GetFileName(file)));
            }
        }

        // Connections find the host that is open: the one with this clock.
        var host = await LakeHosts.GetAsync(lake.Directory, LakeMode.ReadWrite, new LakeOptions { TimeProvider = new NextDay() }, default);
        await host.ImportCatalogAsync(catalog, LakeSharing.Exclusive, default);
        return lake;
    }

    private static async Task<GoldenLake> CopyObjectsAsync(string? directory)
    {
        var golden = Golden;
        directory ??= Path.Combine(Path.GetTempPath(), "mmd-data-" + Guid.NewGuid().ToString("N"));
        foreach (var file in System.IO.Directory.EnumerateFiles(Path.Combine(golden, "store"), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(directory, "store", Path.GetRelativePath(Path.Combine(golden, "store"), file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        await MicromegasLake.CreateAsync(directory);
        return new GoldenLake(directory);
    }

    public async ValueTask DisposeAsync()
    {
        await MicromegasLake.CloseAsync(Directory);
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>The repository's root.</summary>
    public static string Repository { get; } = FindRepository();

    private static string Golden => Path.Combine(Repository, "test", "golden", "lake");

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Micromegas.Data.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }

    private sealed class NextDay : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    }
}

/// <summary>One copy for all tests that only ask.</summary>
public sealed class GoldenLakeFixture : IAsyncLifetime
{
    public GoldenLake Lake { get; private set; } = null!;

    public async Task InitializeAsync() => Lake = await GoldenLake.CopyAsync();

    public async Task DisposeAsync() => await Lake.DisposeAsync();
}
