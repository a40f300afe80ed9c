using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// Cuts the blocks of one identity into partitions, exactly as upstream does: were the cuts different, both would replace each other's partitions on every
/// query (spec/lakehouse.md §0.1 rule 7, §5.2, §5.3).
/// </summary>
internal static class JitGrouping
{
    /// <summary>Objects of a partition at most, unless no cut is possible.</summary>
    public const long MaximumObjects = 20 * 1024 * 1024;

    /// <summary>Groups blocks that are ordered by (insert time, block id); each clock hour of insert time on its own.</summary>
    public static List<JitPartition> Group(IReadOnlyList<SourceBlock> blocks, BlockOrder order, long maximumObjects = MaximumObjects)
    {
        var partitions = new List<JitPartition>();
        int first = 0;
        while (first < blocks.Count)
        {
            long hour = CatalogTime.FloorToHour(blocks[first].Block.InsertTime);
            int next = first + 1;
            while (next < blocks.Count && CatalogTime.FloorToHour(blocks[next].Block.InsertTime) == hour)
            {
                next++;
            }
            SourceBlock[] slice = blocks.Skip(first).Take(next - first).ToArray();
            if (order == BlockOrder.Event)
            {
                slice = slice.OrderBy(b => b.Block.BeginTicks).ThenBy(b => b.Block.EndTicks).ToArray();
                GroupByEvent(slice, maximumObjects, partitions);
            }
            else
            {
                GroupByInsert(slice, maximumObjects, partitions);
            }
            first = next;
        }
        return partitions;
    }

    private static void GroupByInsert(SourceBlock[] blocks, long maximumObjects, List<JitPartition> partitions)
    {
        int start = 0;
        long objects = 0;
        for (int i = 0; i < blocks.Length; i++)
        {
            int count = blocks[i].Block.ObjectCount;
            if (i > start && objects + count > maximumObjects)
            {
                Close(blocks, start, i, partitions);
                start = i;
                objects = 0;
            }
            objects += count;
        }
        Close(blocks, start, blocks.Length, partitions);
    }

    /// <summary>
    /// The same greedy rule, but only at places where no later block was inserted before an earlier one: the insert ranges of partitions must not cross.
    /// </summary>
    private static void GroupByEvent(SourceBlock[] blocks, long maximumObjects, List<JitPartition> partitions)
    {
        // earliestFrom[i]: first insert time among the blocks from i on.
        var earliestFrom = new long[blocks.Length + 1];
        earliestFrom[blocks.Length] = long.MaxValue;
        for (int i = blocks.Length - 1; i >= 0; i--)
        {
            earliestFrom[i] = Math.Min(earliestFrom[i + 1], blocks[i].Block.InsertTime);
        }
        int start = 0;
        int lastSafe = -1;
        long objects = 0;
        long latest = long.MinValue;
        int position = 0;
        while (position < blocks.Length)
        {
            BlockRecord block = blocks[position].Block;
            bool safe = position > start && latest <= earliestFrom[position];
            if (position > start && objects + block.ObjectCount > maximumObjects && (safe || lastSafe > start))
            {
                int cut = safe ? position : lastSafe;
                Close(blocks, start, cut, partitions);

                // Blocks between the cut and here are counted again; no safe place lies between them.
                start = cut;
                lastSafe = -1;
                objects = 0;
                latest = long.MinValue;
                for (int i = cut; i < position; i++)
                {
                    objects += blocks[i].Block.ObjectCount;
                    latest = Math.Max(latest, blocks[i].Block.InsertTime);
                }
                if (!safe)
                {
                    continue;
                }
            }
            else if (safe)
            {
                lastSafe = position;
            }
            objects += block.ObjectCount;
            latest = Math.Max(latest, block.InsertTime);
            position++;
        }
        Close(blocks, start, blocks.Length, partitions);
    }

    private static void Close(SourceBlock[] blocks, int start, int end, List<JitPartition> partitions)
    {
        if (start == end)
        {
            return;
        }
        SourceBlock[] group = blocks[start..end];
        long objects = group.Sum(b => (long)b.Block.ObjectCount);
        if (objects != 0)
        {
            partitions.Add(new JitPartition(
                group, new LakeTimeRange(group.Min(b => b.Block.InsertTime), group.Max(b => b.Block.InsertTime)), objects));
        }
    }
}
