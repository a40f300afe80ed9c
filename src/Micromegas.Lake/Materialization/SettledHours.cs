using System.Collections.Concurrent;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// Up to where the blocks of a global view were found covered. Old hours do not change, so later questions look at the blocks since then only; partitions of old
/// hours that have vanished or changed make them look at everything again.
/// </summary>
internal sealed class SettledHours
{
    private readonly ConcurrentDictionary<(string View, string SchemaHash), (long Before, long Objects)> _views = new();

    /// <summary>The insert time, in nanoseconds since 1970 UTC, before which every block is in a partition.</summary>
    public long Before(ViewDefinition view, PartitionSet partitions) =>
        _views.TryGetValue(KeyOf(view), out (long Before, long Objects) settled) && partitions.SourceCountBefore(settled.Before) == settled.Objects
            ? settled.Before
            : long.MinValue;

    public void Remember(ViewDefinition view, long before, PartitionSet partitions) =>
        _views[KeyOf(view)] = (before, partitions.SourceCountBefore(before));

    private static (string View, string SchemaHash) KeyOf(ViewDefinition view) => (view.Name, Convert.ToHexString(view.SchemaHash));
}
