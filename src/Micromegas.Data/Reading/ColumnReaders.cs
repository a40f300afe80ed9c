using Micromegas.Columnar;

namespace Micromegas.Data.Reading;

/// <summary>The reader of each type.</summary>
internal static class ColumnReaders
{
    internal static ColumnReader Create(Field field) => field.Type.ValueType.Kind switch
    {
        TypeKind.Null => new NullColumn(field),
        TypeKind.Boolean => new BooleanColumn(field),
        TypeKind.Int8 => new IntegerColumn<sbyte>(field),
        TypeKind.Int16 => new IntegerColumn<short>(field),
        TypeKind.Int32 => new IntegerColumn<int>(field),
        TypeKind.Int64 => new IntegerColumn<long>(field),
        TypeKind.UInt8 => new IntegerColumn<byte>(field),
        TypeKind.UInt16 => new IntegerColumn<ushort>(field),
        TypeKind.UInt32 => new IntegerColumn<uint>(field),
        TypeKind.UInt64 => new IntegerColumn<ulong>(field),
        TypeKind.Float16 => new FloatColumn<Half>(field),
        TypeKind.Float32 => new FloatColumn<float>(field),
        TypeKind.Float64 => new FloatColumn<double>(field),
        TypeKind.Decimal128 => new DecimalColumn<Int128>(field),
        TypeKind.Decimal256 => new DecimalColumn<Int256>(field),
        TypeKind.Utf8 or TypeKind.LargeUtf8 or TypeKind.Utf8View => new Utf8Column(field),
        TypeKind.Binary or TypeKind.LargeBinary or TypeKind.BinaryView or TypeKind.FixedSizeBinary => new BinaryColumn(field),
        TypeKind.Jsonb => new JsonbColumn(field),
        TypeKind.Date32 => new DateColumn<int>(field),
        TypeKind.Date64 => new DateColumn<long>(field),
        TypeKind.Time32 => new TimeColumn<int>(field),
        TypeKind.Time64 => new TimeColumn<long>(field),
        TypeKind.Timestamp => new TimestampColumn(field),
        TypeKind.Duration => new DurationColumn(field),
        TypeKind.IntervalYearMonth => new IntervalColumn<int>(field),
        TypeKind.IntervalDayTime => new IntervalColumn<long>(field),
        TypeKind.IntervalMonthDayNano => new IntervalColumn<MonthDayNano>(field),
        TypeKind.List or TypeKind.LargeList or TypeKind.FixedSizeList => new ListColumn(field),
        TypeKind.Struct => new StructColumn(field),
        TypeKind.Map => new MapColumn(field),
        _ => throw new NotSupportedException($"Columns of type {field.Type} cannot be read."),
    };
}
