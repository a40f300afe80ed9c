using Micromegas.Columnar;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;

namespace Micromegas.Lake.Views;

/// <summary>What the instances of a view set stand for, other than <c>global</c>.</summary>
internal enum ViewInstanceKind
{
    /// <summary>There are none: <c>view_instance</c> does not know the view set.</summary>
    None,
    Process,
    Stream,
}

/// <summary>A view set: its columns, its identity in the catalogue and how questions about time translate (spec/lakehouse.md §3.1).</summary>
internal sealed record ViewDefinition
{
    public required string Name { get; init; }

    public required Schema Schema { get; init; }

    /// <summary>Partitions of another hash are of another version of the view and are never read.</summary>
    public required byte[] SchemaHash { get; init; }

    /// <summary>Column whose minimum bounds a partition from below; a question [b, e] wants rows where it is ≤ e.</summary>
    public required string MinTimeColumn { get; init; }

    /// <summary>Column whose maximum bounds a partition from above; a question [b, e] wants rows where it is ≥ b.</summary>
    public required string MaxTimeColumn { get; init; }

    /// <summary>Tag of the streams whose blocks the view is made of; null where it is not made of blocks' contents.</summary>
    public string? Tag { get; init; }

    public ViewInstanceKind Instances { get; init; }

    /// <summary>Whether upstream has no such view; its list of view sets does not show it then.</summary>
    public bool IsBeyondUpstream { get; init; }

    public bool HasGlobal { get; init; }

    public BlockOrder Order { get; init; }

    /// <summary>Makes a decoder that delivers the columns of a projection, for views whose blocks are decoded one by one.</summary>
    public Func<IReadOnlyList<int>, BlockDecoder>? CreateDecoder { get; init; }

    /// <summary>The same for views whose events reach from block to block.</summary>
    public Func<IReadOnlyList<int>, ChainDecoder>? CreateChainDecoder { get; init; }

    /// <summary>Whether the rows are events of blocks: an <c>insert_time</c> is that of the block then.</summary>
    public bool HasEvents => CreateDecoder is not null || CreateChainDecoder is not null;

    /// <summary>
    /// Ticks of a process that does not know its frequency are converted with one estimated from all of its blocks, instead of from each block by itself
    /// (spec/data-lake.md §6.4).
    /// </summary>
    public bool EstimatesClockFromProcess { get; init; }

    /// <summary>
    /// Column by which the rows of a partition are sorted when its record has a <c>max_sort_key_time</c>; such views record no <see cref="SortOrder"/>
    /// (spec/lakehouse.md §2.5, §6.4).
    /// </summary>
    public string? SortKey { get; init; }

    /// <summary>Columns by which partitions may be sorted; whether one is, <see cref="IsSorted"/> says.</summary>
    public IReadOnlyList<string> PartitionOrder => SortOrder ?? (SortKey is null ? [] : [SortKey]);

    /// <summary>Whether a partition's rows come in <see cref="PartitionOrder"/>.</summary>
    public bool IsSorted(PartitionRecord partition) => SortOrder is null
        ? SortKey is not null && partition.MaxSortKeyTime is not null
        : partition.SortOrder is { } sorted && sorted.Take(SortOrder.Count).SequenceEqual(SortOrder, StringComparer.Ordinal);

    /// <summary>
    /// Columns by which merges put rows together in lakes that only we use; of no consequence to readers, and not recorded. Null: merges keep the order of their
    /// inputs, or that of <see cref="SortOrder"/>.
    /// </summary>
    public IReadOnlyList<string>? ClusteredBy { get; init; }

    /// <summary>Columns by which every partition's rows are sorted.</summary>
    public IReadOnlyList<string>? SortOrder { get; init; }
}
