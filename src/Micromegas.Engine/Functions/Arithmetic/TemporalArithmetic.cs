using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Plus and minus of times, intervals and durations (spec/sql.md §5.8).</summary>
internal static class TemporalArithmetic
{
    public static Kernel? Create(string operation, FunctionSignature signature)
    {
        var (left, right, result) = (signature.ArgumentTypes[0], signature.ArgumentTypes[1], signature.ReturnType);
        if (left.Kind == TypeKind.Date32 && right.Kind == TypeKind.Date32)
        {
            return new OperationKernel<int, int, long, DayDifference>(result);
        }
        if (left.Kind == TypeKind.Date32 && right.Kind == TypeKind.Int64)
        {
            return operation == "+" ? new OperationKernel<int, long, int, AddDays>(result) : new OperationKernel<int, long, int, SubtractDays>(result);
        }
        if (left.Kind == TypeKind.Int64 && right.Kind == TypeKind.Date32)
        {
            return new OperationKernel<long, int, int, AddDaysTo>(result);
        }
        if (left.Kind == TypeKind.Date64 && right.Kind == TypeKind.Int64)
        {
            return operation == "+" ? new OperationKernel<long, long, long, AddLongDays>(result) : new OperationKernel<long, long, long, SubtractLongDays>(result);
        }
        if (left.Kind == TypeKind.Int64 && right.Kind == TypeKind.Date64)
        {
            return new OperationKernel<long, long, long, AddLongDaysTo>(result);
        }
        if (result.Kind is TypeKind.Duration || (result.Kind == TypeKind.Timestamp && (left.Kind == TypeKind.Duration || right.Kind == TypeKind.Duration)))
        {
            return operation == "+" ? new OperationKernel<long, long, long, AddTicks>(result) : new OperationKernel<long, long, long, SubtractTicks>(result);
        }
        if (result.Kind == TypeKind.IntervalMonthDayNano)
        {
            return operation is "*" or "/" ? new ScaleIntervalKernel(left.IsInterval, operation == "/") : new IntervalKernel(result, operation == "-");
        }
        return result.Kind is TypeKind.Timestamp or TypeKind.Date32 or TypeKind.Date64
            ? new ShiftTimeKernel(result, operation == "-", left.IsInterval ? 1 : 0)
            : null;
    }
}

internal readonly struct DayDifference : IOperation<int, int, long>
{
    public static long Invoke(int left, int right) => (long)left - right;
}

internal readonly struct AddDays : IOperation<int, long, int>
{
    public static int Invoke(int left, long right) => Temporal.CheckDate(left, right);
}

internal readonly struct SubtractDays : IOperation<int, long, int>
{
    public static int Invoke(int left, long right) => Temporal.CheckDate(left, -right);
}

internal readonly struct AddDaysTo : IOperation<long, int, int>
{
    public static int Invoke(long left, int right) => Temporal.CheckDate(right, left);
}

/// <summary>Days to a Date64, whose ticks are milliseconds.</summary>
internal readonly struct AddLongDays : IOperation<long, long, long>
{
    public static long Invoke(long left, long right) => Temporal.CheckMilliseconds((Int128)left + ((Int128)right * 86_400_000));
}

internal readonly struct SubtractLongDays : IOperation<long, long, long>
{
    public static long Invoke(long left, long right) => Temporal.CheckMilliseconds((Int128)left - ((Int128)right * 86_400_000));
}

internal readonly struct AddLongDaysTo : IOperation<long, long, long>
{
    public static long Invoke(long left, long right) => AddLongDays.Invoke(right, left);
}

internal readonly struct AddTicks : IOperation<long, long, long>
{
    public static long Invoke(long left, long right)
    {
        var sum = left + right;
        if (((left ^ sum) & (right ^ sum)) < 0)
        {
            Throw.Overflow($"Overflow happened on: {left} + {right}");
        }
        return sum;
    }
}

internal readonly struct SubtractTicks : IOperation<long, long, long>
{
    public static long Invoke(long left, long right)
    {
        var difference = left - right;
        if (((left ^ right) & (left ^ difference)) < 0)
        {
            Throw.Overflow($"Overflow happened on: {left} - {right}");
        }
        return difference;
    }
}

