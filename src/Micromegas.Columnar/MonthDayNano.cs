using System.Runtime.InteropServices;

namespace Micromegas.Columnar;

/// <summary>An interval of calendar months, calendar days and nanoseconds, laid out as Arrow's month-day-nano interval.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
public readonly record struct MonthDayNano(int Months, int Days, long Nanoseconds) : IComparable<MonthDayNano>
{
    /// <summary>Compares months, then days, then nanoseconds, without converting one into another (spec/sql.md §5.8).</summary>
    public int CompareTo(MonthDayNano other)
    {
        var order = Months.CompareTo(other.Months);
        if (order == 0)
        {
            order = Days.CompareTo(other.Days);
        }
        return order != 0 ? order : Nanoseconds.CompareTo(other.Nanoseconds);
    }

    public static bool operator <(MonthDayNano left, MonthDayNano right) => left.CompareTo(right) < 0;

    public static bool operator <=(MonthDayNano left, MonthDayNano right) => left.CompareTo(right) <= 0;

    public static bool operator >(MonthDayNano left, MonthDayNano right) => left.CompareTo(right) > 0;

    public static bool operator >=(MonthDayNano left, MonthDayNano right) => left.CompareTo(right) >= 0;
}
