namespace Micromegas.Golden.Lakes;

/// <summary>A recorded lake's store, copied to a folder of its own, since questions write partitions; deleted in the end.</summary>
internal sealed class ScratchCopy : IDisposable
{
    private ScratchCopy(string folder, string catalog)
    {
        Folder = folder;
        Catalog = catalog;
    }

    /// <summary>The copy: <c>store/</c> and nothing else yet.</summary>
    public string Folder { get; }

    /// <summary>The recorded catalogue tables, one <c>.jsonl.gz</c> each.</summary>
    public string Catalog { get; }

    /// <summary>Copies a lake.</summary>
    /// <param name="lake">The folder with <c>store/</c> and <c>catalog/</c>.</param>
    /// <param name="state">The catalogue state; not looked at where the tables lie in <c>catalog/</c> itself.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such lake or state.</exception>
    public static ScratchCopy Of(string lake, string state)
    {
        var store = Path.Combine(lake, "store");
        if (!Directory.Exists(store))
        {
            throw new DirectoryNotFoundException($"{lake} holds no store.");
        }

        var tables = CatalogFolder(lake, state);
        var folder = Directory.CreateTempSubdirectory("micromegas-golden-").FullName;
        CopyFolder(store, Path.Combine(folder, "store"));
        return new(folder, tables);
    }

    /// <summary>Whether a lake's tables lie in <c>catalog/</c> itself, so that it has one state without a name.</summary>
    public static bool HasOneState(string lake) => Directory.EnumerateFiles(Path.Combine(lake, "catalog"), "*.jsonl.gz").Any();

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string CatalogFolder(string lake, string state)
    {
        var catalog = Path.Combine(lake, "catalog");
        var folder = HasOneState(lake) ? catalog : Path.Combine(catalog, state);
        return Directory.Exists(folder) ? folder : throw new DirectoryNotFoundException($"{lake} has no catalogue state '{state}'.");
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            // Recorded files may be read-only; a lake deletes files, so the copies must not be.
            var copy = Path.Combine(to, Path.GetFileName(file));
            File.Copy(file, copy);
            File.SetAttributes(copy, FileAttributes.Normal);
        }

        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            CopyFolder(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}
