using Micromegas.Columnar;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>What SQL type names mean (spec/sql.md §5.6), with the Arrow names and a few of PostgreSQL's as supersets.</summary>
internal static class SqlTypes
{
    /// <summary>Names to propose for one that is wrong.</summary>
    private static readonly string[] Names =
    [
        "BOOLEAN", "TINYINT", "SMALLINT", "INT", "INTEGER", "BIGINT", "FLOAT", "REAL", "DOUBLE", "DECIMAL", "NUMERIC", "VARCHAR", "CHAR", "TEXT", "STRING", "BYTEA",
        "DATE", "TIME", "TIMESTAMP", "TIMESTAMPTZ", "INTERVAL",
    ];

    /// <param name="name">The type name.</param>
    /// <param name="errors">Makes errors.</param>
    /// <param name="zone">Zone of TIMESTAMPTZ.</param>
    public static DataType Resolve(SqlTypeName name, BindingError errors, string? zone = null) => name switch
    {
        SimpleTypeName simple => Simple(simple, errors, zone),
        ArrayTypeName { Element: null } => throw errors.Unsupported(name, "ARRAY without an element type", "Write BIGINT[] or ARRAY<BIGINT>."),
        ArrayTypeName { Size: { } size } array =>
            DataType.FixedSizeList(new Field("item", Resolve(array.Element, errors, zone)), checked((int)Math.Min(size, int.MaxValue))),
        ArrayTypeName array => DataType.List(Resolve(array.Element, errors, zone)),
        StructTypeName fields => DataType.Struct(
            [.. fields.Fields.Select((field, i) => new Field(field.Name?.Value ?? $"c{i}", Resolve(field.Type, errors, zone)))]),
        MapTypeName map => DataType.Map(Resolve(map.Key, errors, zone), Resolve(map.Value, errors, zone)),
        _ => throw errors.Unsupported(name, $"Type {name.GetType().Name}"),
    };

    private static DataType Simple(SimpleTypeName name, BindingError errors, string? zone)
    {
        var arguments = name.Arguments;
        var type = name.Name.ToUpperInvariant() switch
        {
            "BOOLEAN" or "BOOL" => DataType.Boolean,
            "TINYINT" or "INT8_T" => name.Unsigned ? DataType.UInt8 : DataType.Int8,
            "SMALLINT" or "INT2" or "INT16" => name.Unsigned ? DataType.UInt16 : DataType.Int16,
            "INT" or "INTEGER" or "INT4" or "INT32" => name.Unsigned ? DataType.UInt32 : DataType.Int32,
            "BIGINT" or "INT8" or "INT64" => name.Unsigned ? DataType.UInt64 : DataType.Int64,
            "UINT8" or "UTINYINT" => DataType.UInt8,
            "UINT16" or "USMALLINT" => DataType.UInt16,
            "UINT32" or "UINTEGER" => DataType.UInt32,
            "UINT64" or "UBIGINT" => DataType.UInt64,
            "HUGEINT" => DataType.Decimal128(38, 0),
            "FLOAT" or "REAL" or "FLOAT4" or "FLOAT32" => DataType.Float32,
            "DOUBLE" or "DOUBLE PRECISION" or "FLOAT8" or "FLOAT64" => DataType.Float64,
            "DECIMAL" or "NUMERIC" => Decimal(name, errors),
            "CHAR" or "VARCHAR" or "TEXT" or "STRING" or "CHARACTER VARYING" or "CHARACTER" or "UUID" or "JSON" => DataType.Utf8View,
            "UTF8" => DataType.Utf8,
            "BYTEA" or "BLOB" => DataType.Binary,
            "DATE" => DataType.Date32,
            "TIME" when arguments.Count == 0 && name.TimeZone != TimeZoneSuffix.With => DataType.Time64(TimeUnit.Nanosecond),
            "TIMESTAMP" => Timestamp(name, errors, name.TimeZone == TimeZoneSuffix.With ? zone : null),
            "TIMESTAMP_S" => DataType.Timestamp(TimeUnit.Second),
            "TIMESTAMP_MS" => DataType.Timestamp(TimeUnit.Millisecond),
            "TIMESTAMP_US" => DataType.Timestamp(TimeUnit.Microsecond),
            "TIMESTAMP_NS" => DataType.Timestamp(TimeUnit.Nanosecond),
            "TIMESTAMPTZ" => Timestamp(name, errors, zone),
            "INTERVAL" => DataType.IntervalMonthDayNano,
            _ => throw errors.Unsupported(name, $"Type {name.Name}", BindingError.Nearest(name.Name, Names, "docs/sql.md lists the types.")),
        };
        if (name.Unsigned && !type.IsInteger)
        {
            throw errors.Unsupported(name, $"Type {name.Name} UNSIGNED", "UNSIGNED goes with integers.");
        }
        return type;
    }

    private static DataType Decimal(SimpleTypeName name, BindingError errors)
    {
        var precision = name.Arguments.Count > 0 ? name.Arguments[0] : 38;
        var scale = name.Arguments.Count > 1 ? name.Arguments[1] : name.Arguments.Count == 1 ? 0 : 10;
        if (precision is < 1 or > 76 || scale > precision || scale < -76)
        {
            throw errors.At(name, SqlState.InvalidParameterValue, $"DECIMAL({precision}, {scale}) needs 1 to 76 digits, of which at most all lie behind the point.", "Such as DECIMAL(18, 4).");
        }
        return DataType.Decimal((int)precision, (int)scale);
    }

    private static DataType Timestamp(SimpleTypeName name, BindingError errors, string? zone)
    {
        var unit = name.Arguments.Count == 0 ? 9 : name.Arguments[0];
        return DataType.Timestamp(unit switch
        {
            0 => TimeUnit.Second,
            3 => TimeUnit.Millisecond,
            6 => TimeUnit.Microsecond,
            9 => TimeUnit.Nanosecond,
            _ => throw errors.Unsupported(name, $"TIMESTAMP({unit})", "Digits of the fraction: 0, 3, 6 or 9."),
        }, zone);
    }
}
