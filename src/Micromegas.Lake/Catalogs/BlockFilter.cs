namespace Micromegas.Lake.Catalogs;

/// <summary>Which blocks of the join are meant; an absent condition holds for all.</summary>
internal readonly record struct BlockFilter
{
    /// <summary>Insert time, end exclusive.</summary>
    public LakeTimeRange? InsertRange { get; init; }

    /// <summary>Blocks whose [begin_time, end_time] touches the range, ends inclusive.</summary>
    public LakeTimeRange? EventRange { get; init; }

    /// <summary>The block's own process.</summary>
    public Guid? ProcessId { get; init; }

    public Guid? StreamId { get; init; }

    public Guid? BlockId { get; init; }

    /// <summary>A tag that the block's stream carries.</summary>
    public string? Tag { get; init; }
}

/// <summary>Sums over blocks; the bounds are of insert time and mean nothing when <paramref name="Blocks"/> is 0.</summary>
internal readonly record struct BlockTotals(long Blocks, long Objects, long MinInsertTime, long MaxInsertTime);

/// <summary>Sums over the blocks of one clock hour of insert time.</summary>
internal readonly record struct HourTotals(long Hour, BlockTotals Totals);
