using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Micromegas.Columnar;

/// <summary>
/// A logical column type: Arrow's types plus <c>Jsonb</c>. Immutable; equality is structural.
/// <see cref="ToString"/> gives the text that <c>arrow_typeof</c> prints (spec/sql.md §5.6).
/// </summary>
public sealed class DataType : IEquatable<DataType>
{
    private DataType(TypeKind kind) => Kind = kind;

    public TypeKind Kind { get; }

    /// <summary>Unit of a time, timestamp or duration.</summary>
    public TimeUnit Unit { get; private init; }

    /// <summary>Zone of a timestamp, <see langword="null"/> when it has none.</summary>
    public string? TimeZone { get; private init; }

    /// <summary>Decimal digits of a decimal: 1 to 38 (Decimal128) or 76 (Decimal256).</summary>
    public int Precision { get; private init; }

    /// <summary>Digits after the point of a decimal; negative values scale up.</summary>
    public int Scale { get; private init; }

    /// <summary>Bytes of a fixed-size binary, items of a fixed-size list.</summary>
    public int Width { get; private init; }

    /// <summary>Fields of a struct; the single item field of a list; the single entries field of a map.</summary>
    public ImmutableArray<Field> Fields { get; private init; } = [];

    /// <summary>Type of the codes of a dictionary (an integer type).</summary>
    public DataType? IndexType { get; private init; }

    /// <summary>Type of the values of a dictionary.</summary>
    public DataType? DictionaryValueType { get; private init; }

    public static DataType Null { get; } = new(TypeKind.Null);
    public static DataType Boolean { get; } = new(TypeKind.Boolean);
    public static DataType Int8 { get; } = new(TypeKind.Int8);
    public static DataType Int16 { get; } = new(TypeKind.Int16);
    public static DataType Int32 { get; } = new(TypeKind.Int32);
    public static DataType Int64 { get; } = new(TypeKind.Int64);
    public static DataType UInt8 { get; } = new(TypeKind.UInt8);
    public static DataType UInt16 { get; } = new(TypeKind.UInt16);
    public static DataType UInt32 { get; } = new(TypeKind.UInt32);
    public static DataType UInt64 { get; } = new(TypeKind.UInt64);
    public static DataType Float16 { get; } = new(TypeKind.Float16);
    public static DataType Float32 { get; } = new(TypeKind.Float32);
    public static DataType Float64 { get; } = new(TypeKind.Float64);
    public static DataType Utf8 { get; } = new(TypeKind.Utf8);
    public static DataType LargeUtf8 { get; } = new(TypeKind.LargeUtf8);
    public static DataType Utf8View { get; } = new(TypeKind.Utf8View);
    public static DataType Binary { get; } = new(TypeKind.Binary);
    public static DataType LargeBinary { get; } = new(TypeKind.LargeBinary);
    public static DataType BinaryView { get; } = new(TypeKind.BinaryView);
    public static DataType Jsonb { get; } = new(TypeKind.Jsonb);
    public static DataType Date32 { get; } = new(TypeKind.Date32);
    public static DataType Date64 { get; } = new(TypeKind.Date64);
    public static DataType IntervalYearMonth { get; } = new(TypeKind.IntervalYearMonth);
    public static DataType IntervalDayTime { get; } = new(TypeKind.IntervalDayTime);
    public static DataType IntervalMonthDayNano { get; } = new(TypeKind.IntervalMonthDayNano);

    /// <summary>Nanoseconds since 1970 in the lake's zone <c>+00:00</c>: the type of every time column of a view.</summary>
    public static DataType LakeTime { get; } = Timestamp(TimeUnit.Nanosecond, "+00:00");

    /// <summary>Nanoseconds since 1970 without zone: what SQL's <c>TIMESTAMP</c> means.</summary>
    public static DataType TimestampNanosecond { get; } = Timestamp(TimeUnit.Nanosecond);

    /// <summary><c>Dictionary(Int32, Utf8)</c>, the type of the repetitive texts of a view.</summary>
    public static DataType DictionaryUtf8 { get; } = Dictionary(Int32, Utf8);

    /// <summary><c>Dictionary(Int32, Jsonb)</c>, the type of property sets.</summary>
    public static DataType DictionaryJsonb { get; } = Dictionary(Int32, Jsonb);

    public static DataType Timestamp(TimeUnit unit, string? timeZone = null) => new(TypeKind.Timestamp) { Unit = unit, TimeZone = timeZone };

    public static DataType Duration(TimeUnit unit) => new(TypeKind.Duration) { Unit = unit };

