using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>A calendar date of the proleptic Gregorian calendar.</summary>
internal readonly record struct CivilDate(long Year, int Month, int Day);

/// <summary>
/// Days since 1970 to year, month and day and back, for any year that a 64-bit day number reaches. The algorithm counts years from March, in eras
/// of 400 years (146,097 days).
/// </summary>
internal static class Calendar
{
    /// <summary>The dates that upstream's arithmetic reaches: the years -262,143 to 262,142.</summary>
    private static readonly long FirstDay = FromCivil(-262_143, 1, 1), LastDay = FromCivil(262_142, 12, 31);

    public static CivilDate ToCivil(long days)
    {
        days += 719_468;
        var era = TimeUnits.FloorDivide(days, 146_097);
        var dayOfEra = (int)(days - (era * 146_097));
        var yearOfEra = (dayOfEra - (dayOfEra / 1_460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var marchMonth = ((5 * dayOfYear) + 2) / 153;
        var day = dayOfYear - (((153 * marchMonth) + 2) / 5) + 1;
        var month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
        return new CivilDate(yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month, day);
    }

    public static long FromCivil(long year, int month, int day)
    {
        year -= month <= 2 ? 1 : 0;
        var era = TimeUnits.FloorDivide(year, 400);
        var yearOfEra = (int)(year - (era * 400));
        var dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5) + day - 1;
        var dayOfEra = (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear;
        return (era * 146_097) + dayOfEra - 719_468;
    }

    public static bool IsLeap(long year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    public static int DaysInMonth(long year, int month) => month switch
    {
        2 => IsLeap(year) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>Day of the week, Monday = 0.</summary>
    public static int Weekday(long days) => (int)TimeUnits.FloorRemainder(days + 3, 7);

    /// <summary>Day of the year, from 1.</summary>
    public static int DayOfYear(long days) => (int)(days - FromCivil(ToCivil(days).Year, 1, 1)) + 1;

    /// <summary>The ISO 8601 week and the year it belongs to.</summary>
    public static (long Year, int Week) IsoWeek(long days)
    {
        // The week belongs to the year that holds its Thursday.
        var thursday = days - Weekday(days) + 3;
        var year = ToCivil(thursday).Year;
        return (year, (int)((thursday - FromCivil(year, 1, 1)) / 7) + 1);
    }

    /// <summary>Adds calendar months; a day past the end of the month becomes its last day.</summary>
    public static long AddMonths(long days, long months)
    {
        if (months == 0)
        {
            return days;
        }
        var date = ToCivil(days);
        var month = (date.Year * 12) + (date.Month - 1) + months;
        var year = TimeUnits.FloorDivide(month, 12);
        var ofYear = (int)TimeUnits.FloorRemainder(month, 12) + 1;
        return FromCivil(year, ofYear, Math.Min(date.Day, DaysInMonth(year, ofYear)));
    }

    /// <summary>A date plus an interval, of whose nanoseconds only whole days count: a date minus one hour is the same date (golden: datetime).</summary>
    public static int ShiftDate(int date, MonthDayNano interval)
    {
        var days = AddMonths(date, interval.Months) + interval.Days + (interval.Nanoseconds / TimeUnits.NanosecondsPerDay);
        if (days < FirstDay || days > LastDay)
        {
            Throw.Overflow("Date arithmetic overflow");
        }
        return (int)days;
    }

    /// <summary>A timestamp of <paramref name="ticksPerDay"/> ticks a day plus an interval, whose months and days count in the zone.</summary>
    public static long Shift(long ticks, long ticksPerDay, MonthDayNano interval, Zone? zone)
    {
        var perNanosecondOfTick = TimeUnits.NanosecondsPerDay / ticksPerDay;
        Int128 result = ticks;
        if (interval.Months != 0 || interval.Days != 0)
        {
            var local = zone is null ? ticks : zone.ToLocal(ticks, ticksPerDay);
            var day = TimeUnits.FloorDivide(local, ticksPerDay);
            var ofDay = TimeUnits.FloorRemainder(local, ticksPerDay);
            result = ((Int128)(AddMonths(day, interval.Months) + interval.Days) * ticksPerDay) + ofDay;
            if (zone is not null && result >= long.MinValue && result <= long.MaxValue)
            {
                result = zone.ToInstant((long)result, ticksPerDay);
            }
        }
        result += interval.Nanoseconds / perNanosecondOfTick;
        if (result < long.MinValue || result > long.MaxValue)
        {
            Throw.Overflow("The timestamp is out of range");
        }
        return (long)result;
    }
}
