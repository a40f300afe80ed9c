namespace Micromegas.Lake.Catalogs;

/// <summary>Which partitions are meant; an absent condition holds for all.</summary>
internal readonly record struct PartitionFilter
{
    public string? ViewSet { get; init; }
    public string? InstanceId { get; init; }
    public byte[]? SchemaHash { get; init; }

    /// <summary>Partitions whose insert range touches this one, ends inclusive.</summary>
    public LakeTimeRange? InsertRange { get; init; }

    /// <summary>Partitions whose event range touches this one, ends inclusive; empty partitions never do.</summary>
    public LakeTimeRange? EventRange { get; init; }
}
