using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Views;

/// <summary>Blocks whose ticks follow each other without a gap (spec/data-lake.md §5.8).</summary>
/// <param name="Blocks">By (begin, end) of their ticks; at least one.</param>
internal sealed record BlockChain(IReadOnlyList<SourceBlock> Blocks)
{
    /// <summary>Cuts blocks that are in the order of their ticks into chains. Overlapping and touching blocks stay together.</summary>
    public static IEnumerable<BlockChain> Split(IReadOnlyList<SourceBlock> blocks)
    {
        var chain = new List<SourceBlock>();
        long end = long.MinValue;
        foreach (SourceBlock block in blocks)
        {
            if (chain.Count > 0 && block.Block.BeginTicks > end)
            {
                yield return new BlockChain(chain);
                chain = [];
                end = long.MinValue;
            }
            chain.Add(block);
            end = Math.Max(end, block.Block.EndTicks);
        }
        if (chain.Count > 0)
        {
            yield return new BlockChain(chain);
        }
    }
}
