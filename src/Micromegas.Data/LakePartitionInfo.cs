using Micromegas.Lake.Administration;

namespace Micromegas.Data;

/// <summary>A partition of a view, as <see cref="LakeAdministration"/> tells of it.</summary>
public sealed record LakePartitionInfo
{
    internal LakePartitionInfo(PartitionInfo partition)
    {
        ViewSet = partition.ViewSet;
        InstanceId = partition.InstanceId;
        BeginInsertTime = new NanoTimestamp(partition.BeginInsertTime);
        EndInsertTime = new NanoTimestamp(partition.EndInsertTime);
        FilePath = partition.FilePath;
        FileSize = partition.FileSize;
        RowCount = partition.RowCount;
        SchemaHash = partition.SchemaHash;
    }

    /// <summary>The view set.</summary>
    public string ViewSet { get; }

    /// <summary><c>global</c>, or the id of a process or stream.</summary>
    public string InstanceId { get; }

    /// <summary>The first insert time of its blocks.</summary>
    public NanoTimestamp BeginInsertTime { get; }

    /// <summary>The end of their insert times: exclusive for global partitions, the last block's for others.</summary>
    public NanoTimestamp EndInsertTime { get; }

    /// <summary>The file below <c>store/</c>; null when the partition has no rows.</summary>
    public string? FilePath { get; }

    /// <summary>Bytes of the file.</summary>
    public long FileSize { get; }

    /// <summary>Rows.</summary>
    public long RowCount { get; }

    /// <summary>The version of the view that made it.</summary>
    public ReadOnlyMemory<byte> SchemaHash { get; }
}
