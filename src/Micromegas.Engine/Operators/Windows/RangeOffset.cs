using Micromegas.Columnar;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>How an interval moves a date or time that is given in nanoseconds.</summary>
internal static class RangeOffset
{
    /// <summary>Nanoseconds of one step of a date or time, 1 for numbers.</summary>
    public static long NanosecondsPerTick(DataType type) => type.Kind switch
    {
        TypeKind.Date32 => TimeUnits.NanosecondsPerDay,
        TypeKind.Date64 => TimeUnits.Nanoseconds(TimeUnit.Millisecond),
        TypeKind.Time32 or TypeKind.Time64 or TypeKind.Timestamp => TimeUnits.Nanoseconds(type.Unit),
        _ => 1,
    };

    /// <summary>Moves a value by an interval; months and days count in the type's zone.</summary>
    public static Func<Int128, bool, Int128> Of(DataType type, MonthDayNano interval)
    {
        if (interval.Months < 0 || interval.Days < 0 || interval.Nanoseconds < 0)
        {
            throw IsNegative();
        }
        var zone = type.TimeZone is null ? null : Zone.Find(type.TimeZone);
        if (interval.Months == 0 && (interval.Days == 0 || zone is null || zone.IsUtc))
        {
            var distance = ((Int128)interval.Days * TimeUnits.NanosecondsPerDay) + interval.Nanoseconds;
            return (value, add) => add ? value + distance : value - distance;
        }
        var (months, days) = (interval.Months, interval.Days);
        return (value, add) => add
            ? AddCalendar(value, months, days, zone) + interval.Nanoseconds
            : AddCalendar(value, -months, -days, zone) - interval.Nanoseconds;
    }

    public static EngineException IsNegative() => new(SqlState.InvalidParameterValue, "The offset of a RANGE frame must not be negative.");

    private static Int128 AddCalendar(Int128 value, long months, long days, Zone? zone)
    {
        var local = value;
        if (zone is not null && Fits(value))
        {
            local = zone.ToLocal((long)value, TimeUnits.NanosecondsPerDay);
        }
        var ofDay = local % TimeUnits.NanosecondsPerDay;
        if (ofDay < 0)
        {
            ofDay += TimeUnits.NanosecondsPerDay;
        }
        var day = (long)((local - ofDay) / TimeUnits.NanosecondsPerDay);
        var moved = ((Int128)(Calendar.AddMonths(day, months) + days) * TimeUnits.NanosecondsPerDay) + ofDay;
        return zone is not null && Fits(moved) ? zone.ToInstant((long)moved, TimeUnits.NanosecondsPerDay) : moved;
    }

    private static bool Fits(Int128 value) => value >= long.MinValue && value <= long.MaxValue;
}
