using System.Runtime.CompilerServices;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Formats;

namespace Micromegas.Lake.Tables;

/// <summary>A column of a table whose rows are objects: its field, and how an object's value gets into a vector.</summary>
internal sealed record RowColumn<TRow>(Field Field, Action<VectorBuilder, TRow> Append);

/// <summary>Makes the columns of one kind of row.</summary>
internal static class RowColumn
{
    // Many rows share one process or stream, and its properties are the same object.
    private static readonly ConditionalWeakTable<IReadOnlyList<KeyValuePair<string, string>>, byte[]> s_encoded = [];

    public static Schema SchemaOf<TRow>(IEnumerable<RowColumn<TRow>> columns) => new(columns.Select(c => c.Field).ToArray());

    public static RowColumn<TRow> Text<TRow>(Field field, Func<TRow, string?> value) => new(field, (builder, row) =>
    {
        if (value(row) is { } text)
        {
            ((BinaryVectorBuilder)builder).Append(text);
        }
        else
        {
            builder.AppendNull();
        }
    });

    public static RowColumn<TRow> Id<TRow>(Field field, Func<TRow, Guid> value) => Text<TRow>(field, row => value(row).ToString("D"));

    /// <summary>Integers, and times in nanoseconds since 1970 UTC.</summary>
    public static RowColumn<TRow> Long<TRow>(Field field, Func<TRow, long?> value) => new(field, (builder, row) =>
    {
        if (value(row) is { } number)
        {
            ((FlatVectorBuilder<long>)builder).Append(number);
        }
        else
        {
            builder.AppendNull();
        }
    });

    public static RowColumn<TRow> Integer<TRow>(Field field, Func<TRow, int> value) =>
        new(field, (builder, row) => ((FlatVectorBuilder<int>)builder).Append(value(row)));

    public static RowColumn<TRow> Boolean<TRow>(Field field, Func<TRow, bool> value) =>
        new(field, (builder, row) => ((BitVectorBuilder)builder).Append(value(row)));

    public static RowColumn<TRow> Bytes<TRow>(Field field, Func<TRow, byte[]> value) =>
        new(field, (builder, row) => ((BinaryVectorBuilder)builder).Append(value(row)));

    public static RowColumn<TRow> Texts<TRow>(Field field, Func<TRow, IReadOnlyList<string>?> value) => new(field, (builder, row) =>
    {
        if (value(row) is not { } texts)
        {
            builder.AppendNull();
            return;
        }
        var list = (ListVectorBuilder)builder;
        foreach (string text in texts)
        {
            ((BinaryVectorBuilder)list.Items).Append(text);
        }
        list.EndList();
    });

    /// <summary>A property set as a JSONB object (spec/lakehouse.md appendix B).</summary>
    public static RowColumn<TRow> Properties<TRow>(Field field, Func<TRow, IReadOnlyList<KeyValuePair<string, string>>> value) =>
        new(field, (builder, row) => ((DictionaryVectorBuilder)builder).Append(s_encoded.GetValue(value(row), Encode)));

    public static byte[] Encode(IReadOnlyList<KeyValuePair<string, string>> properties)
    {
        using var jsonb = new JsonbBuilder();
        jsonb.BeginObject();
        foreach ((string key, string text) in properties)
        {
            jsonb.AddKey(Encoding.UTF8.GetBytes(key));
            jsonb.AddString(Encoding.UTF8.GetBytes(text));
        }
        jsonb.EndObject();
        return jsonb.Finish().ToArray();
    }
}
