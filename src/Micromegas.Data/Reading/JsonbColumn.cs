using System.Collections.ObjectModel;
using System.Text;
using System.Text.Json;
using Micromegas.Columnar;
using Micromegas.Formats;

namespace Micromegas.Data.Reading;

/// <summary>
/// JSON documents: text by default, the binary form as bytes, and dictionaries or <c>System.Text.Json</c> documents on request. Property sets repeat from row
/// to row, so that what was made of one is kept for the others.
/// </summary>
internal sealed unsafe class JsonbColumn(Field field) : BytesColumn(field)
{
    private readonly DictionaryCache<string> _textCaches = new();
    private readonly DictionaryCache<IReadOnlyDictionary<string, string>> _propertyCaches = new();
    private BinaryVector? _dictionary;
    private string?[]? _texts;
    private IReadOnlyDictionary<string, string>?[]? _properties;

    internal override Type ClrType => typeof(string);

    protected override void UseDictionary(BinaryVector? values)
    {
        _dictionary = values;
        _texts = null;
        _properties = null;
    }

    internal override object GetValue(int row) => GetString(row);

    internal override string GetString(int row) => _dictionary is null ? ToText(this[row]) : (_texts ??= _textCaches.Of(_dictionary))[Codes[row]] ??= ToText(this[row]);

    internal override bool TryGetObject(Type type, int row, out object? value)
    {
        value = type == typeof(IReadOnlyDictionary<string, string>) ? SharedProperties(row)
            : type == typeof(Dictionary<string, string>) || type == typeof(IDictionary<string, string>) ? ToProperties(this[row])
            : type == typeof(JsonDocument) ? JsonDocument.Parse(GetString(row))
            : type == typeof(JsonElement) ? NestedJson.ToElement(GetString(row))
            : null;
        return value is not null;
    }

    private IReadOnlyDictionary<string, string> SharedProperties(int row)
    {
        if (_dictionary is null)
        {
            return new ReadOnlyDictionary<string, string>(ToProperties(this[row]));
        }

        _properties ??= _propertyCaches.Of(_dictionary);
        return _properties[Codes[row]] ??= new ReadOnlyDictionary<string, string>(ToProperties(this[row]));
    }

    private static string ToText(ReadOnlySpan<byte> bytes)
    {
        using var output = new PooledBuffer();
        JsonbText.FormatDocument(bytes, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    // The rules of property_get (spec/sql.md §4): texts as they are, other members as compact JSON; what is no object has no properties.
    private static Dictionary<string, string> ToProperties(ReadOnlySpan<byte> bytes)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!JsonbValue.TryOpen(bytes, out var root) || root.Kind != JsonbKind.Object)
        {
            return properties;
        }

        using var output = new PooledBuffer();
        foreach (var member in root.Members)
        {
            if (member.Value.Kind == JsonbKind.String)
            {
                properties[Encoding.UTF8.GetString(member.Key)] = Encoding.UTF8.GetString(member.Value.Utf8);
            }
            else
            {
                output.Clear();
                JsonbText.Format(member.Value, output);
                properties[Encoding.UTF8.GetString(member.Key)] = Encoding.UTF8.GetString(output.WrittenSpan);
            }
        }

        return properties;
    }
}
