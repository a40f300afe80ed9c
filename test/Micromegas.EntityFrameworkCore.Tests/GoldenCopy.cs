using Micromegas.Data;

namespace Micromegas.EntityFrameworkCore.Tests;

/// <summary>A copy of the recorded lake (test/golden/README.md).</summary>
/// <param name="directory">Where it is made.</param>
/// <param name="state">The recorded state: global, jit, merged.</param>
internal sealed class GoldenCopy(string directory, string state)
{
    internal string Directory => directory;

    internal async Task CreateAsync()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Micromegas.Data.sln")))
        {
            folder = folder.Parent;
        }

        var golden = Path.Combine(folder?.FullName ?? throw new InvalidOperationException("The tests run outside the repository."), "test", "golden", "lake");
        foreach (var file in System.IO.Directory.EnumerateFiles(Path.Combine(golden, "store"), "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(directory, "store", Path.GetRelativePath(Path.Combine(golden, "store"), file));
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        await (await MicromegasLake.CreateAsync(directory)).ImportCatalogAsync(Path.Combine(golden, "catalog", state));
        await MicromegasLake.CloseAsync(directory);
    }

    internal async Task DeleteAsync()
    {
        await MicromegasLake.CloseAsync(directory);
        System.IO.Directory.Delete(directory, recursive: true);
    }
}
