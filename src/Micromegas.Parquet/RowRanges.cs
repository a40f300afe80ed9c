namespace Micromegas.Parquet;

/// <summary>Rows of a row group, as ascending ranges that neither touch nor overlap. Immutable.</summary>
public sealed class RowRanges
{
    /// <summary>A gap of fewer rows is not worth a range of its own: less than a batch.</summary>
    private const int SmallestGap = 2048;

    private readonly (long Start, long End)[] ranges;

    private RowRanges((long Start, long End)[] ranges)
    {
        this.ranges = ranges;
        foreach (var (start, end) in ranges)
        {
            RowCount += end - start;
        }
    }

    /// <summary>The ranges: first row, and the row behind the last.</summary>
    public IReadOnlyList<(long Start, long End)> Ranges => ranges;

    /// <summary>Rows in all ranges.</summary>
    public long RowCount { get; }

    /// <summary>No rows.</summary>
    public static RowRanges None { get; } = new([]);

    /// <summary>The rows from 0 to <paramref name="rowCount"/>.</summary>
    public static RowRanges All(long rowCount) => rowCount > 0 ? new([(0, rowCount)]) : None;

    /// <summary>Ranges in ascending order; those that touch, or nearly do, become one, so that there may be more rows than were given.</summary>
    /// <param name="ascending">The ranges.</param>
    /// <param name="smallestGap">Rows between two ranges from which on they stay two.</param>
    public static RowRanges Of(IEnumerable<(long Start, long End)> ascending, int smallestGap = SmallestGap)
    {
        ArgumentNullException.ThrowIfNull(ascending);
        var result = new List<(long Start, long End)>();
        foreach (var (start, end) in ascending)
        {
            if (start >= end)
            {
                continue;
            }
            if (result.Count > 0 && start - result[^1].End < smallestGap)
            {
                result[^1] = (result[^1].Start, Math.Max(end, result[^1].End));
            }
            else
            {
                result.Add((start, end));
            }
        }
        return new RowRanges([.. result]);
    }

    /// <summary>The rows that are in both.</summary>
    public RowRanges Intersect(RowRanges other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var result = new List<(long Start, long End)>();
        for (int i = 0, j = 0; i < ranges.Length && j < other.ranges.Length;)
        {
            var (start, end) = (Math.Max(ranges[i].Start, other.ranges[j].Start), Math.Min(ranges[i].End, other.ranges[j].End));
            if (start < end)
            {
                result.Add((start, end));
            }
            if (ranges[i].End < other.ranges[j].End)
            {
                i++;
            }
            else
            {
                j++;
            }
        }
        return Of(result);
    }

    /// <summary>Whether some row from <paramref name="start"/> to before <paramref name="end"/> is among them.</summary>
    public bool Overlap(long start, long end)
    {
        foreach (var range in ranges)
        {
            if (range.Start < end && start < range.End)
            {
                return true;
            }
        }
        return false;
    }
}
