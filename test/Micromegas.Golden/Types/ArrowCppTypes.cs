namespace Micromegas.Golden.Types;

/// <summary>Reads types as the Arrow C++ library prints them, the spelling of the recorded answers.</summary>
internal static class ArrowCppTypes
{
    public static GoldenType Parse(string text)
    {
        var cursor = new TypeText(text);
        var type = ParseType(ref cursor);
        return cursor.AtEnd ? type : throw cursor.Unreadable("expected the end");
    }

    private static GoldenType ParseType(ref TypeText cursor)
    {
        var word = cursor.Word();
        switch (word)
        {
            case "null": return new(GoldenKind.Null, "Null");
            case "bool": return new(GoldenKind.Boolean, "Boolean");
            case "int8" or "int16" or "int32" or "int64": return new(GoldenKind.Integer, "I" + word[1..]);
            case "uint8" or "uint16" or "uint32" or "uint64": return new(GoldenKind.Integer, "UI" + word[2..]);
            case "float": return new(GoldenKind.Float32, "Float32");
            case "double": return new(GoldenKind.Float64, "Float64");
            case "string" or "large_string" or "string_view": return new(GoldenKind.Text, "Utf8");
            case "binary" or "large_binary" or "binary_view": return new(GoldenKind.Binary, "Binary");
            case "month_interval": return new(GoldenKind.Interval, "Interval(YearMonth)");
            case "day_time_interval": return new(GoldenKind.Interval, "Interval(DayTime)");
            case "month_day_nano_interval": return new(GoldenKind.Interval, "Interval(MonthDayNano)");
            case "fixed_size_binary":
                cursor.Expect("[");
                return new(GoldenKind.Binary, $"FixedSizeBinary({cursor.Until("]")})");
            case "date32" or "date64":
                cursor.Expect("[");
                cursor.Until("]");
                return new(GoldenKind.Temporal, "D" + word[1..]);
            case "time32" or "time64" or "duration":
                cursor.Expect("[");
                return new(GoldenKind.Temporal, $"{char.ToUpperInvariant(word[0])}{word[1..]}({Unit(cursor.Until("]"))})");
            case "timestamp":
                cursor.Expect("[");
                var parts = cursor.Until("]").Split(", tz=");
                return new(GoldenKind.Temporal, parts.Length == 1 ? $"Timestamp({Unit(parts[0])})" : $"Timestamp({Unit(parts[0])}, \"{parts[1]}\")");
            case "decimal128" or "decimal256" or "decimal64" or "decimal32":
                cursor.Expect("(");
                var precision = cursor.Number();
                cursor.Expect(", ");
                var scale = cursor.Number();
                cursor.Expect(")");
                return GoldenType.DecimalOf(int.Parse(word.AsSpan("decimal".Length), System.Globalization.CultureInfo.InvariantCulture), precision, scale);
            case "dictionary":
                cursor.Expect("<values=");
                var values = ParseType(ref cursor);
                cursor.Until(">");
                return values;
            case "list" or "large_list" or "list_view" or "large_list_view":
                return GoldenType.ListOf(ParseFields(ref cursor)[0].Type);
            case "fixed_size_list":
                var item = ParseFields(ref cursor)[0].Type;
                cursor.Expect("[");
                var size = cursor.Number();
                cursor.Expect("]");
                return GoldenType.ListOf(item, size);
            case "struct":
                return GoldenType.StructOf(ParseFields(ref cursor));
            case "map":
                cursor.Expect("<");
                var key = ParseType(ref cursor);
                cursor.Expect(", ");
                var value = ParseType(ref cursor);
                cursor.Until(">");
                return GoldenType.MapOf(key, value);
            default:
                throw cursor.Unreadable($"'{word}' is not a type");
        }
    }

    // arrow_typeof writes the Greek letter.
    private static string Unit(string unit) => unit == "us" ? "µs" : unit;

    private static GoldenField[] ParseFields(ref TypeText cursor)
    {
        cursor.Expect("<");
        var fields = new List<GoldenField>();
        if (!cursor.Take(">"))
        {
            do
            {
                var name = cursor.Until(": ");
                var type = ParseType(ref cursor);
                cursor.Take(" not null");
                fields.Add(new(name, type));
            }
            while (cursor.Take(", "));
            cursor.Expect(">");
        }

        return [.. fields];
    }
}
