using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Lists from text and to text.</summary>
internal static class ListTextFunctions
{
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        new DefinedFunction(
            "array_to_string", "(list, separator [, null])", "The items as text, joined; nulls are left out unless a text stands for them.",
            static arguments => Accept.Match("array_to_string", arguments, 2, [ListAccept.List, Accept.Text, Accept.Text], static _ => DataType.Utf8),
            static s => new BytesRowKernel(s, Join, propagatesNulls: false), "list_to_string", "array_join", "list_join"),
        new DefinedFunction(
            "string_to_array", "(text, separator [, null])", "The parts of a text; no separator gives its characters.",
            Accept.Fixed("string_to_array", DataType.List(DataType.Utf8), 2, Accept.Text, Accept.Text, Accept.Text),
            static s => new BuiltRowKernel(s, Split, propagatesNulls: false), "string_to_list"),
    ];

    private static void Join(RowArguments a, int row, ref BytesWriter writer)
    {
        if (a.IsNull(0, row) || a.IsNull(1, row))
        {
            writer.SetNull();
            return;
        }
        var isFirst = true;
        Append(a, row, a[0], row, a.Type(0), ref isFirst, ref writer);
    }

    /// <summary>Nested lists are joined as one.</summary>
    private static void Append(RowArguments a, int row, Vector lists, int at, DataType type, ref bool isFirst, ref BytesWriter writer)
    {
        var list = new ListReader(lists);
        for (var i = list.Start(at); i < list.End(at); i++)
        {
            var isNull = list.Items.IsNull(i);
            if (isNull && (a.Count < 3 || a.IsNull(2, row)))
            {
                continue;
            }
            if (!isNull && type.ItemField.Type.IsList)
            {
                Append(a, row, list.Items, i, type.ItemField.Type, ref isFirst, ref writer);
                continue;
            }
            if (!isFirst)
            {
                writer.Append(a.Text(1, row));
            }
            isFirst = false;
            if (isNull)
            {
                writer.Append(a.Text(2, row));
            }
            else
            {
                Item(ref writer, list.Items, i, type.ItemField.Type.ValueType);
            }
        }
    }

    /// <summary>Floats without exponent and durations in ISO form, as upstream joins them; everything else as a cast prints it.</summary>
    private static void Item(ref BytesWriter writer, Vector items, int row, DataType type)
    {
        var at = row;
        switch (items.Resolve(ref at))
        {
            case FlatVector<double> flat:
                NumberForms.Plain(ref writer, flat[at]);
                break;
            case FlatVector<float> flat:
                NumberForms.Plain(ref writer, flat[at]);
                break;
            case FlatVector<long> flat when type.Kind == TypeKind.Duration:
                TimeForms.IsoDuration(ref writer, flat[at], type.Unit);
                break;
            default:
                TextForms.Write(ref writer, items, row, type);
                break;
        }
    }

    private static void Split(RowArguments a, int row, VectorBuilder output)
    {
        if (a.IsNull(0, row))
        {
            output.AppendNull();
            return;
        }
        var list = (ListVectorBuilder)output;
        var items = (BinaryVectorBuilder)list.Items;
        var text = a.Text(0, row);
        // The empty text has no parts (golden: column-logic).
        while (!text.IsEmpty)
        {
            if (a.IsNull(1, row))
            {
                var length = Utf8Text.LengthAt(text, 0);
                Part(a, row, items, text[..length]);
                text = text[length..];
                continue;
            }
            var separator = a.Text(1, row);
            var index = separator.IsEmpty ? -1 : text.IndexOf(separator);
            if (index < 0)
            {
                Part(a, row, items, text);
                break;
            }
            Part(a, row, items, text[..index]);
            text = text[(index + separator.Length)..];
            if (text.IsEmpty)
            {
                Part(a, row, items, []);
            }
        }
        list.EndList();
    }

    private static void Part(RowArguments a, int row, BinaryVectorBuilder items, ReadOnlySpan<byte> part)
    {
        if (a.Count > 2 && !a.IsNull(2, row) && part.SequenceEqual(a.Text(2, row)))
        {
            items.AppendNull();
        }
        else
        {
            items.Append(part);
        }
    }
}
