using Micromegas.Columnar;

namespace Micromegas.Engine.Binding.Coercion;

/// <summary>Which type two operands meet in (spec/sql.md §5.7). The binder casts both to it.</summary>
public static class TypeCoercion
{
    /// <summary>Common type of a comparison, IN, BETWEEN, simple CASE, join key, GREATEST and LEAST; null when there is none.</summary>
    public static DataType? Comparison(DataType a, DataType b) => Common(a, b, Purpose.Compare);

    /// <summary>Common type of UNION branches and CASE results; null when there is none.</summary>
    public static DataType? Union(DataType a, DataType b) => Common(a, b, Purpose.Unite);

    /// <summary>
    /// Common type of the items of lists and maps, of COALESCE and of the rows of VALUES, taken one after the other; null when there is none. A number
    /// wins over a text as in comparisons, and structs take the order of members of the later one.
    /// </summary>
    public static DataType? Items(DataType soFar, DataType next) => Common(next, soFar, Purpose.Collect);

    /// <summary>Common type of two numbers, null when one is none; <paramref name="forArithmetic"/> turns decimal with float into Float64.</summary>
    public static DataType? Numeric(DataType a, DataType b, bool forArithmetic = false)
    {
        if (!a.IsNumeric || !b.IsNumeric)
        {
            return null;
        }
        if (a == b)
        {
            return a;
        }
        if (a.IsDecimal || b.IsDecimal)
        {
            return Decimals(a, b, forArithmetic);
        }
        if (a.Kind == TypeKind.Float64 || b.Kind == TypeKind.Float64)
        {
            return DataType.Float64;
        }
        if (a.Kind == TypeKind.Float32 || b.Kind == TypeKind.Float32)
        {
            return DataType.Float32;
        }
        if (a.Kind == TypeKind.Float16 || b.Kind == TypeKind.Float16)
        {
            return DataType.Float16;
        }
        return Integers(a, b);
    }

    /// <summary>An integer type as the decimal that holds its values.</summary>
    public static DataType AsDecimal(DataType integer) => integer.Kind switch
    {
        TypeKind.Int8 or TypeKind.UInt8 => DataType.Decimal128(3, 0),
        TypeKind.Int16 or TypeKind.UInt16 => DataType.Decimal128(5, 0),
        TypeKind.Int32 or TypeKind.UInt32 => DataType.Decimal128(10, 0),
        TypeKind.Float32 => DataType.Decimal128(14, 7),
        TypeKind.Float64 or TypeKind.Float16 => DataType.Decimal128(30, 15),
        _ => integer.IsDecimal ? integer : DataType.Decimal128(20, 0),
    };

    /// <summary>The decimal type that holds the values of two.</summary>
    public static DataType WidestDecimal(DataType a, DataType b)
    {
        var scale = Math.Max(a.Scale, b.Scale);
        var precision = scale + Math.Max(a.Precision - a.Scale, b.Precision - b.Scale);
        return a.Kind == TypeKind.Decimal256 || b.Kind == TypeKind.Decimal256
            ? DataType.Decimal256(Math.Min(precision, 76), scale)
            : DataType.Decimal128(Math.Min(precision, 38), scale);
    }

    private enum Purpose
    {
        Compare,
        Unite,
        Collect,
    }

    private static DataType? Common(DataType a, DataType b, Purpose purpose)
    {
        if (a == b)
        {
            return a;
        }
        if (a.Kind == TypeKind.Null)
        {
            return b;
        }
        if (b.Kind == TypeKind.Null)
        {
            return a;
        }
        if (a.IsDictionary || b.IsDictionary)
        {
            return Dictionaries(a, b, purpose);
        }
        if (Numeric(a, b) is { } number)
        {
            return number;
        }
        if (Temporal(a, b, purpose != Purpose.Compare) is { } temporal)
        {
            return temporal;
        }
        if (a.IsUtf8 && b.IsUtf8)
        {
            return Texts(a, b);
        }
        if (a.IsUtf8 || b.IsUtf8)
        {
            var (text, other) = a.IsUtf8 ? (a, b) : (b, a);
            if (other.IsNumeric)
            {
                return purpose == Purpose.Unite ? text : other;
            }
            if (other.IsBinary)
            {
                return Binaries(other, other);
            }
            return null;
        }
        if (a.IsBinary && b.IsBinary)
        {
            return Binaries(a, b);
        }
        return Nested(a, b, purpose);
    }

    private static DataType? Dictionaries(DataType a, DataType b, Purpose purpose)
    {
        var common = Common(a.ValueType, b.ValueType, purpose);
        if (common is null || purpose == Purpose.Compare)
        {
            return common;
        }
        if (purpose == Purpose.Collect && common.IsUtf8)
        {
            // Views need no dictionary; otherwise the wider code goes with the common value.
            var code = a.IsDictionary && b.IsDictionary ? Integers(a.IndexType!, b.IndexType!) : (a.IsDictionary ? a : b).IndexType!;
            return common.Kind == TypeKind.Utf8View || !code.IsInteger ? common : DataType.Dictionary(code, common);
        }
        // COALESCE(dictionary, 'text') stays dictionary-coded (golden: column-string).
        var dictionary = a.IsDictionary ? a : b;
        return common.IsUtf8 == dictionary.ValueType.IsUtf8 && common.Storage == dictionary.Storage ? dictionary : common;
    }

