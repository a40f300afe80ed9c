using System.Globalization;
using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>
/// Reads the text of a type as <c>arrow_cast</c> takes it and <c>arrow_typeof</c> prints it, also in its older spelling (spec/sql.md §5.6). Layouts that we do
/// not have are read as the next one: Decimal32 and Decimal64 as Decimal128, list views as lists.
/// </summary>
public static class ArrowTypeText
{
    /// <summary>The type of a text; null when it is none.</summary>
    public static DataType? TryParse(string text)
    {
        var reader = new Reader(text);
        var type = reader.Type(0);
        return type is not null && reader.IsAtEnd ? type : null;
    }

    private ref struct Reader(string text)
    {
        private const int MaxDepth = 64;
        private readonly string text = text;
        private int at;

        public bool IsAtEnd
        {
            get
            {
                Blanks();
                return at == text.Length;
            }
        }

        public DataType? Type(int depth)
        {
            if (depth > MaxDepth)
            {
                return null;
            }
            var name = Word();
            return name switch
            {
                "Null" => DataType.Null,
                "Boolean" => DataType.Boolean,
                "Int8" => DataType.Int8,
                "Int16" => DataType.Int16,
                "Int32" => DataType.Int32,
                "Int64" => DataType.Int64,
                "UInt8" => DataType.UInt8,
                "UInt16" => DataType.UInt16,
                "UInt32" => DataType.UInt32,
                "UInt64" => DataType.UInt64,
                "Float16" => DataType.Float16,
                "Float32" => DataType.Float32,
                "Float64" => DataType.Float64,
                "Utf8" => DataType.Utf8,
                "LargeUtf8" => DataType.LargeUtf8,
                "Utf8View" => DataType.Utf8View,
                "Binary" => DataType.Binary,
                "LargeBinary" => DataType.LargeBinary,
                "BinaryView" => DataType.BinaryView,
                "Date32" => DataType.Date32,
                "Date64" => DataType.Date64,
                "Timestamp" => Timestamp(),
                "Duration" => InParentheses(Unit()) is { } unit ? DataType.Duration(unit) : null,
                "Time32" => InParentheses(Unit()) is { } unit and <= TimeUnit.Millisecond ? DataType.Time32(unit) : null,
                "Time64" => InParentheses(Unit()) is { } unit and > TimeUnit.Millisecond ? DataType.Time64(unit) : null,
                "Interval" => Interval(),
                "Decimal32" => Decimal(9),
                "Decimal64" => Decimal(18),
                "Decimal128" => Decimal(38),
                "Decimal256" => Decimal(76),
                "FixedSizeBinary" => InParentheses(Number()) is { } width and >= 0 ? DataType.FixedSizeBinary(width) : null,
                "Dictionary" => Dictionary(depth),
                "List" or "ListView" => Skip('(') && Item(depth) is { } item && Skip(')') ? DataType.List(item) : null,
                "LargeList" or "LargeListView" => Skip('(') && Item(depth) is { } item && Skip(')') ? DataType.LargeList(item) : null,
                "FixedSizeList" => FixedSizeList(depth),
                "Struct" => Struct(depth),
                "Map" => Map(depth),
                _ => null,
            };
        }

        private DataType? Timestamp()
        {
            if (!Skip('(') || Unit() is not { } unit)
            {
                return null;
            }
            string? zone = null;
            if (Skip(','))
            {
                if (Skip("None"))
                {
                    return Skip(')') ? DataType.Timestamp(unit) : null;
                }
                var isSome = Skip("Some");
                if ((isSome && !Skip('(')) || Quoted() is not { } name || (isSome && !Skip(')')) || Zone.TryFind(name) is null)
                {
                    return null;
                }
                zone = name;
            }
            return Skip(')') ? DataType.Timestamp(unit, zone) : null;
        }

        private DataType? Interval()
        {
            if (!Skip('('))
            {
                return null;
            }
            var type = Word() switch
            {
                "YearMonth" => DataType.IntervalYearMonth,
                "DayTime" => DataType.IntervalDayTime,
                "MonthDayNano" => DataType.IntervalMonthDayNano,
                _ => null,
            };
            return Skip(')') ? type : null;
        }

        /// <summary>Decimals of up to 38 digits lie in 128 bits, also those that Arrow has narrower types for.</summary>
        private DataType? Decimal(int most)
        {
            if (!Skip('(') || Number() is not { } precision || !Skip(',') || Number() is not { } scale || !Skip(')')
                || precision < 1 || precision > most || Math.Abs(scale) > most || scale > precision)
            {
                return null;
            }
            return most <= 38 ? DataType.Decimal128(precision, scale) : DataType.Decimal256(precision, scale);
        }

        private DataType? Dictionary(int depth) =>
            Skip('(') && Type(depth + 1) is { IsInteger: true } key && Skip(',') && Type(depth + 1) is { } value && Skip(')')
                ? DataType.Dictionary(key, value)
                : null;

        /// <summary>An item field: <c>[non-null] T[, field: 'name']</c> or <c>nullable T</c>.</summary>
        private Field? Item(int depth)
        {
            var nullable = !Skip("non-null");
            Skip("nullable");
            if (Type(depth + 1) is not { } type)
            {
                return null;
            }
            var name = "item";
            var mark = at;
            if (Skip(',') && Skip("field") && Skip(':') && Quoted() is { } own)
            {
                name = own;
            }
            else
            {
                at = mark;
            }
            return new Field(name, type, nullable);
        }

        private DataType? FixedSizeList(int depth) =>
            Skip('(') && Number() is { } width and >= 0 && (Skip("x") || Skip(',')) && Item(depth) is { } item && Skip(')') ? DataType.FixedSizeList(item, width) : null;

        private DataType? Struct(int depth)
        {
            if (!Skip('('))
            {
                return null;
            }
            var fields = new List<Field>();
            while (!Skip(')'))
            {
                if ((fields.Count > 0 && !Skip(',')) || Quoted() is not { } name || !Skip(':'))
                {
                    return null;
                }
                var nullable = !Skip("non-null");
                Skip("nullable");
                if (Type(depth + 1) is not { } type)
                {
                    return null;
                }
                fields.Add(new Field(name, type, nullable));
            }
            return DataType.Struct(fields.ToArray());
        }

        private DataType? Map(int depth)
        {
            if (!Skip('(') || Quoted() is not { } name || !Skip(':'))
            {
                return null;
            }
            var nullable = !Skip("non-null");
            if (Type(depth + 1) is not { Kind: TypeKind.Struct, Fields.Length: 2 } entries || !Skip(',') || !(Skip("unsorted") || Skip("sorted")) || !Skip(')'))
            {
                return null;
            }
            return DataType.Map(new Field(name, entries, nullable));
        }

        private TimeUnit? Unit()
        {
            if (at < text.Length && text[at] == '(')
            {
                at++;
            }
            return Word() switch
            {
                "s" or "Second" => TimeUnit.Second,
                "ms" or "Millisecond" => TimeUnit.Millisecond,
                "µs" or "us" or "μs" or "Microsecond" => TimeUnit.Microsecond,
                "ns" or "Nanosecond" => TimeUnit.Nanosecond,
                _ => null,
            };
        }

        private T? InParentheses<T>(T? value)
            where T : struct => Skip(')') ? value : null;

        private int? Number()
        {
            Blanks();
            if (at < text.Length && text[at] == '(')
            {
                at++;
            }
            Blanks();
            var start = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || (at == start && text[at] == '-')))
            {
                at++;
            }
            return int.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;
        }

        private string? Quoted()
        {
            Blanks();
            if (at >= text.Length || text[at] is not ('"' or '\''))
            {
                return null;
            }
            var end = text.IndexOf(text[at], at + 1);
            if (end < 0)
            {
                return null;
            }
            var value = text[(at + 1)..end];
            at = end + 1;
            return value;
        }

        private string Word()
        {
            Blanks();
            var start = at;
            while (at < text.Length && char.IsLetterOrDigit(text[at]))
            {
                at++;
            }
            return text[start..at];
        }

        private bool Skip(char value)
        {
            Blanks();
            if (at >= text.Length || text[at] != value)
            {
                return false;
            }
            at++;
            return true;
        }

        private bool Skip(string value)
        {
            Blanks();
            if (string.CompareOrdinal(text, at, value, 0, value.Length) != 0)
            {
                return false;
            }
            at += value.Length;
            return true;
        }

        private void Blanks()
        {
            while (at < text.Length && text[at] == ' ')
            {
                at++;
            }
        }
    }
}
