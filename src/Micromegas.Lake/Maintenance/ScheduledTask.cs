using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Maintenance;

/// <summary>A periodic task of maintenance (spec/lakehouse.md §4.1); times in nanoseconds.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Period">How often it runs, and the length of its buckets.</param>
/// <param name="Offset">How long after the full period.</param>
/// <param name="Reach">How many periods before the run its range begins.</param>
/// <param name="Lag">How many periods before the run its range ends.</param>
/// <param name="LatestStart">A run that comes later than this is left out; null for none.</param>
internal sealed record ScheduledTask(string Name, long Period, long Offset, int Reach, int Lag, long? LatestStart = null)
{
    private const long SecondLength = 1_000_000_000;
    private const long MinuteLength = 60 * SecondLength;
    private const long HourLength = CatalogTime.NanosecondsPerHour;

    public static ScheduledTask Second { get; } = new("second", SecondLength, SecondLength / 2, 2, 1, LatestStart: 10 * SecondLength);

    public static ScheduledTask Minute { get; } = new("minute", MinuteLength, MinuteLength / 2, 2, 1);

    public static ScheduledTask Hour { get; } = new("hour", HourLength, 10 * MinuteLength, 2, 0);

    public static ScheduledTask Day { get; } = new("day", 24 * HourLength, 4 * HourLength, 2, 0);

    /// <summary>When it runs next.</summary>
    public long NextRun(long now) => Floor(now) + Period + Offset;

    /// <summary>The insert times that a run of that moment makes.</summary>
    public LakeTimeRange RangeOf(long run) => new(Floor(run) - (Reach * Period), Floor(run) - (Lag * Period));

    private long Floor(long time) => CatalogTime.FloorTo(time, Period);
}
