namespace Micromegas.Golden.Types;

/// <summary>Reads types as <c>arrow_typeof</c> prints them (spec/sql.md §3), the spelling of <c>GetDataTypeName</c>.</summary>
internal static class ArrowTypeofTypes
{
    public static GoldenType Parse(string text)
    {
        var cursor = new TypeText(text);
        var type = ParseType(ref cursor);
        return cursor.AtEnd ? type : throw cursor.Unreadable("expected the end");
    }

    private static GoldenType ParseType(ref TypeText cursor)
    {
        cursor.Take("non-null ");
        var word = cursor.Word();
        switch (word)
        {
            case "Null": return new(GoldenKind.Null, word);
            case "Boolean": return new(GoldenKind.Boolean, word);
            case "Int8" or "Int16" or "Int32" or "Int64" or "UInt8" or "UInt16" or "UInt32" or "UInt64": return new(GoldenKind.Integer, word);
            case "Float32": return new(GoldenKind.Float32, word);
            case "Float16" or "Float64": return new(GoldenKind.Float64, word);
            case "Utf8" or "LargeUtf8" or "Utf8View": return new(GoldenKind.Text, "Utf8");
            case "Binary" or "LargeBinary" or "BinaryView": return new(GoldenKind.Binary, "Binary");
            case "Date32" or "Date64": return new(GoldenKind.Temporal, word);
            case "FixedSizeBinary":
                cursor.Expect("(");
                return new(GoldenKind.Binary, $"{word}({cursor.Until(")")})");
            case "Time32" or "Time64" or "Duration" or "Timestamp":
                cursor.Expect("(");
                return new(GoldenKind.Temporal, $"{word}({cursor.Until(")")})");
            case "Interval":
                cursor.Expect("(");
                return new(GoldenKind.Interval, $"{word}({cursor.Until(")")})");
            case "Decimal32" or "Decimal64" or "Decimal128" or "Decimal256":
                cursor.Expect("(");
                var precision = cursor.Number();
                cursor.Expect(", ");
                var scale = cursor.Number();
                cursor.Expect(")");
                return GoldenType.DecimalOf(int.Parse(word.AsSpan("Decimal".Length), System.Globalization.CultureInfo.InvariantCulture), precision, scale);
            case "Dictionary":
                cursor.Expect("(");
                ParseType(ref cursor);
                cursor.Expect(", ");
                var values = ParseType(ref cursor);
                cursor.Expect(")");
                return values;
            case "List" or "LargeList" or "ListView" or "LargeListView":
                cursor.Expect("(");
                var item = ParseType(ref cursor);
                ExpectEndOfItem(ref cursor);
                return GoldenType.ListOf(item);
            case "FixedSizeList":
                cursor.Expect("(");
                var size = cursor.Number();
                cursor.Expect(" x ");
                var element = ParseType(ref cursor);
                ExpectEndOfItem(ref cursor);
                return GoldenType.ListOf(element, size);
            case "Struct":
                return GoldenType.StructOf(ParseFields(ref cursor));
            case "Map":
                return ParseMap(ref cursor);
            default:
                throw cursor.Unreadable($"'{word}' is not a type");
        }
    }

    private static void ExpectEndOfItem(ref TypeText cursor)
    {
        if (cursor.Take(", field: '"))
        {
            cursor.Until("'");
        }

        cursor.Expect(")");
    }

    private static GoldenField[] ParseFields(ref TypeText cursor)
    {
        cursor.Expect("(");
        var fields = new List<GoldenField>();
        if (!cursor.Take(")"))
        {
            do
            {
                cursor.Expect("\"");
                var name = cursor.Until("\": ");
                fields.Add(new(name, ParseType(ref cursor)));
            }
            while (cursor.Take(", "));
            cursor.Expect(")");
        }

        return [.. fields];
    }

    // Either the two types, or the entries' struct with its name and order: Map("entries": non-null Struct("key": …, "value": …), unsorted).
    private static GoldenType ParseMap(ref TypeText cursor)
    {
        cursor.Expect("(");
        GoldenType key, value;
        if (cursor.Take("\""))
        {
            cursor.Until("\": ");
            var entries = ParseType(ref cursor);
            if (entries.Fields.Length != 2)
            {
                throw cursor.Unreadable("a map's entries have a key and a value");
            }

            (key, value) = (entries.Fields[0].Type, entries.Fields[1].Type);
            if (cursor.Take(", "))
            {
                cursor.Word();
            }
        }
        else
        {
            key = ParseType(ref cursor);
            cursor.Expect(", ");
            value = ParseType(ref cursor);
        }

        cursor.Expect(")");
        return GoldenType.MapOf(key, value);
    }
}
