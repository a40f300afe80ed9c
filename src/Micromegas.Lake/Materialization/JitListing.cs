using System.Runtime.CompilerServices;
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

    /// <summary>
    /// All blocks of the identity in the hours, whatever their event times: as many whole hours at once as hold about <paramref name="most"/> blocks. So a question about
    /// a day of a small process lists its blocks once, one about a year of a busy process does not hold all of them at a time.
    /// </summary>
    /// <param name="catalog">The lake's catalogue.</param>
    /// <param name="identity">Process and tag, or stream.</param>
    /// <param name="hours">Whole hours of insert time.</param>
    /// <param name="count">How many blocks there are in them, about.</param>
    /// <param name="most">Blocks that are listed at once, unless a single hour holds more.</param>
    /// <param name="ct">Cancels the look-up.</param>
    public static async IAsyncEnumerable<(LakeTimeRange Hours, IReadOnlyList<SourceBlock> Blocks)> ListAsync(
        ILakeCatalog catalog, BlockFilter identity, LakeTimeRange hours, long count, long most, [EnumeratorCancellation] CancellationToken ct)
    {
        LakeTimeRange window = hours;
        if (count > most)
        {
            long blocks = 0;
            foreach (HourTotals hour in await catalog.SumBlocksPerHourAsync(identity with { InsertRange = hours }, ct).ConfigureAwait(false))
            {
                if (blocks > 0 && blocks + hour.Totals.Blocks > most)
                {
                    var full = new LakeTimeRange(window.Begin, hour.Hour);
                    yield return (full, await catalog.ListBlocksAsync(identity with { InsertRange = full }, ct).ConfigureAwait(false));
                    window = new LakeTimeRange(hour.Hour, hours.End);
                    blocks = 0;
                }
                blocks += hour.Totals.Blocks;
            }
        }
        yield return (window, await catalog.ListBlocksAsync(identity with { InsertRange = window }, ct).ConfigureAwait(false));
    }

    /// <summary>Sums over listed blocks, as the catalogue computes them, added to those of the blocks before.</summary>
    public static BlockTotals Add(BlockTotals before, IReadOnlyList<SourceBlock> blocks) => blocks.Count == 0 ? before : new BlockTotals(
        before.Blocks + blocks.Count,
        before.Objects + blocks.Sum(b => (long)b.Block.ObjectCount),
        before.Blocks == 0 ? blocks.Min(b => b.Block.InsertTime) : before.MinInsertTime,
        blocks.Max(b => b.Block.InsertTime));
}
