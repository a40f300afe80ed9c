namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>A piece of a grouping set that is merged for itself.</summary>
/// <param name="Set">The grouping set.</param>
/// <param name="Partition">The partition; -1 = all tables of the set, or <see cref="AggregatePart.Table"/>.</param>
/// <param name="Level">How often the groups were split before; -1 = never.</param>
/// <param name="Sources">Where the partition's groups are.</param>
internal sealed record AggregatePart(int Set, int Partition, int Level, IReadOnlyList<AggregatePartitions> Sources)
{
    /// <summary>The table that is the piece; null where there is something to merge.</summary>
    public AggregateTable? Table { get; init; }

    /// <summary>Where the partition's groups and rows are that were split before they were grouped.</summary>
    public IReadOnlyList<RadixSplit> Splits { get; init; } = [];

    /// <summary>Tells which groups of the table are another's already; null where all are its own.</summary>
    public AggregateOverlap? Overlap { get; init; }

    public static IEnumerable<AggregatePart> Of(AggregateSpec spec, int set, int level, IReadOnlyList<AggregatePartitions> sources) =>
        // Without keys there is one group, in the first partition.
        Enumerable.Range(0, spec.Sets[set].Count == 0 ? 1 : AggregatePartitions.Count).Select(partition => new AggregatePart(set, partition, level, sources));
}
