using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Binding;

/// <summary>What to cast to instead of what cannot be.</summary>
internal static class CastHints
{
    private static readonly (string Name, DataType Type)[] Targets =
    [
        ("BOOLEAN", DataType.Boolean), ("BIGINT", DataType.Int64), ("DOUBLE", DataType.Float64), ("DECIMAL", DataType.Decimal(38, 10)), ("TEXT", DataType.Utf8),
        ("BYTEA", DataType.Binary), ("DATE", DataType.Date32), ("TIME", DataType.Time64(TimeUnit.Nanosecond)), ("TIMESTAMP", DataType.Timestamp(TimeUnit.Nanosecond, null)),
        ("INTERVAL", DataType.IntervalMonthDayNano),
    ];

    /// <summary>The types that a value can be cast to.</summary>
    public static string Of(DataType type)
    {
        string[] names = [.. Targets.Where(target => target.Type != type && CastRules.CanCast(type, target.Type)).Select(static target => target.Name)];
        return names.Length == 0 ? $"{type} can be cast to no simple type; pick a part of it, such as x[1] or x['name']." : $"{type} can be cast to {string.Join(", ", names)}.";
    }
}
