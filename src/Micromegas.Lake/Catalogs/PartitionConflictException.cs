namespace Micromegas.Lake.Catalogs;

/// <summary>
/// A partition of the same instance and schema covers part of the range and was not retired: somebody else won the race (PostgreSQL's 23P01 on
/// <c>lakehouse_partitions_no_overlap</c>). Read the catalogue again and decide anew.
/// </summary>
internal sealed class PartitionConflictException(PartitionRecord attempted)
    : LakeException("40001", $"another partition of {attempted.ViewSet}/{attempted.InstanceId} overlaps the insert range of the new one")
{
    public PartitionRecord Attempted { get; } = attempted;
}
