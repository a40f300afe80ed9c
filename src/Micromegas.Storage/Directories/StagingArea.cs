namespace Micromegas.Storage.Directories;

/// <summary>The folder, inside the store's root so that links work, where files wait until they are whole.</summary>
internal sealed class StagingArea(string root, bool flushToDisk)
{
    private const string FolderName = ".unfinished";

    // Long enough for any upload; what a killed process left behind goes then.
    private static readonly TimeSpan s_abandonedAfter = TimeSpan.FromDays(1);

    private readonly string _folder = Path.Combine(root, FolderName);
    private int _swept;

    public static bool Owns(string key) =>
        key.StartsWith(FolderName, StringComparison.Ordinal) && (key.Length == FolderName.Length || key[FolderName.Length] == '/');

    public StagedFile Create()
    {
        Directory.CreateDirectory(_folder);
        if (Interlocked.Exchange(ref _swept, 1) == 0)
        {
            RemoveAbandoned();
        }
        return new StagedFile(Path.Combine(_folder, Guid.NewGuid().ToString("N")), flushToDisk);
    }

    private void RemoveAbandoned()
    {
        DateTime oldest = DateTime.UtcNow - s_abandonedAfter;
        foreach (FileInfo file in new DirectoryInfo(_folder).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < oldest)
            {
                file.Delete();
            }
        }
    }
}
