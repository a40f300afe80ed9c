using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// Finds the blocks that a just-in-time view instance needs for a range of event times (spec/lakehouse.md §5.2): whole clock hours of insert time, so that the
/// grouping does not depend on the question.
/// </summary>
/// <remarks>The blocks come from the catalogue and not from the view <c>blocks</c>, so nothing waits for somebody to maintain that view.</remarks>
internal static class JitListing
{
    /// <summary>The hours of insert time that hold blocks of the events in question; null when there are none.</summary>
    /// <param name="catalog">The lake's catalogue.</param>
    /// <param name="identity">Process and tag, or stream.</param>
    /// <param name="events">Event times of the question, both ends included; null for all.</param>
    /// <param name="ct">Cancels the look-up.</param>
    public static async ValueTask<LakeTimeRange?> FindHoursAsync(ILakeCatalog catalog, BlockFilter identity, LakeTimeRange? events, CancellationToken ct)
    {
        BlockTotals touched = await catalog.SumBlocksAsync(identity with { EventRange = events }, ct).ConfigureAwait(false);
        return touched.Blocks == 0 ? null : new LakeTimeRange(
            CatalogTime.FloorToHour(touched.MinInsertTime), CatalogTime.FloorToHour(touched.MaxInsertTime) + CatalogTime.NanosecondsPerHour);
    }

    /// <summary>All blocks of the identity in the hours, whatever their event times.</summary>
    public static ValueTask<IReadOnlyList<SourceBlock>> ListAsync(ILakeCatalog catalog, BlockFilter identity, LakeTimeRange hours, CancellationToken ct) =>
        catalog.ListBlocksAsync(identity with { InsertRange = hours }, ct);

    /// <summary>Sums over listed blocks, as the catalogue computes them.</summary>
    public static BlockTotals Sum(IReadOnlyList<SourceBlock> blocks) => blocks.Count == 0 ? default : new BlockTotals(
        blocks.Count, blocks.Sum(b => (long)b.Block.ObjectCount), blocks.Min(b => b.Block.InsertTime), blocks.Max(b => b.Block.InsertTime));
}
