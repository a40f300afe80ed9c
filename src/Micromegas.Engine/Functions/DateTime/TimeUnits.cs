using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>How units of time relate.</summary>
internal static class TimeUnits
{
    public const long NanosecondsPerDay = 86_400_000_000_000;
    public const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Ticks of a second.</summary>
    public static long PerSecond(TimeUnit unit) => unit switch
    {
        TimeUnit.Second => 1,
        TimeUnit.Millisecond => 1_000,
        TimeUnit.Microsecond => 1_000_000,
        _ => NanosecondsPerSecond,
    };

    /// <summary>Ticks of a day.</summary>
    public static long PerDay(TimeUnit unit) => 86_400 * PerSecond(unit);

    /// <summary>Nanoseconds of a tick.</summary>
    public static long Nanoseconds(TimeUnit unit) => NanosecondsPerSecond / PerSecond(unit);

    /// <summary>Division that rounds toward the past.</summary>
    public static long FloorDivide(long value, long divisor)
    {
        var quotient = value / divisor;
        return value % divisor < 0 ? quotient - 1 : quotient;
    }

    /// <summary>What <see cref="FloorDivide"/> leaves, never negative.</summary>
    public static long FloorRemainder(long value, long divisor)
    {
        var remainder = value % divisor;
        return remainder < 0 ? remainder + divisor : remainder;
    }
}
