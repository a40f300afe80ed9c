using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;

namespace Micromegas.Parquet.Schemas;

/// <summary>Arrow types of leaves.</summary>
internal static class LeafTypes
{
    /// <summary>The embedded type where it describes what is stored, else the inferred one.</summary>
    public static DataType Reconcile(ParquetNode leaf, DataType? hint)
    {
        var inferred = Infer(leaf);
        return hint is null ? inferred : Reconcile(leaf, inferred, hint);
    }

    private static DataType Reconcile(ParquetNode leaf, DataType inferred, DataType hint)
    {
        if (hint == inferred)
        {
            return hint;
        }
        if (hint.IsDictionary)
        {
            return hint is { IndexType.IsInteger: true, DictionaryValueType: { IsDictionary: false } value } && inferred.Kind != TypeKind.Null
                ? DataType.Dictionary(hint.IndexType, Reconcile(leaf, inferred, value))
                : inferred;
        }
        var isRaw = leaf.Logical.Kind == LogicalKind.None;
        var fits = hint.Kind switch
        {
            TypeKind.Utf8 or TypeKind.LargeUtf8 or TypeKind.Utf8View or TypeKind.Binary or TypeKind.LargeBinary or TypeKind.BinaryView
                => leaf.Physical == PhysicalType.ByteArray && !inferred.IsDecimal,
            TypeKind.FixedSizeBinary => leaf.Physical == PhysicalType.FixedLenByteArray && hint.Width == leaf.TypeLength && !inferred.IsDecimal,
            TypeKind.Int8 or TypeKind.Int16 or TypeKind.Int32 or TypeKind.UInt8 or TypeKind.UInt16 or TypeKind.UInt32
                => leaf.Physical == PhysicalType.Int32 && inferred.IsInteger,
            TypeKind.Int64 or TypeKind.UInt64 => leaf.Physical == PhysicalType.Int64 && inferred.IsInteger,
            TypeKind.Timestamp => leaf.Physical == PhysicalType.Int64 && isRaw,
            TypeKind.Duration or TypeKind.Date64 or TypeKind.Time64 => leaf.Physical == PhysicalType.Int64 && isRaw,
            TypeKind.Date32 or TypeKind.Time32 => leaf.Physical == PhysicalType.Int32 && isRaw,
            TypeKind.Float16 => leaf.Physical == PhysicalType.FixedLenByteArray && leaf.TypeLength == 2 && isRaw,
            TypeKind.IntervalYearMonth or TypeKind.IntervalDayTime or TypeKind.IntervalMonthDayNano => leaf.Logical.Kind == LogicalKind.Interval && inferred.IsInterval,
            TypeKind.Decimal128 or TypeKind.Decimal256 => inferred.IsDecimal && hint.Precision == inferred.Precision && hint.Scale == inferred.Scale,
            _ => false,
        };
        if (fits)
        {
            return hint;
        }
        // The stored unit wins over the embedded one (older writers coerce it), the embedded zone over the mere fact that there is one.
        return hint.Kind == TypeKind.Timestamp && inferred.Kind == TypeKind.Timestamp ? DataType.Timestamp(inferred.Unit, hint.TimeZone) : inferred;
    }

    private static DataType Infer(ParquetNode leaf) => leaf.Physical switch
    {
        PhysicalType.Boolean => DataType.Boolean,
        PhysicalType.Int32 => InferInt32(leaf.Logical),
        PhysicalType.Int64 => InferInt64(leaf.Logical),
        PhysicalType.Int96 => DataType.TimestampNanosecond,
        PhysicalType.Float => DataType.Float32,
        PhysicalType.Double => DataType.Float64,
        PhysicalType.ByteArray => leaf.Logical.Kind switch
        {
            LogicalKind.String or LogicalKind.Enum or LogicalKind.Json => DataType.Utf8,
            LogicalKind.Decimal => Decimal(leaf.Logical),
            _ => DataType.Binary,
        },
        _ => leaf.Logical.Kind switch
        {
            LogicalKind.Decimal when leaf.TypeLength <= 32 => Decimal(leaf.Logical),
            LogicalKind.Float16 when leaf.TypeLength == 2 => DataType.Float16,
            LogicalKind.Interval when leaf.TypeLength == 12 => DataType.IntervalMonthDayNano,
            _ => DataType.FixedSizeBinary(leaf.TypeLength),
        },
    };

    private static DataType InferInt32(LogicalType logical) => logical.Kind switch
    {
        LogicalKind.Unknown => DataType.Null,
        LogicalKind.Date => DataType.Date32,
        LogicalKind.Time => DataType.Time32(TimeUnit.Millisecond),
        LogicalKind.Decimal => Decimal(logical),
        LogicalKind.Integer => (logical.BitWidth, logical.IsSigned) switch
        {
            (8, true) => DataType.Int8,
            (16, true) => DataType.Int16,
            (8, false) => DataType.UInt8,
            (16, false) => DataType.UInt16,
            (32, false) => DataType.UInt32,
            _ => DataType.Int32,
        },
        _ => DataType.Int32,
    };

    private static DataType InferInt64(LogicalType logical) => logical.Kind switch
    {
        LogicalKind.Timestamp => DataType.Timestamp(logical.Unit, logical.IsUtc ? "UTC" : null),
        LogicalKind.Time => DataType.Time64(logical.Unit),
        LogicalKind.Decimal => Decimal(logical),
        LogicalKind.Integer when !logical.IsSigned => DataType.UInt64,
        _ => DataType.Int64,
    };

    private static DataType Decimal(LogicalType logical)
    {
        if (logical.Precision is < 1 or > 76)
        {
            Throw.Unsupported($"a decimal of {logical.Precision} digits is not supported");
        }
        return DataType.Decimal(logical.Precision, logical.Scale);
    }
}
