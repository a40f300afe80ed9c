using Micromegas.Columnar;
using Micromegas.Lake.CustomViews;

namespace Micromegas.Data;

/// <summary>
/// A global view that SQL computes from others, added with <see cref="MicromegasDataSourceBuilder.AddView"/>: kept in partitions by insert time, made by
/// <see cref="LakeMaintenance"/> and, for hours that are over, by questions; what no partition holds yet is computed when somebody asks. Its rows are always those
/// of all blocks.
/// </summary>
/// <remarks>
/// <para>While <see cref="Extract"/> runs, <c>log_entries</c>, <c>measures</c>, <c>blocks</c> and views made of them hold what the blocks of one range of insert times
/// gave, and nothing else; <c>processes</c>, <c>streams</c> and the data source's own tables are whole. The queries may call the data source's functions.</para>
/// <para>Aggregates must be such that aggregating again is right: keep a count and a sum instead of an average, and sum counts in <see cref="Merge"/>.</para>
/// <para>In a lake that only this library uses, partitions of a view whose queries have changed are not read any more. In one that upstream services share, the
/// columns alone decide, as upstream does: give a changed view another name.</para>
/// </remarks>
public sealed record CustomView
{
    /// <summary>The name as statements see it: lower case unless they quote it.</summary>
    public required string Name { get; init; }

    /// <summary>Output column with the time of a row, a timestamp in nanoseconds, UTC. Group by it.</summary>
    public required string TimeColumn { get; init; }

    /// <summary>Where rows have a span of time: the column with its end; null: <see cref="TimeColumn"/>.</summary>
    public string? EndTimeColumn { get; init; }

    /// <summary>
    /// The rows of a range of insert times. <c>{begin}</c> and <c>{end}</c> stand for its ends, as upstream's authors write them; there is no need to name them.
    /// </summary>
    public required string Extract { get; init; }

    /// <summary>The rows of several partitions, <c>{source}</c>, as those of one, with the same columns; null where they simply follow each other.</summary>
    public string? Merge { get; init; }

    /// <summary>
    /// One row with one integer that changes when the source of the range <c>{begin}</c> to <c>{end}</c> does. Null: blocks are counted, which is right unless
    /// upstream services make the same view with a count of their own.
    /// </summary>
    public string? Count { get; init; }

    /// <summary>The columns; null for those that <see cref="Extract"/> has.</summary>
    public Schema? Schema { get; init; }

    /// <summary>Maintenance makes views of a lower group first: it must be above that of every view read. Null: only questions and administrators make it.</summary>
    public int? UpdateGroup { get; init; } = ViewSpecification.DefaultUpdateGroup;

    /// <summary>Longest range of insert times that is made from the source at once; a day unless set.</summary>
    public TimeSpan MaxDeltaFromSource { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Longest range that partitions are merged to; a day unless set.</summary>
    public TimeSpan MaxDeltaMerged { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Columns by which the rows of each partition are sorted. They must be group keys; where the first is the time, merges hold a part of the rows only.</summary>
    public IReadOnlyList<string> SortOrder { get; init; } = [];

    /// <summary>Rows that a step of a merge takes at most, about; steps follow each other by time. Null: the engine's own limits do.</summary>
    public long? MergeBatchRows { get; init; }

    /// <summary>An own way to merge: queries over <c>{source}</c> whose rows, one after the other, become the partition. The rows count as unordered then.</summary>
    public Func<CustomViewMerge, IEnumerable<string>>? Merger { get; init; }

    /// <summary>
    /// Set where <see cref="TimeColumn"/> is the event time of the source rounded down to multiples of this, zero for not rounded: a question about a time then
    /// looks at the blocks of that time only. Null: it may be any time.
    /// </summary>
    public TimeSpan? TimeBin { get; init; }

    internal ViewSpecification ToSpecification() => new()
    {
        Name = Name,
        MinTimeColumn = TimeColumn,
        MaxTimeColumn = EndTimeColumn ?? TimeColumn,
        Extract = Extract,
        Merge = Merge,
        Count = Count,
        Schema = Schema,
        UpdateGroup = UpdateGroup,
        MaxDeltaFromSource = checked(MaxDeltaFromSource.Ticks * 100),
        MaxDeltaMerged = checked(MaxDeltaMerged.Ticks * 100),
        SortOrder = SortOrder,
        MergeBatchRows = MergeBatchRows,
        TimeBin = TimeBin?.Ticks * 100,
        Merger = Merger is { } merger ? merge => merger(new CustomViewMerge(merge)) : null,
    };
}

/// <summary>A merge that is to be done.</summary>
public sealed class CustomViewMerge
{
    internal CustomViewMerge(ViewMerge merge)
    {
        RowCount = merge.RowCount;
        PartitionCount = merge.PartitionCount;
        FirstTime = new NanoTimestamp(merge.FirstTime);
        LastTime = new NanoTimestamp(merge.LastTime);
        Query = merge.Query;
    }

    /// <summary>Rows of all partitions together.</summary>
    public long RowCount { get; }

    /// <summary>Partitions that hold rows.</summary>
    public int PartitionCount { get; }

    /// <summary>Their least time.</summary>
    public NanoTimestamp FirstTime { get; }

    /// <summary>Their greatest time, to the microsecond: the last row may be up to one later.</summary>
    public NanoTimestamp LastTime { get; }

    /// <summary>The view's own merge query, over <c>{source}</c>.</summary>
    public string Query { get; }
}
