using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>
/// Intervals times and divided by numbers, as PostgreSQL does it: months and days keep their whole parts; what is left of a month goes to days (30 each), what is
/// left of a day to the time.
/// </summary>
internal sealed unsafe class ScaleIntervalKernel(bool intervalFirst, bool isDivision) : FlatKernel<MonthDayNano>(DataType.IntervalMonthDayNano)
{
    private const double DaysPerMonth = 30;
    private const double SecondsPerDay = 86_400;

    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<MonthDayNano> output)
    {
        var intervals = new FlatReader<MonthDayNano>(arguments[intervalFirst ? 0 : 1]);
        var factors = new FlatReader<double>(arguments[intervalFirst ? 1 : 0]);
        foreach (var row in rows)
        {
            output.Values[row] = Scale(intervals[row], factors[row]);
        }
    }

    private MonthDayNano Scale(MonthDayNano interval, double factor)
    {
        if (isDivision && factor == 0)
        {
            Throw.DivideByZero();
        }
        var months = Times(interval.Months, factor);
        var wholeMonths = Math.Truncate(months);
        // Rounded to millionths, as PostgreSQL does: a third of three months is one month and no day.
        var monthDays = Math.Round((months - wholeMonths) * DaysPerMonth, 6);
        var days = Times(interval.Days, factor);
        var wholeDays = Math.Truncate(days) + Math.Truncate(monthDays);
        var seconds = Math.Round((days - Math.Truncate(days) + monthDays - Math.Truncate(monthDays)) * SecondsPerDay, 6);
        wholeDays += Math.Truncate(seconds / SecondsPerDay);
        return new MonthDayNano(Part(wholeMonths), Part(wholeDays), Time(interval.Nanoseconds, factor, seconds % SecondsPerDay * 1e9));
    }

    private double Times(double part, double factor) => isDivision ? part / factor : part * factor;

    private static int Part(double value) => value is >= int.MinValue and <= int.MaxValue ? (int)value : throw OutOfRange();

    private long Time(long nanoseconds, double factor, double more)
    {
        // Whole factors lose no digit.
        if (Math.Abs(factor) < 1L << 53 && factor == Math.Truncate(factor))
        {
            var exact = isDivision ? Divide(nanoseconds, (long)factor) : (Int128)nanoseconds * (long)factor;
            exact += (Int128)Math.Round(more);
            return exact >= long.MinValue && exact <= long.MaxValue ? (long)exact : throw OutOfRange();
        }
        var value = Math.Round(Times(nanoseconds, factor) + more);
        return value is >= long.MinValue and < long.MaxValue ? (long)value : throw OutOfRange();
    }

    /// <summary>The quotient, rounded half away from zero.</summary>
    private static Int128 Divide(Int128 value, Int128 divisor)
    {
        var (quotient, rest) = Int128.DivRem(value, divisor);
        return Int128.Abs(rest) * 2 >= Int128.Abs(divisor) ? quotient + (Int128.IsNegative(value) == Int128.IsNegative(divisor) ? 1 : -1) : quotient;
    }

    private static EngineException OutOfRange() => new(SqlState.DatetimeFieldOverflow, "interval out of range");
}
