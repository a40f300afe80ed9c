using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Tables;

namespace Micromegas.Lake.Materialization;

/// <summary>Where the rows of a view instance are: together partitions, blocks and extracts hold every row once.</summary>
/// <param name="Partitions">Non-empty partitions to read, by (begin, path).</param>
/// <param name="Blocks">Blocks to decode.</param>
/// <param name="Chained">Of views whose events reach from block to block: the blocks to decode, by the partition that they would make.</param>
/// <param name="PartitionsPruned">Non-empty partitions that the wanted times exclude.</param>
internal sealed record ViewContent(IReadOnlyList<PartitionRecord> Partitions, IReadOnlyList<SourceBlock> Blocks, IReadOnlyList<JitPartition> Chained, int PartitionsPruned)
{
    /// <summary>Of views that a query defines: what the query is still to give.</summary>
    public IReadOnlyList<LiveExtract> Extracts { get; init; } = [];
}

/// <summary>What a question would read and make if it were asked now.</summary>
/// <param name="Partitions">Non-empty partitions that are there.</param>
/// <param name="LiveBlocks">Blocks that would be decoded for this question alone.</param>
/// <param name="BlocksToMaterialize">Blocks that would be decoded into partitions.</param>
/// <param name="PartitionsToMake">The partitions that would be written.</param>
internal sealed record ViewPreview(IReadOnlyList<PartitionRecord> Partitions, int LiveBlocks, int BlocksToMaterialize, int PartitionsToMake);

/// <summary>Finds out where the rows are, and first makes the partitions that should exist.</summary>
internal interface IContentSource
{
    ValueTask<ViewContent> PrepareAsync(ScanTimes times, QueryContext context, CancellationToken ct);

    /// <summary>The same for EXPLAIN: reads the catalogue only, decodes and writes nothing.</summary>
    ValueTask<ViewPreview> PreviewAsync(ScanTimes times, CancellationToken ct);
}