internal static class Temporal
{
    public static int CheckDate(int date, long days)
    {
        var sum = Math.Clamp(days, long.MinValue / 2, long.MaxValue / 2) + date;
        if (sum is < int.MinValue or > int.MaxValue)
        {
            Throw.Overflow($"Overflow happened on: {date} + {days} days");
        }
        return (int)sum;
    }

    public static long CheckMilliseconds(Int128 value)
    {
        if (value < long.MinValue || value > long.MaxValue)
        {
            Throw.Overflow($"Overflow happened on: {value} milliseconds");
        }
        return (long)value;
    }
}

/// <summary>Intervals add component by component, without carrying.</summary>
internal sealed unsafe class IntervalKernel(DataType type, bool isMinus) : FlatKernel<MonthDayNano>(type)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<MonthDayNano> output)
    {
        var left = new FlatReader<MonthDayNano>(arguments[0]);
        var right = new FlatReader<MonthDayNano>(arguments[1]);
        foreach (var row in rows)
        {
            var (a, b) = (left[row], right[row]);
            output.Values[row] = isMinus
                ? new MonthDayNano(Check((long)a.Months - b.Months), Check((long)a.Days - b.Days), SubtractTicks.Invoke(a.Nanoseconds, b.Nanoseconds))
                : new MonthDayNano(Check((long)a.Months + b.Months), Check((long)a.Days + b.Days), AddTicks.Invoke(a.Nanoseconds, b.Nanoseconds));
        }
    }

    private static int Check(long value)
    {
        if (value is < int.MinValue or > int.MaxValue)
        {
            Throw.Overflow($"Interval part {value} is out of range");
        }
        return (int)value;
    }
}

internal sealed unsafe class NegateIntervalKernel(DataType type) : FlatKernel<MonthDayNano>(type)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<MonthDayNano> output)
    {
        var reader = new FlatReader<MonthDayNano>(arguments[0]);
        foreach (var row in rows)
        {
            var value = reader[row];
            output.Values[row] = new MonthDayNano(-value.Months, -value.Days, -value.Nanoseconds);
        }
    }
}

internal sealed unsafe class NegateDayTimeKernel(DataType type) : FlatKernel<long>(type)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<long> output)
    {
        var reader = new FlatReader<long>(arguments[0]);
        foreach (var row in rows)
        {
            var value = reader[row];
            output.Values[row] = ((-(value >> 32)) << 32) | (uint)-(int)value;
        }
    }
}

/// <summary>A date or timestamp plus or minus an interval: months first (clamped to the end of the month), then days in the zone, then nanoseconds.</summary>
internal sealed unsafe class ShiftTimeKernel : FlatKernel
{
    private readonly bool isMinus;
    private readonly int intervalOrdinal;
    private readonly long ticksPerDay;
    private readonly Zone? zone;

    public ShiftTimeKernel(DataType type, bool isMinus, int intervalOrdinal)
        : base(type)
    {
        this.isMinus = isMinus;
        // Where the interval stands: 1 = it is the left operand.
        this.intervalOrdinal = intervalOrdinal == 1 ? 0 : 1;
        ticksPerDay = type.Kind switch
        {
            TypeKind.Date32 => 1,
            TypeKind.Date64 => 86_400_000,
            _ => TimeUnits.PerDay(type.Unit),
        };
        zone = type.TimeZone is null ? null : Zone.Find(type.TimeZone);
    }

    protected override void Run(Vector[] arguments, RowSet rows, FlatVector output)
    {
        var intervals = new FlatReader<MonthDayNano>(arguments[intervalOrdinal]);
        var times = arguments[1 - intervalOrdinal];
        if (Type.Kind == TypeKind.Date32)
        {
            var dates = new FlatReader<int>(times);
            foreach (var row in rows)
            {
                ((int*)output.Data)[row] = Calendar.ShiftDate(dates[row], Sign(intervals[row]));
            }
            return;
        }
        var instants = new FlatReader<long>(times);
        foreach (var row in rows)
        {
            ((long*)output.Data)[row] = Calendar.Shift(instants[row], ticksPerDay, Sign(intervals[row]), zone);
        }
    }

    private MonthDayNano Sign(MonthDayNano interval) =>
        isMinus ? new MonthDayNano(-interval.Months, -interval.Days, -interval.Nanoseconds) : interval;
}
