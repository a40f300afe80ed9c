namespace Micromegas.Lake.Catalogs;

/// <summary>A range of time in nanoseconds since 1970 UTC; whether <paramref name="End"/> belongs to it depends on the use.</summary>
internal readonly record struct LakeTimeRange(long Begin, long End)
{
    public bool IsInstant => Begin == End;

    public bool Contains(LakeTimeRange other) => other.Begin >= Begin && other.End <= End;

    /// <summary>Both ends inclusive.</summary>
    public bool Touches(LakeTimeRange other) => Begin <= other.End && End >= other.Begin;

    /// <summary>Half-open ranges, as the exclusion constraint sees them: an instant is empty and overlaps nothing (spec/lakehouse.md §1.2).</summary>
    public bool Overlaps(LakeTimeRange other) => Begin < End && other.Begin < other.End && Begin < other.End && other.Begin < End;
}
