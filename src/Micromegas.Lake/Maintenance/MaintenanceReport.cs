namespace Micromegas.Lake.Maintenance;

/// <summary>A view whose maintenance failed; the others went on.</summary>
/// <param name="ViewSet">The view.</param>
/// <param name="Error">What went wrong.</param>
public sealed record MaintenanceFailure(string ViewSet, Exception Error);

/// <summary>What a run of maintenance did.</summary>
public sealed record MaintenanceReport
{
    /// <summary>Partitions made from blocks or other views.</summary>
    public int PartitionsWritten { get; init; }

    /// <summary>Partitions made from smaller ones.</summary>
    public int PartitionsMerged { get; init; }

    /// <summary>Retired files whose grace was over.</summary>
    public int FilesDeleted { get; init; }

    /// <summary>Blocks that retention removed.</summary>
    public long BlocksDeleted { get; init; }

    /// <summary>Blocks that gave no rows before and do now.</summary>
    public long BlocksRecovered { get; init; }

    /// <summary>Views that could not be maintained.</summary>
    public IReadOnlyList<MaintenanceFailure> Failures { get; init; } = [];

    internal MaintenanceReport Plus(MaintenanceReport other) => new()
    {
        PartitionsWritten = PartitionsWritten + other.PartitionsWritten,
        PartitionsMerged = PartitionsMerged + other.PartitionsMerged,
        FilesDeleted = FilesDeleted + other.FilesDeleted,
        BlocksDeleted = BlocksDeleted + other.BlocksDeleted,
        BlocksRecovered = BlocksRecovered + other.BlocksRecovered,
        Failures = [.. Failures, .. other.Failures],
    };
}
