using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization;

/// <summary>Decides which prescribed partitions the catalogue holds already (spec/lakehouse.md §5.4).</summary>
internal static class JitFreshness
{
    /// <summary>
    /// For insert-ordered views: the indexes of stale partitions. A stale partition's write retires the rows inside its range, so what its neighbours relied on
    /// may go with it; the verdicts are repeated until none changes.
    /// </summary>
    public static List<int> StaleInsertOrdered(IReadOnlyList<JitPartition> partitions, IReadOnlyList<PartitionRecord> candidates, byte[] schemaHash)
    {
        var stale = new bool[partitions.Count];
        var pending = new Queue<int>();
        for (int i = 0; i < partitions.Count; i++)
        {
            if (!IsUpToDate(i))
            {
                pending.Enqueue(i);
            }
        }
        foreach (int i in pending)
        {
            stale[i] = true;
        }
        while (pending.TryDequeue(out int i))
        {
            Reconsider(i - 1);
            Reconsider(i + 1);
        }
        return Enumerable.Range(0, partitions.Count).Where(i => stale[i]).ToList();

        void Reconsider(int i)
        {
            if (i >= 0 && i < stale.Length && !stale[i] && !IsUpToDate(i))
            {
                stale[i] = true;
                pending.Enqueue(i);
            }
        }

        bool IsUpToDate(int i)
        {
            LakeTimeRange range = partitions[i].InsertRange;
            PartitionRecord? only = null;
            foreach (PartitionRecord candidate in candidates)
            {
                bool matches = range.IsInstant ? candidate.InsertRange == range : candidate.InsertRange.Touches(range);
                if (matches && !IsRetiredByAnother(candidate, i))
                {
                    if (only is not null)
                    {
                        return false;
                    }
                    only = candidate;
                }
            }

            // "At least": a query that saw later blocks may have written a wider partition, which this one's write could not retire.
            return only is not null && only.SchemaHash.AsSpan().SequenceEqual(schemaHash) && only.SourceCount >= partitions[i].SourceCount;
        }

        bool IsRetiredByAnother(PartitionRecord candidate, int i)
        {
            for (int other = 0; other < stale.Length; other++)
            {
                if (other != i && stale[other] && partitions[other].InsertRange.Contains(candidate.InsertRange))
                {
                    return true;
                }
            }
            return false;
        }
    }

    /// <summary>For event-ordered views: one partition at a time, since writing one may remove another's.</summary>
    public static bool IsUpToDateEventOrdered(JitPartition partition, IReadOnlyList<PartitionRecord> candidates, byte[] schemaHash)
    {
        PartitionRecord[] matches = candidates.Where(c => c.InsertRange == partition.InsertRange).ToArray();
        return matches.Length == 1 && matches[0].SchemaHash.AsSpan().SequenceEqual(schemaHash) && matches[0].SourceCount == partition.SourceCount;
    }
}
