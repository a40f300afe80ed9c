using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization;

/// <summary>The blocks that the rows of a view come from, and how its source counts count them (spec/lakehouse.md §4.5).</summary>
/// <param name="Tag">A tag of their streams, whose objects count; null for all blocks, which themselves count.</param>
internal sealed record BlockSource(string? Tag)
{
    /// <param name="insertRange">Insert times, end exclusive.</param>
    public BlockFilter Within(LakeTimeRange insertRange) => new() { Tag = Tag, InsertRange = insertRange };

    public long CountOf(BlockTotals totals) => Tag is null ? totals.Blocks : totals.Objects;

    public long CountOf(SourceBlock block) => Tag is null ? 1 : block.Block.ObjectCount;
}
