using Micromegas.Columnar;

namespace Micromegas.Engine.Binding.Coercion;

/// <summary>What an arithmetic operator casts its operands to, and what comes out.</summary>
public sealed record ArithmeticRule(DataType Left, DataType Right, DataType Result);

/// <summary>The operand and result types of <c>+ - * / %</c> (spec/sql.md §5.8).</summary>
public static class ArithmeticCoercion
{
    /// <summary>The rule for an operator and its operand types; null when the operation does not exist.</summary>
    public static ArithmeticRule? Find(string operation, DataType a, DataType b)
    {
        a = a.ValueType;
        b = b.ValueType;
        if (a.Kind == TypeKind.Null && b.Kind == TypeKind.Null)
        {
            return Same(DataType.Int64);
        }
        if (a.Kind == TypeKind.Null)
        {
            a = TypeForNull(operation, b);
        }
        else if (b.Kind == TypeKind.Null)
        {
            b = TypeForNull(operation, a);
        }
        if (a.IsNumeric && b.IsNumeric)
        {
            return Numbers(operation, a, b);
        }
        return operation switch
        {
            "+" => Temporal(a, b, isPlus: true) ?? Swap(Temporal(b, a, isPlus: true)),
            "-" => Difference(a, b) ?? Temporal(a, b, isPlus: false),
            "*" when a.IsInterval && b.IsNumeric => Scaled(DataType.IntervalMonthDayNano, DataType.Float64),
            "*" when a.IsNumeric && b.IsInterval => new ArithmeticRule(DataType.Float64, DataType.IntervalMonthDayNano, DataType.IntervalMonthDayNano),
            "/" when a.IsInterval && b.IsNumeric => Scaled(DataType.IntervalMonthDayNano, DataType.Float64),
            _ => null,
        };
    }

    /// <summary>An interval times or divided by a number: PostgreSQL's, a superset of upstream.</summary>
    private static ArithmeticRule Scaled(DataType interval, DataType factor) => new(interval, factor, interval);

    private static ArithmeticRule Same(DataType type) => new(type, type, type);

    private static ArithmeticRule? Swap(ArithmeticRule? rule) => rule is null ? null : new ArithmeticRule(rule.Right, rule.Left, rule.Result);

    private static DataType TypeForNull(string operation, DataType other) => other.Kind switch
    {
        TypeKind.Timestamp or TypeKind.Date32 or TypeKind.Date64 when operation == "+" => DataType.IntervalMonthDayNano,
        _ => other,
    };

    private static ArithmeticRule Numbers(string operation, DataType a, DataType b)
    {
        if ((a.IsDecimal || b.IsDecimal) && !a.IsFloat && !b.IsFloat)
        {
            return Decimals(operation, TypeCoercion.AsDecimal(a), TypeCoercion.AsDecimal(b));
        }
        return Same(TypeCoercion.Numeric(a, b, forArithmetic: true)!);
    }

    private static ArithmeticRule Decimals(string operation, DataType a, DataType b)
    {
        int s1 = a.Scale, s2 = b.Scale, p1 = a.Precision, p2 = b.Precision;
        int precision, scale;
        switch (operation)
        {
            case "*":
                (precision, scale) = (p1 + p2 + 1, s1 + s2);
                break;
            case "/":
                scale = s1 + 4;
                precision = p1 - s1 + s2 + scale;
                break;
            case "%":
                scale = Math.Max(s1, s2);
                precision = scale + Math.Min(p1 - s1, p2 - s2);
                break;
            default:
                scale = Math.Max(s1, s2);
                precision = scale + Math.Max(p1 - s1, p2 - s2) + 1;
                break;
        }
        var isWide = a.Kind == TypeKind.Decimal256 || b.Kind == TypeKind.Decimal256;
        var most = isWide ? 76 : 38;
        (precision, scale) = (Math.Min(precision, most), Math.Min(scale, most));
        return isWide
            ? new ArithmeticRule(DataType.Decimal256(p1, s1), DataType.Decimal256(p2, s2), DataType.Decimal256(precision, scale))
            : new ArithmeticRule(a, b, DataType.Decimal128(precision, scale));
    }

