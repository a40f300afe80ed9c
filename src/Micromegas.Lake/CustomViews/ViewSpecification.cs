using Micromegas.Columnar;

namespace Micromegas.Lake.CustomViews;

/// <summary>What defines a view that a query computes (spec/lakehouse.md §6.9); durations in nanoseconds.</summary>
public sealed record ViewSpecification
{
    internal const long Day = 24L * 3_600_000_000_000;

    /// <summary>The group of views that say nothing else: after <c>log_stats</c>.</summary>
    public const int DefaultUpdateGroup = 4000;

    /// <summary>The view's name.</summary>
    public required string Name { get; init; }

    /// <summary>Output column whose minimum bounds partitions from below.</summary>
    public required string MinTimeColumn { get; init; }

    /// <summary>Output column whose maximum bounds them from above.</summary>
    public required string MaxTimeColumn { get; init; }

    /// <summary>The rows of an insert range.</summary>
    public required string Extract { get; init; }

    /// <summary>A count of the source; null: that of blocks.</summary>
    public string? Count { get; init; }

    /// <summary>The rows of several extracts as those of one, over <c>{source}</c>; null: all of them.</summary>
    public string? Merge { get; init; }

    /// <summary>The columns; null for those of <see cref="Extract"/>.</summary>
    public Schema? Schema { get; init; }

    /// <summary>Views of a lower group are made first; null: maintenance leaves the view alone.</summary>
    public int? UpdateGroup { get; init; } = DefaultUpdateGroup;

    /// <summary>Longest insert range that is made from the source at once.</summary>
    public long MaxDeltaFromSource { get; init; } = Day;

    /// <summary>Longest that is merged from smaller ones.</summary>
    public long MaxDeltaMerged { get; init; } = Day;

    /// <summary>Columns by which every partition's rows are sorted; empty for none.</summary>
    public IReadOnlyList<string> SortOrder { get; init; } = [];

    /// <summary>Rows of a step of a merge by event time; null: everything at once.</summary>
    public long? MergeBatchRows { get; init; }

    /// <summary>Queries over <c>{source}</c> whose rows, one after the other, are the merged partition's.</summary>
    public Func<ViewMerge, IEnumerable<string>>? Merger { get; init; }

    /// <summary>To multiples of what the view's time is the source's event time, rounded down; 0: not rounded. Null: it is something else.</summary>
    public long? TimeBin { get; init; }

    /// <summary>The query as its author wrote it; null: <see cref="Extract"/>.</summary>
    public string? Definition { get; init; }

    /// <summary>Compares lists by their content.</summary>
    public bool Equals(ViewSpecification? other) => other is not null
        && Fingerprint() == other.Fingerprint() && UpdateGroup == other.UpdateGroup && MaxDeltaFromSource == other.MaxDeltaFromSource
        && MaxDeltaMerged == other.MaxDeltaMerged && MergeBatchRows == other.MergeBatchRows && TimeBin == other.TimeBin && Merger == other.Merger
        && (Schema is null ? other.Schema is null : other.Schema is not null && Schema.Fields.SequenceEqual(other.Schema.Fields));

    /// <inheritdoc/>
    public override int GetHashCode() => Fingerprint().GetHashCode(StringComparison.Ordinal);

    /// <summary>All texts that decide which rows the view has.</summary>
    internal string Fingerprint() => string.Join('\n', Name, MinTimeColumn, MaxTimeColumn, Extract, Count, Merge, string.Join(',', SortOrder));
}

/// <summary>A merge that is to be done.</summary>
/// <param name="RowCount">Rows of the partitions.</param>
/// <param name="PartitionCount">Partitions that hold rows.</param>
/// <param name="FirstTime">Their least event time, in nanoseconds since 1970 UTC.</param>
/// <param name="LastTime">Their greatest.</param>
/// <param name="Query">The view's merge query over <c>{source}</c>.</param>
public sealed record ViewMerge(long RowCount, int PartitionCount, long FirstTime, long LastTime, string Query);
