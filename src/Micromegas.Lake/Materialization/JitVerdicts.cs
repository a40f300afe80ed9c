using System.Collections.Concurrent;
using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// Which instances were found complete, and by what: as long as the sums of their blocks and their partitions are the same, the blocks need not be listed and
/// grouped again to know it (upstream spends most of a question on that, spec/lakehouse.md §11.3 W16). Nothing is believed by its age: a block that comes late into an
/// hour long over changes the sums.
/// </summary>
internal sealed class JitVerdicts
{
    // More than a dashboard asks for at one time; beyond, all is forgotten and found out again.
    private const int Most = 4096;

    private readonly ConcurrentDictionary<(string View, string Instance, LakeTimeRange Hours), Verdict> _complete = new();
    private long _used;

    /// <summary>How often a verdict was used.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Whether the same was found complete before.</summary>
    /// <param name="view">The view set.</param>
    /// <param name="instance">Its instance.</param>
    /// <param name="hours">Whole hours of insert time.</param>
    /// <param name="blocks">Sums over the identity's blocks of those hours.</param>
    /// <param name="partitions">The instance's partitions of those hours, of any version.</param>
    public bool IsComplete(string view, string instance, LakeTimeRange hours, BlockTotals blocks, IReadOnlyList<PartitionRecord> partitions)
    {
        bool holds = _complete.TryGetValue((view, instance, hours), out Verdict? verdict)
            && verdict.Blocks == blocks && verdict.Partitions.AsSpan().SequenceEqual(Keys(partitions));
        if (holds)
        {
            Interlocked.Increment(ref _used);
        }
        return holds;
    }

    /// <summary>Remembers what was found complete.</summary>
    /// <inheritdoc cref="IsComplete"/>
    public void Remember(string view, string instance, LakeTimeRange hours, BlockTotals blocks, IReadOnlyList<PartitionRecord> partitions)
    {
        if (_complete.Count >= Most)
        {
            _complete.Clear();
        }
        _complete[(view, instance, hours)] = new Verdict(blocks, Keys(partitions));
    }

    // Paths are never used twice; an empty partition has none.
    private static (string?, LakeTimeRange, long?)[] Keys(IReadOnlyList<PartitionRecord> partitions) =>
        [.. partitions.Select(p => (p.FilePath, p.InsertRange, p.SourceCount))];

    private sealed record Verdict(BlockTotals Blocks, (string? Path, LakeTimeRange Inserts, long? Count)[] Partitions);
}
