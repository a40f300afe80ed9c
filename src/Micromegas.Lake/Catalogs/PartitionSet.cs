using System.Collections;

namespace Micromegas.Lake.Catalogs;

/// <summary>
/// Partitions of a view instance, and what questions find among very many of them without looking at all. Immutable; indexes are made when they are first asked
/// for and last as long as the set, which a catalogue hands out again while nothing has changed.
/// </summary>
internal sealed class PartitionSet : IReadOnlyList<PartitionRecord>
{
    private readonly IReadOnlyList<PartitionRecord> _partitions;
    private readonly Lazy<TimeIndex> _byInsertion;
    private readonly Lazy<TimeIndex> _byEvents;
    private readonly Lazy<PartitionSet> _valid;
    private readonly Lazy<(long[] Ends, long[] Counts)> _sources;
    private readonly Lazy<int> _filled;

    public PartitionSet(IReadOnlyList<PartitionRecord> partitions)
    {
        _partitions = partitions;
        _byInsertion = new(() => new TimeIndex(partitions.Select(p => (LakeTimeRange?)p.InsertRange)));
        _byEvents = new(() => new TimeIndex(partitions.Select(p => p.EventRange)));
        _valid = new(() => Subset(p => p.Violation() is null));
        _sources = new(SumSources);
        _filled = new(() => partitions.Count(p => !p.IsEmpty));
    }

    public int Count => _partitions.Count;

    /// <summary>How many of them have rows.</summary>
    public int FilledCount => _filled.Value;

    /// <summary>Those that break no rule of the catalogue (<see cref="PartitionRecord.Violation"/>).</summary>
    public PartitionSet Valid => _valid.Value;

    public PartitionRecord this[int index] => _partitions[index];

    /// <summary>What a catalogue listed, as a set.</summary>
    public static PartitionSet Of(IReadOnlyList<PartitionRecord> listed) => listed as PartitionSet ?? new PartitionSet(listed);

    /// <summary>Those whose insert range touches the given one (ends inclusive), in the order of the set.</summary>
    public IEnumerable<PartitionRecord> InsertedAround(LakeTimeRange range) =>
        _byInsertion.Value.Find(range).Select(i => _partitions[i]).Where(p => p.InsertRange.Touches(range));

    /// <summary>Those with events in the given range (ends inclusive), in the order of the set.</summary>
    public IEnumerable<PartitionRecord> WithEventsIn(LakeTimeRange range) =>
        _byEvents.Value.Find(range).Select(i => _partitions[i]).Where(p => p.EventRange!.Value.Touches(range));

    /// <summary>What the partitions whose insert range ends at the given time, or before, count together.</summary>
    public long SourceCountBefore(long end)
    {
        (long[] ends, long[] counts) = _sources.Value;
        int low = 0;
        int high = ends.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (ends[middle] <= end)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }
        return low == 0 ? 0 : counts[low - 1];
    }

    /// <summary>Those that satisfy a condition: this set when all do.</summary>
    public PartitionSet Subset(Predicate<PartitionRecord> condition)
    {
        PartitionRecord[] some = [.. _partitions.Where(p => condition(p))];
        return some.Length == Count ? this : new PartitionSet(some);
    }

    public IEnumerator<PartitionRecord> GetEnumerator() => _partitions.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private (long[] Ends, long[] Counts) SumSources()
    {
        long[] ends = [.. _partitions.Select(p => p.InsertRange.End)];
        long[] counts = [.. _partitions.Select(p => p.SourceCount ?? 0)];
        Array.Sort(ends, counts);
        for (int i = 1; i < counts.Length; i++)
        {
            counts[i] += counts[i - 1];
        }
        return (ends, counts);
    }
}
