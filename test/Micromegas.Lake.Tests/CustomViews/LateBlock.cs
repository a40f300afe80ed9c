using Micromegas.Lake.Catalogs;
using Micromegas.Storage;

namespace Micromegas.Lake.Tests.CustomViews;

/// <summary>A copy of a recorded block of log lines, as if it had come just now.</summary>
internal static class LateBlock
{
    /// <param name="lake">The lake.</param>
    /// <param name="insertTime">When it came; null for a moment after the last block.</param>
    /// <returns>How many lines it holds.</returns>
    public static async Task<int> AddAsync(LakeHost lake, long? insertTime)
    {
        IReadOnlyList<SourceBlock> blocks = await lake.Catalog.ListBlocksAsync(new BlockFilter { Tag = "log" }, default);
        SourceBlock some = blocks[0];
        BlockRecord late = some.Block with { BlockId = Guid.NewGuid(), InsertTime = insertTime ?? blocks.Max(b => b.Block.InsertTime) + 3_600_000_000_000 };
        await lake.Store.PutAsync(late.ObjectKey, await lake.Store.ReadAllAsync(some.Block.ObjectKey, default), PutMode.CreateOnly, default);
        await lake.Catalog.InsertAsync(new CatalogRows { Blocks = [late] }, stampInsertTime: false, default);
        return late.ObjectCount;
    }
}
