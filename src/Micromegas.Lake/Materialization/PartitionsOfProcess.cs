using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization;

/// <summary>
/// Which partitions of a global view can hold rows of a process (spec/lakehouse.md §11.1 W2): those of hours in which it sent something. The catalogue says so without
/// a look at any file, but of the blocks that are there; where a partition counts more than these, some were deleted after it was made, and it is read.
/// </summary>
internal static class PartitionsOfProcess
{
    /// <param name="lake">The lake.</param>
    /// <param name="source">The blocks that the view is made of.</param>
    /// <param name="process">The process.</param>
    /// <param name="wanted">The partitions in question.</param>
    /// <param name="all">All partitions of the view that can be believed, empty ones included.</param>
    /// <param name="ct">Cancels.</param>
    public static async ValueTask<PartitionRecord[]> SelectAsync(
        LakeHost lake, BlockSource source, Guid process, PartitionRecord[] wanted, IReadOnlyList<PartitionRecord> all, CancellationToken ct)
    {
        if (wanted.Length < 2)
        {
            return wanted;
        }
        var range = new LakeTimeRange(
            CatalogTime.FloorToHour(wanted.Min(p => p.InsertRange.Begin)), CatalogTime.FloorToHour(wanted.Max(p => p.InsertRange.End) - 1) + CatalogTime.NanosecondsPerHour);
        BlockFilter blocks = source.Within(range);
        HashSet<long> own = [.. (await lake.Catalog.SumBlocksPerHourAsync(blocks with { ProcessId = process }, ct).ConfigureAwait(false)).Select(h => h.Hour)];
        Dictionary<long, long> there =
            (await lake.Catalog.SumBlocksPerHourAsync(blocks, ct).ConfigureAwait(false)).ToDictionary(h => h.Hour, h => source.CountOf(h.Totals));

        // What the partitions of each hour count together; those of several hours count for themselves.
        var counted = new Dictionary<long, long>();
        foreach (PartitionRecord partition in all)
        {
            if (HoursOf(partition) is [var hour])
            {
                counted[hour] = counted.GetValueOrDefault(hour) + (partition.SourceCount ?? long.MinValue / 2);
            }
        }
        return Array.FindAll(wanted, partition =>
        {
            long[] hours = HoursOf(partition);
            bool isWhole = hours.Length == 1
                || partition.InsertRange == new LakeTimeRange(hours[0], hours[^1] + CatalogTime.NanosecondsPerHour);
            long? count = hours.Length == 1 ? counted.GetValueOrDefault(hours[0]) : partition.SourceCount;
            return !isWhole || Array.Exists(hours, own.Contains) || count != hours.Sum(h => there.GetValueOrDefault(h));
        });
    }

    private static long[] HoursOf(PartitionRecord partition)
    {
        long first = CatalogTime.FloorToHour(partition.InsertRange.Begin);
        long last = CatalogTime.FloorToHour(Math.Max(partition.InsertRange.Begin, partition.InsertRange.End - 1));
        var hours = new long[((last - first) / CatalogTime.NanosecondsPerHour) + 1];
        for (int i = 0; i < hours.Length; i++)
        {
            hours[i] = first + (i * CatalogTime.NanosecondsPerHour);
        }
        return hours;
    }
}
