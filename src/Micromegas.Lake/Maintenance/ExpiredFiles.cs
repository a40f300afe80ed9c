using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Maintenance;

/// <summary>Deletes files of retired partitions when nobody can be reading them any more (spec/lakehouse.md §4.9).</summary>
internal static class ExpiredFiles
{
    private const int BatchSize = 1000;

    /// <summary>Objects first, then the rows: what is interrupted in between is done again, and an object that is gone is no error.</summary>
    public static async ValueTask<int> DeleteAsync(LakeHost lake, CancellationToken ct)
    {
        int deleted = 0;
        while (true)
        {
            IReadOnlyList<TemporaryFile> expired =
                await lake.Catalog.ListExpiredFilesAsync(CatalogTime.Now(lake.Options.TimeProvider), BatchSize, ct).ConfigureAwait(false);
            if (expired.Count == 0)
            {
                return deleted;
            }
            string[] paths = expired.Select(f => f.FilePath).ToArray();
            await lake.Store.DeleteAsync(paths, ct).ConfigureAwait(false);
            await lake.Catalog.ForgetTemporaryFilesAsync(paths, ct).ConfigureAwait(false);
            deleted += expired.Count;
        }
    }
}
