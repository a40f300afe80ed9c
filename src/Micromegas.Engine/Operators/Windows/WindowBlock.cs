using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>
/// Rows of one or more whole partitions in order, known by their ids in the row store. Rows are numbered from 0 within the block. The first rows of a large
/// partition may lie in a temporary file, with what is known of them.
/// </summary>
internal sealed unsafe class WindowBlock : IDisposable
{
    /// <summary>Ids of the rows from <see cref="PagedCount"/> on; behind <see cref="Count"/> lie rows of the next block.</summary>
    public NativeList<int> Ids { get; } = new();

    /// <summary>The rows in a temporary file; null = none.</summary>
    public WindowPages? Pages { get; private set; }

    /// <summary>Rows in a temporary file, the first of the block.</summary>
    public int PagedCount => Pages?.Count ?? 0;

    /// <summary>Rows that are known, those of the next block among them.</summary>
    public int KnownCount => PagedCount + Ids.Count;

    /// <summary>First row of each partition.</summary>
    public NativeList<int> PartitionStarts { get; } = new();

    /// <summary>Number of the first group of peers of each partition.</summary>
    public NativeList<int> PartitionGroups { get; } = new();

    /// <summary>First row of each group of peers.</summary>
    public PagedList<int> GroupStarts { get; } = new();

    /// <summary>Rows of the block.</summary>
    public int Count { get; set; }

    /// <summary>Partitions of the block.</summary>
    public int PartitionCount { get; set; }

    /// <summary>Values of the order key, where a frame counts from them.</summary>
    public IRangeKeys? RangeKeys { get; init; }

    public long Bytes => Ids.Bytes + PartitionStarts.Bytes + PartitionGroups.Bytes + GroupStarts.Bytes + (RangeKeys?.Bytes ?? 0) + (Pages?.Bytes ?? 0);

    public int PartitionStart(int partition) => partition < PartitionCount ? PartitionStarts[partition] : Count;

    public int PartitionGroup(int partition) => partition < PartitionStarts.Count ? PartitionGroups[partition] : GroupStarts.Count;

    public int GroupStart(int group) => group < GroupStarts.Count ? Math.Min(GroupStarts[group], Count) : Count;

    /// <summary>Forgets the rows of the block; those behind become the first.</summary>
    public void Advance()
    {
        var group = PartitionGroup(PartitionCount);
        Drop(Ids, Count - PagedCount, 0);
        Drop(PartitionStarts, PartitionCount, Count);
        Drop(PartitionGroups, PartitionCount, group);
        GroupStarts.RemoveFirst(group);
        foreach (ref var start in GroupStarts.Tail)
        {
            start -= Count;
        }
        Count = 0;
        PartitionCount = 0;
        Pages?.Free();
        Pages?.Dispose();
        Pages = null;
    }

    /// <summary>Moves rows of the only partition so far to a temporary file.</summary>
    /// <param name="state">The sorted rows.</param>
    /// <param name="rowBytes">Bytes that a row takes in the store, about.</param>
    public void PageOut(SortState state, long rowBytes)
    {
        Pages ??= new WindowPages(state, rowBytes);
        var done = 0;
        for (; Ids.Count - done >= Pages.PageRows; done += Pages.PageRows)
        {
            Pages.Add(Ids.Items + done);
        }
        Drop(Ids, done, 0);
        GroupStarts.PageOut(Pages.File);
    }

    /// <summary>The ids of rows, -1 for row -1; valid until the next call.</summary>
    /// <returns>How many of the first rows fit memory at a time.</returns>
    public int Locate(int* rows, int count, int* ids)
    {
        var paged = PagedCount;
        for (var i = 0; i < count; i++)
        {
            if (rows[i] >= paged)
            {
                ids[i] = Ids.Items[rows[i] - paged];
            }
            else if (rows[i] < 0)
            {
                ids[i] = -1;
            }
        }
        return Pages is null ? count : Pages.Locate(rows, count, ids);
    }

    public void Dispose()
    {
        Ids.Dispose();
        PartitionStarts.Dispose();
        PartitionGroups.Dispose();
        GroupStarts.Dispose();
        RangeKeys?.Dispose();
        Pages?.Dispose();
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
