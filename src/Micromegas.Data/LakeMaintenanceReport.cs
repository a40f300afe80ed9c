using Micromegas.Data.Execution;
using Micromegas.Lake.Maintenance;

namespace Micromegas.Data;

/// <summary>What a run of <see cref="LakeMaintenance"/> did.</summary>
public sealed record LakeMaintenanceReport
{
    /// <summary>Partitions made from blocks or from other views.</summary>
    public int PartitionsWritten { get; init; }

    /// <summary>Partitions made from smaller ones.</summary>
    public int PartitionsMerged { get; init; }

    /// <summary>Files of retired partitions that were deleted.</summary>
    public int FilesDeleted { get; init; }

    /// <summary>Blocks that retention removed.</summary>
    public long BlocksDeleted { get; init; }

    /// <summary>Blocks that gave no rows before (<c>failed_blocks()</c>) and do now.</summary>
    public long BlocksRecovered { get; init; }

    /// <summary>Views whose maintenance failed, by name, with the reason; the others were maintained all the same.</summary>
    public IReadOnlyDictionary<string, Exception> Failures { get; init; } = new Dictionary<string, Exception>();

    internal static LakeMaintenanceReport From(MaintenanceReport report)
    {
        var failures = new Dictionary<string, Exception>(StringComparer.Ordinal);
        foreach (var failure in report.Failures)
        {
            failures[failure.ViewSet] = Faults.TryTranslate(failure.Error, out var translated) ? translated : failure.Error;
        }
        return new LakeMaintenanceReport
        {
            PartitionsWritten = report.PartitionsWritten,
            PartitionsMerged = report.PartitionsMerged,
            FilesDeleted = report.FilesDeleted,
            BlocksDeleted = report.BlocksDeleted,
            BlocksRecovered = report.BlocksRecovered,
            Failures = failures,
        };
    }
}
