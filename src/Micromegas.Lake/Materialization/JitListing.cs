using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// Finds the blocks that a just-in-time view instance needs for a range of event times (spec/lakehouse.md §5.2): whole clock hours of insert time, so that the
/// grouping does not depend on the question.
/// </summary>
/// <remarks>The blocks come from the catalogue and not from the view <c>blocks</c>, so nothing waits for somebody to maintain that view.</remarks>
internal static class JitListing
{
    /// <param name="catalog">The lake's catalogue.</param>
    /// <param name="identity">Process and tag, or stream.</param>
    /// <param name="events">Event times of the question, both ends included; null for all.</param>
    /// <param name="ct">Cancels the listing.</param>
    public static async ValueTask<IReadOnlyList<SourceBlock>> ListAsync(
        ILakeCatalog catalog, BlockFilter identity, LakeTimeRange? events, CancellationToken ct)
    {
        BlockTotals touched = await catalog.SumBlocksAsync(identity with { EventRange = events }, ct).ConfigureAwait(false);
        if (touched.Blocks == 0)
        {
            return [];
        }
        long begin = CatalogTime.FloorToHour(touched.MinInsertTime);
        long end = CatalogTime.FloorToHour(touched.MaxInsertTime) + CatalogTime.NanosecondsPerHour;
        return await catalog.ListBlocksAsync(identity with { InsertRange = new LakeTimeRange(begin, end) }, ct).ConfigureAwait(false);
    }
}
