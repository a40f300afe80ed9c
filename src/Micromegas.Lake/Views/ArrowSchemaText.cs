using System.Globalization;
using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Lake.Views;

/// <summary>A schema in the words of arrow-rs, which <c>list_view_sets()</c> shows (spec/lakehouse.md §8.2).</summary>
internal static class ArrowSchemaText
{
    public static string Format(Schema schema)
    {
        var text = new StringBuilder("Schema { fields: [");
        for (int i = 0; i < schema.Count; i++)
        {
            text.Append(i == 0 ? "" : ", ");
            Append(text, schema[i]);
        }
        return text.Append("], metadata: {} }").ToString();
    }

    private static void Append(StringBuilder text, Field field)
    {
        text.Append(CultureInfo.InvariantCulture, $"Field {{ name: \"{field.Name}\", data_type: ");
        Append(text, field.Type);
        text.Append(field.Nullable ? ", nullable: true }" : " }");
    }

    private static void Append(StringBuilder text, DataType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Timestamp:
                text.Append(CultureInfo.InvariantCulture, $"Timestamp({type.Unit}, {(type.TimeZone is null ? "None" : $"Some(\"{type.TimeZone}\")")})");
                break;
            case TypeKind.List:
                text.Append("List(");
                Append(text, type.ItemField);
                text.Append(')');
                break;
            case TypeKind.Dictionary:
                text.Append("Dictionary(");
                Append(text, type.IndexType!);
                text.Append(", ");
                Append(text, type.DictionaryValueType!);
                text.Append(')');
                break;
            default:
                text.Append(type);
                break;
        }
    }
}
