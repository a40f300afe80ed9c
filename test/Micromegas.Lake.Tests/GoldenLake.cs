using System.IO.Compression;
using System.Text.Json;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Sqlite;
using Micromegas.Lake.Catalogs.Transfer;

namespace Micromegas.Lake.Tests;

/// <summary>The recorded lakes of test/golden and ../shared.</summary>
internal static class GoldenLake
{
    public static string Repository { get; } = FindRepository();

    public static string Store { get; } = Path.Combine(Repository, "test", "golden", "lake", "store");

    public static string IngestStore { get; } = Path.Combine(Repository, "test", "golden", "ingest", "store");

    /// <summary>Folder of a recorded catalogue: global, jit, merged, ingest or bench.</summary>
    public static string CatalogFolder(string state) => state switch
    {
        "ingest" => Path.Combine(Repository, "test", "golden", "ingest", "catalog"),
        "bench" => Path.Combine(Repository, "..", "shared", "bench", "lake", "catalog"),
        _ => Path.Combine(Repository, "test", "golden", "lake", "catalog", state),
    };

    public static async Task<ILakeCatalog> OpenAsync(string state, LakeSharing? sharing = null)
    {
        SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(TimeProvider.System, default);
        await CatalogFolderImport(catalog, state, sharing);
        return catalog;
    }

    public static JsonElement[] Rows(string folder, string table)
    {
        using var stream = new GZipStream(File.OpenRead(Path.Combine(folder, table + ".jsonl.gz")), CompressionMode.Decompress);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
    }

    private static Task CatalogFolderImport(ILakeCatalog catalog, string state, LakeSharing? sharing) =>
        Micromegas.Lake.Catalogs.Transfer.CatalogFolder.ImportAsync(catalog, CatalogFolder(state), sharing, default);

    private static string FindRepository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Micromegas.Data.sln")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("the tests run outside the repository");
    }
}
