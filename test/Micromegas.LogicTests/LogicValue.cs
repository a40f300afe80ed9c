using System.Globalization;
using System.Numerics;
using Micromegas.Columnar;

namespace Micromegas.LogicTests;

/// <summary>
/// Values of results as an <c>.slt</c> file writes them. A column's letter: <c>I</c> integer, <c>R</c> floating-point or decimal (compared as numbers),
/// <c>B</c> boolean, <c>T</c> everything else as text: dates and times in ISO 8601 with a blank and as many decimals as needed, lists as <c>[a, b]</c>.
/// </summary>
internal static class LogicValue
{
    public const string Letters = "IRBT";

    private const string Null = "NULL";
    private const string Empty = "(empty)";

    // Workers add up in any order; two orders of the same terms differ by a few units in the last place of the largest term.
    private const double Tolerance = 1e-11;

    public static char Letter(DataType type) => type.ValueType.Kind switch
    {
        TypeKind.Int8 or TypeKind.Int16 or TypeKind.Int32 or TypeKind.Int64 or TypeKind.UInt8 or TypeKind.UInt16 or TypeKind.UInt32 or TypeKind.UInt64 => 'I',
        TypeKind.Float16 or TypeKind.Float32 or TypeKind.Float64 or TypeKind.Decimal128 or TypeKind.Decimal256 => 'R',
        TypeKind.Boolean => 'B',
        _ => 'T',
    };

    public static string Text(DataType type, object? value)
    {
        type = type.ValueType;
        return value switch
        {
            null => Null,
            bool flag => flag ? "true" : "false",
            "" => Empty,
            string text => text.Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal),
            double number => Number(number),
            float number => Number(number),
            Half number => Number((double)number),
            Int128 unscaled => Decimal(unscaled, type.Scale),
            Int256 unscaled => Decimal(unscaled.ToBigInteger(), type.Scale),
            byte[] bytes => Convert.ToHexStringLower(bytes),
            MonthDayNano interval => $"{interval.Months} mons {interval.Days} days {interval.Nanoseconds} ns",
            object?[] items when type.Kind == TypeKind.Struct =>
                $"{{{string.Join(", ", items.Select((item, i) => $"{type.Fields[i].Name}: {Text(type.Fields[i].Type, item)}"))}}}",
            object?[] items => $"[{string.Join(", ", items.Select(item => Text(type.Fields[0].Type, item)))}]",
            int days when type.Kind == TypeKind.Date32 => Date(days),
            long milliseconds when type.Kind == TypeKind.Date64 => Date(milliseconds / 86_400_000),
            int or long when type.Kind is TypeKind.Time32 or TypeKind.Time64 => Clock(Convert.ToInt64(value, CultureInfo.InvariantCulture) * Nanoseconds(type.Unit)),
            long time when type.Kind == TypeKind.Timestamp => Timestamp(time * (Int128)Nanoseconds(type.Unit)),
            long duration when type.Kind == TypeKind.Duration => $"{duration * (Int128)Nanoseconds(type.Unit)} ns",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };
    }

    /// <summary>Whether a value is the expected one.</summary>
    public static bool Same(char letter, string expected, string actual)
    {
        if (expected == actual || letter != 'R')
        {
            return expected == actual;
        }
        if (!double.TryParse(expected, CultureInfo.InvariantCulture, out var left) || !double.TryParse(actual, CultureInfo.InvariantCulture, out var right))
        {
            return false;
        }
        return left.Equals(right) || Math.Abs(left - right) <= Tolerance * Math.Max(Math.Abs(left), Math.Abs(right));
    }

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Decimal(BigInteger unscaled, int scale)
    {
        if (scale <= 0)
        {
            return (unscaled * BigInteger.Pow(10, -scale)).ToString(CultureInfo.InvariantCulture);
        }
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return $"{(unscaled.Sign < 0 ? "-" : "")}{digits[..^scale]}.{digits[^scale..]}";
    }

    private static string Date(long days) => DateOnly.FromDayNumber((int)(days + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Timestamp(Int128 nanoseconds)
    {
        const long Day = 86_400_000_000_000;
        var days = nanoseconds / Day;
        var rest = (long)(nanoseconds % Day);
        if (rest < 0)
        {
            days--;
            rest += Day;
        }
        return $"{Date((long)days)} {Clock(rest)}";
    }

    private static string Clock(long nanoseconds)
    {
        var seconds = nanoseconds / 1_000_000_000;
        var fraction = (nanoseconds % 1_000_000_000).ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        var text = $"{seconds / 3600:D2}:{seconds / 60 % 60:D2}:{seconds % 60:D2}";
        return fraction.Length == 0 ? text : $"{text}.{fraction}";
    }

    private static long Nanoseconds(TimeUnit unit) => unit switch
    {
        TimeUnit.Second => 1_000_000_000,
        TimeUnit.Millisecond => 1_000_000,
        TimeUnit.Microsecond => 1_000,
        _ => 1,
    };
}
