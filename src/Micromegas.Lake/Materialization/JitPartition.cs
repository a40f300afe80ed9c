using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization;

/// <summary>In which order the blocks of one just-in-time partition are read, and by which rules they are grouped (spec/lakehouse.md §5.3).</summary>
internal enum BlockOrder
{
    /// <summary>By insert time: rows of a block do not depend on other blocks.</summary>
    Insert,

    /// <summary>By ticks: spans may begin in one block and end in another.</summary>
    Event,
}

/// <summary>A partition of one process or stream as the blocks prescribe it; whether it exists already is another question.</summary>
/// <param name="Blocks">Its blocks in their order.</param>
/// <param name="InsertRange">First and last insert time of the blocks, both included.</param>
/// <param name="SourceCount">Objects of all blocks.</param>
internal sealed record JitPartition(IReadOnlyList<SourceBlock> Blocks, LakeTimeRange InsertRange, long SourceCount);
