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

    /// <summary>The lake in one of its recorded states: global, jit, merged.</summary>
    public static async Task<GoldenLake> CopyAsync(string state = "merged")
    {
        var golden = Path.Combine(Repository, "test", "golden", "lake");
        var directory = Path.Combine(Path.GetTempPath(), "mmd-data-" + Guid.NewGuid().ToString("N"));
        foreach (var file in System.IO.Directory.EnumerateFiles(Path.Combine(golden, "store"), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(directory, "store", Path.GetRelativePath(Path.Combine(golden, "store"), file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var lake = await MicromegasLake.CreateAsync(directory);
        await lake.ImportCatalogAsync(Path.Combine(golden, "catalog", state));
        return new GoldenLake(directory);
    }

    public async ValueTask DisposeAsync()
    {
        await MicromegasLake.CloseAsync(Directory);
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static string Repository { get; } = FindRepository();

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Micromegas.Data.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository.");
    }
}

/// <summary>One copy for all tests that only ask.</summary>
public sealed class GoldenLakeFixture : IAsyncLifetime
{
    public GoldenLake Lake { get; private set; } = null!;

    public async Task InitializeAsync() => Lake = await GoldenLake.CopyAsync();

    public async Task DisposeAsync() => await Lake.DisposeAsync();
}
