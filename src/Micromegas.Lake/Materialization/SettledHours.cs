using System.Collections.Concurrent;
using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// Up to where the blocks of a global view were found covered. Old hours do not change, so later questions look at the blocks since then only; partitions of old
/// hours that have vanished or changed make them look at everything again.
/// </summary>
internal sealed class SettledHours
{
    private readonly ConcurrentDictionary<string, (long Before, long Objects)> _views = new(StringComparer.Ordinal);

    /// <summary>The insert time, in nanoseconds since 1970 UTC, before which every block is in a partition.</summary>
    public long Before(string view, IReadOnlyList<PartitionRecord> partitions) =>
        _views.TryGetValue(view, out (long Before, long Objects) settled) && Objects(partitions, settled.Before) == settled.Objects
            ? settled.Before
            : long.MinValue;

    public void Remember(string view, long before, IReadOnlyList<PartitionRecord> partitions) => _views[view] = (before, Objects(partitions, before));

    private static long Objects(IReadOnlyList<PartitionRecord> partitions, long before) =>
        partitions.Where(p => p.InsertRange.End <= before).Sum(p => p.SourceCount ?? 0);
}
