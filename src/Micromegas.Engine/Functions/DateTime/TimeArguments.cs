using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>Parameters that take points in time.</summary>
internal static class TimeArguments
{
    /// <summary>Timestamps as they are, dates and texts as timestamps without zone.</summary>
    public static DataType? Timestamp(DataType type)
    {
        type = type.ValueType;
        return type.Kind switch
        {
            TypeKind.Timestamp => type,
            TypeKind.Date32 or TypeKind.Date64 or TypeKind.Null => DataType.TimestampNanosecond,
            _ => type.IsUtf8 ? DataType.TimestampNanosecond : null,
        };
    }

    /// <summary>Also times of day, which stay.</summary>
    public static DataType? TimestampOrTime(DataType type) =>
        type.ValueType.Kind is TypeKind.Time32 or TypeKind.Time64 ? type.ValueType : Timestamp(type);

    /// <summary>Anything that has a date or time part.</summary>
    public static DataType? Parted(DataType type)
    {
        type = type.ValueType;
        return type.Kind switch
        {
            TypeKind.Date32 or TypeKind.Time32 or TypeKind.Time64 or TypeKind.Duration or TypeKind.IntervalMonthDayNano => type,
            TypeKind.IntervalYearMonth or TypeKind.IntervalDayTime => DataType.IntervalMonthDayNano,
            _ => Timestamp(type),
        };
    }

    /// <summary>Intervals, and texts as intervals.</summary>
    public static DataType? Interval(DataType type) =>
        type.ValueType.IsInterval || type.ValueType.IsUtf8 || type.Kind is TypeKind.Null or TypeKind.Duration ? DataType.IntervalMonthDayNano : null;

    /// <summary>Ticks of a second for a timestamp or time of day.</summary>
    public static TimeUnit Unit(DataType type) => type.Kind is TypeKind.Timestamp or TypeKind.Time32 or TypeKind.Time64 ? type.Unit : TimeUnit.Nanosecond;
}