    /// <summary>Time of day in seconds or milliseconds, 32 bits.</summary>
    public static DataType Time32(TimeUnit unit) => new(TypeKind.Time32) { Unit = unit };

    /// <summary>Time of day in microseconds or nanoseconds, 64 bits.</summary>
    public static DataType Time64(TimeUnit unit) => new(TypeKind.Time64) { Unit = unit };

    public static DataType Decimal128(int precision, int scale) => new(TypeKind.Decimal128) { Precision = precision, Scale = scale };

    public static DataType Decimal256(int precision, int scale) => new(TypeKind.Decimal256) { Precision = precision, Scale = scale };

    /// <summary>The decimal of the given digits: 128 bits up to 38 digits, else 256 bits.</summary>
    public static DataType Decimal(int precision, int scale) => precision <= 38 ? Decimal128(precision, scale) : Decimal256(precision, scale);

    public static DataType FixedSizeBinary(int width) => new(TypeKind.FixedSizeBinary) { Width = width };

    public static DataType List(Field item) => new(TypeKind.List) { Fields = [item] };

    /// <summary>A list of nullable items called <c>item</c>.</summary>
    public static DataType List(DataType item) => List(new Field("item", item));

    public static DataType LargeList(Field item) => new(TypeKind.LargeList) { Fields = [item] };

    public static DataType FixedSizeList(Field item, int width) => new(TypeKind.FixedSizeList) { Fields = [item], Width = width };

    public static DataType Struct(params ReadOnlySpan<Field> fields) => new(TypeKind.Struct) { Fields = [.. fields] };

    /// <summary>A map; <paramref name="entries"/> is the field of the key-value struct.</summary>
    public static DataType Map(Field entries) => new(TypeKind.Map) { Fields = [entries] };

    public static DataType Map(DataType key, DataType value) =>
        Map(new Field("entries", Struct(new Field("key", key, false), new Field("value", value)), false));

    public static DataType Dictionary(DataType index, DataType value) => new(TypeKind.Dictionary) { IndexType = index, DictionaryValueType = value };

    /// <summary>The type itself, or the type of a dictionary's values.</summary>
    public DataType ValueType => Kind == TypeKind.Dictionary ? DictionaryValueType!.ValueType : this;

    /// <summary>Item field of a list, entries field of a map.</summary>
    public Field ItemField => Fields[0];

    public bool IsDictionary => Kind == TypeKind.Dictionary;
    public bool IsUtf8 => Kind is TypeKind.Utf8 or TypeKind.LargeUtf8 or TypeKind.Utf8View;
    public bool IsBinary => Kind is TypeKind.Binary or TypeKind.LargeBinary or TypeKind.BinaryView or TypeKind.FixedSizeBinary or TypeKind.Jsonb;
    public bool IsSignedInteger => Kind is >= TypeKind.Int8 and <= TypeKind.Int64;
    public bool IsUnsignedInteger => Kind is >= TypeKind.UInt8 and <= TypeKind.UInt64;
    public bool IsInteger => Kind is >= TypeKind.Int8 and <= TypeKind.UInt64;
    public bool IsFloat => Kind is >= TypeKind.Float16 and <= TypeKind.Float64;
    public bool IsDecimal => Kind is TypeKind.Decimal128 or TypeKind.Decimal256;
    public bool IsNumeric => Kind is >= TypeKind.Int8 and <= TypeKind.Decimal256;
    public bool IsInterval => Kind is TypeKind.IntervalYearMonth or TypeKind.IntervalDayTime or TypeKind.IntervalMonthDayNano;
    public bool IsList => Kind is TypeKind.List or TypeKind.LargeList or TypeKind.FixedSizeList;
    public bool IsNested => IsList || Kind is TypeKind.Struct or TypeKind.Map;
    public bool IsTemporal => Kind is TypeKind.Date32 or TypeKind.Date64 or TypeKind.Time32 or TypeKind.Time64 or TypeKind.Timestamp;

    /// <summary>How values lie in a vector; a dictionary counts as its value type.</summary>
    public StorageKind Storage => ValueType.Kind switch
    {
        TypeKind.Null => StorageKind.None,
        TypeKind.Boolean => StorageKind.Bit,
        TypeKind.Utf8 or TypeKind.LargeUtf8 or TypeKind.Utf8View or TypeKind.Binary or TypeKind.LargeBinary or TypeKind.BinaryView
            or TypeKind.FixedSizeBinary or TypeKind.Jsonb => StorageKind.Bytes,
        TypeKind.List or TypeKind.LargeList or TypeKind.FixedSizeList or TypeKind.Map => StorageKind.List,
        TypeKind.Struct => StorageKind.Struct,
        _ => StorageKind.Flat,
    };