    private static DataType? Temporal(DataType a, DataType b, bool isUnion)
    {
        if (a.Kind == TypeKind.Timestamp && b.Kind == TypeKind.Timestamp)
        {
            // The coarser unit (spec/sql.md §5.7 rule 4).
            return DataType.Timestamp((TimeUnit)Math.Min((byte)a.Unit, (byte)b.Unit), a.TimeZone ?? b.TimeZone);
        }
        if (a.Kind == TypeKind.Duration && b.Kind == TypeKind.Duration)
        {
            return DataType.Duration((TimeUnit)Math.Max((byte)a.Unit, (byte)b.Unit));
        }
        var (first, second) = a.Kind <= b.Kind ? (a, b) : (b, a);
        return (first.Kind, second.Kind) switch
        {
            (TypeKind.Date32, TypeKind.Date64) => DataType.Date64,
            (TypeKind.Date32 or TypeKind.Date64, TypeKind.Timestamp) => DataType.Timestamp(TimeUnit.Nanosecond, second.TimeZone),
            (TypeKind.Time32 or TypeKind.Time64, TypeKind.Time32 or TypeKind.Time64) => DataType.Time64(TimeUnit.Nanosecond),
            (TypeKind.Utf8 or TypeKind.LargeUtf8 or TypeKind.Utf8View, _) => WithText(first, second, isUnion),
            // Integers compare with dates as days (golden: comparison).
            (TypeKind.Int32 or TypeKind.Int64, TypeKind.Date32 or TypeKind.Date64) when !isUnion => second,
            (TypeKind.Duration, TypeKind.IntervalMonthDayNano) => second,
            (TypeKind.IntervalYearMonth or TypeKind.IntervalDayTime or TypeKind.IntervalMonthDayNano, _) when second.IsInterval =>
                DataType.IntervalMonthDayNano,
            _ => null,
        };
    }

    private static DataType? WithText(DataType text, DataType other, bool isUnion) => other.Kind switch
    {
        TypeKind.Timestamp => isUnion ? other : DataType.Timestamp(TimeUnit.Nanosecond, other.TimeZone),
        TypeKind.Date32 or TypeKind.Date64 or TypeKind.Time32 or TypeKind.Time64 => other,
        _ => null,
    };

    private static DataType Texts(DataType a, DataType b)
    {
        if (a.Kind == TypeKind.Utf8View || b.Kind == TypeKind.Utf8View)
        {
            return DataType.Utf8View;
        }
        return a.Kind == TypeKind.LargeUtf8 || b.Kind == TypeKind.LargeUtf8 ? DataType.LargeUtf8 : DataType.Utf8;
    }

    private static DataType Binaries(DataType a, DataType b)
    {
        if (a.Kind == TypeKind.BinaryView || b.Kind == TypeKind.BinaryView)
        {
            return DataType.BinaryView;
        }
        if (a.Kind == TypeKind.LargeBinary || b.Kind == TypeKind.LargeBinary)
        {
            return DataType.LargeBinary;
        }
        return a.Kind == TypeKind.Jsonb && b.Kind == TypeKind.Jsonb ? DataType.Jsonb : DataType.Binary;
    }

    private static DataType? Nested(DataType a, DataType b, Purpose purpose)
    {
        if (a.IsList && b.IsList)
        {
            return Common(a.ItemField.Type, b.ItemField.Type, purpose) is { } item
                ? WithItem(a.Kind == TypeKind.LargeList || b.Kind == TypeKind.LargeList, a, b, item)
                : null;
        }
        if (a.Kind == TypeKind.Map && b.Kind == TypeKind.Map)
        {
            return Common(a.ItemField.Type, b.ItemField.Type, purpose) is { } entries ? DataType.Map(a.ItemField with { Type = entries }) : null;
        }
        if (a.Kind != TypeKind.Struct || b.Kind != TypeKind.Struct || a.Fields.Length != b.Fields.Length)
        {
            return null;
        }
        var fields = new Field[a.Fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            var source = Expressions.StructMembers.Find(b, a, i);
            if (source < 0 || Common(a.Fields[i].Type, b.Fields[source].Type, purpose) is not { } type)
            {
                return null;
            }
            fields[i] = new Field(a.Fields[i].Name, type, a.Fields[i].Nullable || b.Fields[source].Nullable);
        }
        return DataType.Struct(fields);
    }

    private static DataType WithItem(bool isLarge, DataType a, DataType b, DataType item)
    {
        var field = a.ItemField with { Type = item, Nullable = a.ItemField.Nullable || b.ItemField.Nullable };
        return isLarge ? DataType.LargeList(field) : DataType.List(field);
    }

    private static DataType Integers(DataType a, DataType b)
    {
        if (a.Kind == TypeKind.UInt64 || b.Kind == TypeKind.UInt64)
        {
            return a.IsUnsignedInteger && b.IsUnsignedInteger ? DataType.UInt64 : DataType.Decimal128(20, 0);
        }
        var size = Math.Max(a.FlatSize, b.FlatSize);
        if (a.IsUnsignedInteger == b.IsUnsignedInteger)
        {
            return a.FlatSize >= b.FlatSize ? a : b;
        }
        // One signed, one unsigned: the signed type that holds both.
        var unsigned = a.IsUnsignedInteger ? a : b;
        return Math.Max(size, unsigned.FlatSize * 2) switch
        {
            2 => DataType.Int16,
            4 => DataType.Int32,
            _ => DataType.Int64,
        };
    }

    private static DataType Decimals(DataType a, DataType b, bool forArithmetic)
    {
        if (a.IsFloat || b.IsFloat)
        {
            var real = a.IsFloat ? a : b;
            return forArithmetic ? (real.Kind == TypeKind.Float32 ? DataType.Float32 : DataType.Float64) : WidestDecimal(AsDecimal(a), AsDecimal(b));
        }
        return WidestDecimal(AsDecimal(a), AsDecimal(b));
    }
}
