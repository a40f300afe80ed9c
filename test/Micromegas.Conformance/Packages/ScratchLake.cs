using Micromegas.Data;
using Micromegas.Testing;

namespace Micromegas.Conformance.Packages;

/// <summary>A scratch folder; and in it a copy of the recorded lake, for another process.</summary>
public sealed class ScratchLake : IAsyncLifetime
{
    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "mmd-packages-" + Guid.NewGuid().ToString("N"));

    /// <summary>The lake.</summary>
    public string Lake => Path.Combine(Folder, "telemetry");

    public async Task InitializeAsync()
    {
        var store = Repository.PathOf("test", "golden", "lake", "store");
        foreach (var file in Directory.EnumerateFiles(store, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Lake, "store", Path.GetRelativePath(store, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        await (await MicromegasLake.CreateAsync(Lake)).ImportCatalogAsync(Repository.PathOf("test", "golden", "lake", "catalog", "global"));
        await MicromegasLake.CloseAsync(Lake);
    }

    public async Task DisposeAsync()
    {
        await MicromegasLake.CloseAsync(Lake);
        Directory.Delete(Folder, recursive: true);
    }
}
