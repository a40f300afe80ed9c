using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>
/// Rows of one or more whole partitions in order, known by their ids in the row store. Rows are numbered from 0 within the block.
/// </summary>
internal sealed unsafe class WindowBlock : IDisposable
{
    /// <summary>Ids of the rows; behind <see cref="Count"/> lie rows of the next block.</summary>
    public NativeList<int> Ids { get; } = new();

    /// <summary>First row of each partition.</summary>
    public NativeList<int> PartitionStarts { get; } = new();

    /// <summary>Number of the first group of peers of each partition.</summary>
    public NativeList<int> PartitionGroups { get; } = new();

    /// <summary>First row of each group of peers.</summary>
    public NativeList<int> GroupStarts { get; } = new();

    /// <summary>Rows of the block.</summary>
    public int Count { get; set; }

    /// <summary>Partitions of the block.</summary>
    public int PartitionCount { get; set; }

    /// <summary>Values of the order key, where a frame counts from them.</summary>
    public IRangeKeys? RangeKeys { get; init; }

    public long Bytes => Ids.Bytes + PartitionStarts.Bytes + PartitionGroups.Bytes + GroupStarts.Bytes + (RangeKeys?.Bytes ?? 0);

    public int PartitionStart(int partition) => partition < PartitionCount ? PartitionStarts[partition] : Count;

    public int PartitionGroup(int partition) => partition < PartitionStarts.Count ? PartitionGroups[partition] : GroupStarts.Count;

    public int GroupStart(int group) => group < GroupStarts.Count ? Math.Min(GroupStarts[group], Count) : Count;

    /// <summary>Forgets the rows of the block; those behind become the first.</summary>
    public void Advance()
    {
        var group = PartitionGroup(PartitionCount);
        Drop(Ids, Count, 0);
        Drop(PartitionStarts, PartitionCount, Count);
        Drop(PartitionGroups, PartitionCount, group);
        Drop(GroupStarts, group, Count);
        Count = 0;
        PartitionCount = 0;
    }

    public void Dispose()
    {
        Ids.Dispose();
        PartitionStarts.Dispose();
        PartitionGroups.Dispose();
        GroupStarts.Dispose();
        RangeKeys?.Dispose();
    }

    private static void Drop(NativeList<int> list, int count, int subtract)
    {
        for (var i = count; i < list.Count; i++)
        {
            list[i - count] = list[i] - subtract;
        }
        list.Count -= Math.Min(count, list.Count);
    }
}

/// <summary>Walks through the rows of a block, forward, and knows the partition and the group of peers of the current one.</summary>
internal struct WindowCursor(WindowBlock block)
{
    public int Row { get; private set; }

    public int Partition { get; private set; }

    public int Group { get; private set; }

    public readonly int PartitionStart => block.PartitionStart(Partition);

    public readonly int PartitionEnd => block.PartitionStart(Partition + 1);

    /// <summary>Number of the partition's first group.</summary>
    public readonly int FirstGroup => block.PartitionGroup(Partition);

    /// <summary>Number behind the partition's last group.</summary>
    public readonly int GroupsEnd => block.PartitionGroup(Partition + 1);

    public readonly int GroupStart => block.GroupStart(Group);

    public readonly int GroupEnd => block.GroupStart(Group + 1);

    public void MoveTo(int row)
    {
        Row = row;
        while (row >= block.GroupStart(Group + 1))
        {
            Group++;
        }
        while (row >= block.PartitionStart(Partition + 1))
        {
            Partition++;
        }
    }
}
