using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization.Global;

/// <summary>How partitions of a global view come about (spec/lakehouse.md §3.1, §4.5): from their source, or from smaller partitions.</summary>
/// <param name="definition">The view set.</param>
/// <param name="updateGroup">Views of a lower group are made first.</param>
/// <param name="largestFromSource">Length in nanoseconds of the largest insert range that is made from the source at once.</param>
/// <param name="largestMerged">Length of the largest that is merged from smaller ones.</param>
internal abstract class GlobalView(ViewDefinition definition, int? updateGroup, long largestFromSource, long largestMerged)
{
    public ViewDefinition Definition { get; } = definition;

    /// <summary>Null for views that maintenance leaves alone.</summary>
    public int? UpdateGroup { get; } = updateGroup;

    public long LargestFromSource { get; } = largestFromSource;

    public long LargestMerged { get; } = largestMerged;

    /// <summary>Whether questions read the view's partitions; those of the others are written for upstream's sake.</summary>
    public virtual bool IsReadFromPartitions => true;

    /// <summary>Whether nobody but this library knows the view, so that it is ours to make even in a lake that upstream's services share.</summary>
    public bool IsOwn { get; init; }

    /// <summary>Whether the view's partitions in that lake are ours to make.</summary>
    public bool IsOurs(LakeHost lake) => IsOwn || lake.Sharing == LakeSharing.Exclusive;

    /// <summary>The blocks that the rows come from; null where partitions count something else.</summary>
    public abstract BlockSource? Source { get; }

    /// <summary>
    /// Whether partitions keep the rows of blocks that were deleted after they were made: then one that counts more than there is, is not made anew from what is left
    /// (spec/lakehouse.md §9.3: what was decoded survives, what was not goes).
    /// </summary>
    public virtual bool OutlivesItsSource => Source is not null;

    /// <summary>The source count of a bucket: when it changes the partition is made anew.</summary>
    public virtual async ValueTask<long> CountAsync(LakeHost lake, QueryContext context, LakeTimeRange bucket, CancellationToken ct)
    {
        BlockSource source = Source ?? throw new InvalidOperationException($"{Definition.Name} counts its source itself");
        return source.CountOf(await lake.Catalog.SumBlocksAsync(source.Within(bucket), ct).ConfigureAwait(false));
    }

    /// <summary>The rows of a bucket from the source.</summary>
    public abstract IAsyncEnumerable<PartitionRows> ExtractAsync(LakeHost lake, QueryContext context, LakeTimeRange bucket, CancellationToken ct);

    /// <summary>The rows of a bucket from the partitions that tile it, by their begin.</summary>
    public abstract IAsyncEnumerable<PartitionRows> MergeAsync(
        LakeHost lake, QueryContext context, LakeTimeRange bucket, IReadOnlyList<PartitionRecord> inputs, CancellationToken ct);

    /// <summary>Whether extracted rows come in the view's order.</summary>
    public virtual IReadOnlyList<string>? ExtractedOrder => Definition.SortOrder;

    /// <summary>The order of merged rows, decided by the inputs alone (spec/lakehouse.md §4.7).</summary>
    public virtual IReadOnlyList<string>? MergedOrder(IReadOnlyList<PartitionRecord> inputs) =>
        Definition.SortOrder is { } order && inputs.All(p => p.IsEmpty || Definition.IsSorted(p)) ? order : null;
}