    private static ArithmeticRule? Difference(DataType a, DataType b)
    {
        if (a.Kind == TypeKind.Date32 && b.Kind == TypeKind.Date32)
        {
            return new ArithmeticRule(a, b, DataType.Int64);
        }
        // Text beside a time is read as a time.
        if (a.IsUtf8 && b.Kind is TypeKind.Timestamp or TypeKind.Date32)
        {
            a = b;
        }
        else if (b.IsUtf8 && a.Kind is TypeKind.Timestamp or TypeKind.Date32)
        {
            b = a;
        }
        if (IsInstant(a) && IsInstant(b))
        {
            var unit = a.Kind == TypeKind.Timestamp && b.Kind == TypeKind.Timestamp ? (TimeUnit)Math.Min((byte)a.Unit, (byte)b.Unit)
                : a.Kind == TypeKind.Timestamp ? a.Unit
                : b.Kind == TypeKind.Timestamp ? b.Unit
                : TimeUnit.Millisecond;
            if (a.TimeZone is not null && b.TimeZone is not null && a.TimeZone != b.TimeZone && !(IsUtc(a.TimeZone) && IsUtc(b.TimeZone)))
            {
                return null;
            }
            var zone = a.TimeZone ?? b.TimeZone;
            var common = DataType.Timestamp(unit, zone);
            return new ArithmeticRule(common, common, DataType.Duration(unit));
        }
        return null;
    }

    private static bool IsUtc(string zone) => zone is "UTC" or "+00:00" or "+00" or "Z";

    private static bool IsInstant(DataType type) => type.Kind is TypeKind.Timestamp or TypeKind.Date32 or TypeKind.Date64;

    /// <summary>Something in time, plus or minus something that lasts.</summary>
    private static ArithmeticRule? Temporal(DataType a, DataType b, bool isPlus)
    {
        var interval = DataType.IntervalMonthDayNano;
        // Text is an interval beside a time, where it may be one.
        if (b.IsUtf8 && (IsInstant(a) || a.IsInterval))
        {
            b = interval;
        }
        var lasts = b.IsInterval || b.Kind == TypeKind.Duration;
        return a.Kind switch
        {
            TypeKind.Timestamp when b.IsInterval => new ArithmeticRule(a, interval, a),
            TypeKind.Timestamp when b.Kind == TypeKind.Duration => new ArithmeticRule(a, DataType.Duration(a.Unit), a),
            TypeKind.Date32 or TypeKind.Date64 when b.IsInterval => new ArithmeticRule(a, interval, a),
            TypeKind.Date32 or TypeKind.Date64 when b.Kind == TypeKind.Duration => new ArithmeticRule(a, interval, a),
            TypeKind.Date32 or TypeKind.Date64 when b.IsInteger => new ArithmeticRule(a, DataType.Int64, a),
            TypeKind.Date32 or TypeKind.Date64 when b.Kind is TypeKind.Time32 or TypeKind.Time64 =>
                new ArithmeticRule(DataType.TimestampNanosecond, interval, DataType.TimestampNanosecond),
            TypeKind.Time32 or TypeKind.Time64 when lasts || b.Kind is TypeKind.Time32 or TypeKind.Time64 => Same(interval),
            TypeKind.IntervalMonthDayNano or TypeKind.IntervalYearMonth or TypeKind.IntervalDayTime
                when lasts || (!isPlus && b.Kind is TypeKind.Time32 or TypeKind.Time64) => Same(interval),
            TypeKind.Duration when b.Kind == TypeKind.Duration => Same(DataType.Duration((TimeUnit)Math.Max((byte)a.Unit, (byte)b.Unit))),
            TypeKind.Duration when b.IsInterval => Same(interval),
            _ => null,
        };
    }
}
