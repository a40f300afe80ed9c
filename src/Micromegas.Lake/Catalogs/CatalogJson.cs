using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Micromegas.Lake.Catalogs;

/// <summary>The JSON texts in which a catalogue without array types keeps tags, sort orders and properties.</summary>
internal static class CatalogJson
{
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string? FromTexts(IReadOnlyList<string>? texts) => texts is null ? null : Write(writer =>
    {
        writer.WriteStartArray();
        foreach (string text in texts)
        {
            writer.WriteStringValue(text);
        }
        writer.WriteEndArray();
    });

    public static string FromProperties(IReadOnlyList<KeyValuePair<string, string>> properties) => Write(writer =>
    {
        writer.WriteStartArray();
        foreach ((string key, string value) in properties)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(key);
            writer.WriteStringValue(value);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    });

    public static string[]? ToTexts(string? json) => json is null ? null : Parse(json, root =>
    {
        string[] texts = new string[root.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in root.EnumerateArray())
        {
            texts[i++] = item.GetString() ?? "";
        }
        return texts;
    });

    public static KeyValuePair<string, string>[] ToProperties(string? json) => json is null ? [] : Parse(json, root =>
    {
        var properties = new KeyValuePair<string, string>[root.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in root.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2)
            {
                throw new FormatException("a property is not a pair");
            }
            properties[i++] = KeyValuePair.Create(item[0].GetString() ?? "", item[1].GetString() ?? "");
        }
        return properties;
    });

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            write(writer);
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static T Parse<T>(string json, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw Throw.CorruptCatalog("an array column holds no array of the expected form", e);
        }
    }
}
