using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Converts ticks of a process to Unix nanoseconds, bit for bit as upstream does (spec/data-lake.md §6, spec/lakehouse.md §3.14).</summary>
public readonly struct TickConverter
{
    private readonly long startTicks;
    private readonly long startTime;
    private readonly double nanosecondsPerTick;

    private TickConverter(ProcessClock process, long frequency)
    {
        startTicks = process.StartTicks;
        startTime = process.StartTime;
        Frequency = frequency;
        // Computed once and multiplied with: dividing per value gives other last digits.
        nanosecondsPerTick = 1e9 / frequency;
    }

    /// <summary>Ticks per second.</summary>
    public long Frequency { get; }

    /// <summary>Makes a converter; the frequency is the process's own, or else estimated from an end point.</summary>
    /// <param name="process">Clock of the process row.</param>
    /// <param name="endTicks">Relative ticks of the end point: the block's own end for logs, metrics and images, the process-wide maximum for spans.</param>
    /// <param name="endTime">Wall clock of the end point in Unix nanoseconds.</param>
    /// <param name="converter">The converter, when the result is true.</param>
    /// <returns>False when the frequency is unknown and the end point gives none ("invalid frequency").</returns>
    public static bool TryCreate(ProcessClock process, long endTicks, long endTime, out TickConverter converter)
    {
        long frequency = process.TscFrequency > 0 ? process.TscFrequency : EstimateFrequency(process, endTicks, endTime);
        converter = frequency > 0 ? new TickConverter(process, frequency) : default;
        return frequency > 0;
    }

    /// <summary>The converter for the events of a block, whose end is the end point.</summary>
    /// <exception cref="CorruptDataException">The frequency is unknown and the block's end gives none.</exception>
    internal static TickConverter Of(in BlockSource block) => TryCreate(block.Process, block.Row.EndTicks, block.Row.EndTime, out TickConverter clock)
        ? clock
        : throw new CorruptDataException("Invalid frequency: the process has none and the block's end gives none");

    /// <summary>Unix nanoseconds of an absolute tick count, as events carry it.</summary>
    public long FromAbsolute(long ticks) => FromRelative(unchecked(ticks - startTicks));

    /// <summary>Unix nanoseconds of ticks since the process start, as native block rows carry them.</summary>
    public long FromRelative(long ticks) => unchecked(startTime + Round(ticks * nanosecondsPerTick));

    /// <summary>A tick count as seconds, for measures in the unit <c>ticks</c>.</summary>
    public double Seconds(ulong ticks) => (long)ticks * (1000.0 / Frequency) / 1000.0;

    /// <summary>Ticks since the process start of a Unix nanosecond time.</summary>
    public long ToRelative(long time)
    {
        // Whole seconds and the rest apart, as upstream's duration type holds them: the sum in one double would round elsewhere.
        long delta = unchecked(time - startTime);
        long seconds = Math.DivRem(delta, 1_000_000_000, out long nanoseconds);
        return Round((seconds + nanoseconds / 1e9) * Frequency);
    }

    private static long EstimateFrequency(ProcessClock process, long endTicks, long endTime)
    {
        long elapsed = unchecked(endTime - process.StartTime);
        bool overflow = ((endTime ^ process.StartTime) & (endTime ^ elapsed)) < 0;
        double seconds = overflow ? 0.0 : elapsed / 1e9;
        return Round(endTicks / seconds);
    }

    // Ties away from zero; the cast saturates and turns NaN into 0.
    private static long Round(double value) => (long)Math.Round(value, MidpointRounding.AwayFromZero);
}