    /// <summary>Bytes of one value of a <see cref="StorageKind.Flat"/> type, else 0.</summary>
    public int FlatSize => ValueType.Kind switch
    {
        TypeKind.Int8 or TypeKind.UInt8 => 1,
        TypeKind.Int16 or TypeKind.UInt16 or TypeKind.Float16 => 2,
        TypeKind.Int32 or TypeKind.UInt32 or TypeKind.Float32 or TypeKind.Date32 or TypeKind.Time32 or TypeKind.IntervalYearMonth => 4,
        TypeKind.Int64 or TypeKind.UInt64 or TypeKind.Float64 or TypeKind.Date64 or TypeKind.Time64 or TypeKind.Timestamp
            or TypeKind.Duration or TypeKind.IntervalDayTime => 8,
        TypeKind.Decimal128 or TypeKind.IntervalMonthDayNano => 16,
        TypeKind.Decimal256 => 32,
        _ => 0,
    };

    public bool Equals(DataType? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Kind == other.Kind && Unit == other.Unit && TimeZone == other.TimeZone && Precision == other.Precision
            && Scale == other.Scale && Width == other.Width && Equals(IndexType, other.IndexType)
            && Equals(DictionaryValueType, other.DictionaryValueType) && Fields.AsSpan().SequenceEqual(other.Fields.AsSpan()));

    public override bool Equals(object? obj) => Equals(obj as DataType);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Kind);
        hash.Add(Unit);
        hash.Add(TimeZone);
        hash.Add(Precision);
        hash.Add(Scale);
        hash.Add(Width);
        hash.Add(DictionaryValueType);
        foreach (var field in Fields)
        {
            hash.Add(field);
        }
        return hash.ToHashCode();
    }

    public static bool operator ==(DataType? left, DataType? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(DataType? left, DataType? right) => !(left == right);

    public override string ToString()
    {
        var text = new StringBuilder();
        Print(text);
        return text.ToString();
    }

    internal void Print(StringBuilder text)
    {
        switch (Kind)
        {
            case TypeKind.Jsonb:
                text.Append("Binary");
                break;
            case TypeKind.Timestamp:
                text.Append("Timestamp(").Append(UnitText(Unit));
                if (TimeZone is not null)
                {
                    text.Append(", \"").Append(TimeZone).Append('"');
                }
                text.Append(')');
                break;
            case TypeKind.Time32 or TypeKind.Time64 or TypeKind.Duration:
                text.Append(Kind).Append('(').Append(UnitText(Unit)).Append(')');
                break;
            case TypeKind.Decimal128 or TypeKind.Decimal256:
                text.Append(CultureInfo.InvariantCulture, $"{Kind}({Precision}, {Scale})");
                break;
            case TypeKind.FixedSizeBinary:
                text.Append(CultureInfo.InvariantCulture, $"FixedSizeBinary({Width})");
                break;
            case TypeKind.IntervalYearMonth:
                text.Append("Interval(YearMonth)");
                break;
            case TypeKind.IntervalDayTime:
                text.Append("Interval(DayTime)");
                break;
            case TypeKind.IntervalMonthDayNano:
                text.Append("Interval(MonthDayNano)");
                break;
            case TypeKind.List or TypeKind.LargeList or TypeKind.FixedSizeList:
                text.Append(Kind).Append('(');
                if (Kind == TypeKind.FixedSizeList)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{Width} x ");
                }
                ItemField.PrintType(text);
                if (ItemField.Name != "item")
                {
                    text.Append(", field: '").Append(ItemField.Name).Append('\'');
                }
                text.Append(')');
                break;
            case TypeKind.Struct:
                text.Append("Struct(");
                for (var i = 0; i < Fields.Length; i++)
                {
                    text.Append(i > 0 ? ", " : "").Append('"').Append(Fields[i].Name).Append("\": ");
                    Fields[i].PrintType(text);
                }
                text.Append(')');
                break;
            case TypeKind.Map:
                text.Append("Map(\"").Append(ItemField.Name).Append("\": ");
                ItemField.PrintType(text);
                text.Append(", unsorted)");
                break;
            case TypeKind.Dictionary:
                text.Append("Dictionary(");
                IndexType!.Print(text);
                text.Append(", ");
                DictionaryValueType!.Print(text);
                text.Append(')');
                break;
            default:
                text.Append(Kind);
                break;
        }
    }

    private static string UnitText(TimeUnit unit) => unit switch
    {
        TimeUnit.Second => "s",
        TimeUnit.Millisecond => "ms",
        TimeUnit.Microsecond => "µs",
        _ => "ns",
    };
}
