namespace Micromegas.Storage;

/// <summary>Turns the ranges of one read into groups that are worth one request each.</summary>
internal static class RangeReads
{
    /// <summary>The ranges <paramref name="First"/> ≤ i &lt; <paramref name="End"/> of the sorted order, covering <paramref name="Offset"/> and what follows.</summary>
    public readonly record struct Group(int First, int End, long Offset, long Length);

    public static void Validate(IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        ArgumentNullException.ThrowIfNull(into);
        if (ranges.Count != into.Count)
        {
            Throw.RangesAndBuffersDiffer();
        }
        for (int i = 0; i < ranges.Count; i++)
        {
            if (ranges[i].Offset < 0 || ranges[i].Length < 0 || ranges[i].Length != into[i].Length || ranges[i].Offset > long.MaxValue - ranges[i].Length)
            {
                Throw.RangesAndBuffersDiffer();
            }
        }
    }

    /// <summary>Indexes of the non-empty ranges, by offset.</summary>
    public static int[] Sort(IReadOnlyList<ByteRange> ranges)
    {
        var order = new List<int>(ranges.Count);
        bool sorted = true;
        long previous = 0;
        for (int i = 0; i < ranges.Count; i++)
        {
            if (ranges[i].Length != 0)
            {
                order.Add(i);
                sorted &= ranges[i].Offset >= previous;
                previous = ranges[i].Offset;
            }
        }
        if (!sorted)
        {
            order.Sort((a, b) => ranges[a].Offset.CompareTo(ranges[b].Offset));
        }
        return order.ToArray();
    }

    /// <summary>
    /// Neighbours join when the gap between them is at most <paramref name="maximumGap"/> bytes. Overlapping ranges start a group of their own, because a
    /// scatter read fills each byte of the object into one buffer only.
    /// </summary>
    public static List<Group> Coalesce(IReadOnlyList<ByteRange> ranges, int[] order, int maximumGap, long maximumLength)
    {
        var groups = new List<Group>();
        int first = 0;
        while (first < order.Length)
        {
            long offset = ranges[order[first]].Offset;
            long end = ranges[order[first]].End;
            int next = first + 1;
            while (next < order.Length)
            {
                ByteRange candidate = ranges[order[next]];
                if (candidate.Offset < end || candidate.Offset - end > maximumGap || candidate.End - offset > maximumLength)
                {
                    break;
                }
                end = candidate.End;
                next++;
            }
            groups.Add(new Group(first, next, offset, end - offset));
            first = next;
        }
        return groups;
    }
}
