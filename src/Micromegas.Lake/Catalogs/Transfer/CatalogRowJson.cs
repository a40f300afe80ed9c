using System.Globalization;
using System.Text.Json;

namespace Micromegas.Lake.Catalogs.Transfer;

/// <summary>
/// A table row as one JSON object (test/golden/README.md): bytes are <c>{"base64": …}</c>, times ISO text in UTC with microseconds, property arrays
/// <c>[[key, value], …]</c>.
/// </summary>
internal static class CatalogRowJson
{
    public static void Write(Utf8JsonWriter writer, CatalogTable table, object?[] row)
    {
        writer.WriteStartObject();
        for (int i = 0; i < row.Length; i++)
        {
            writer.WritePropertyName(table.Columns[i].Name);
            switch (row[i])
            {
                case null:
                    writer.WriteNullValue();
                    break;
                case byte[] bytes:
                    writer.WriteStartObject();
                    writer.WriteBase64String("base64", bytes);
                    writer.WriteEndObject();
                    break;
                case long time when table.Columns[i].Kind == CatalogColumnKind.Time:
                    writer.WriteStringValue(FormatTime(time));
                    break;
                case long integer:
                    writer.WriteNumberValue(integer);
                    break;
                case string json when table.Columns[i].Kind == CatalogColumnKind.Json:
                    writer.WriteRawValue(json);
                    break;
                case string text:
                    writer.WriteStringValue(text);
                    break;
                default:
                    throw Throw.CorruptCatalog($"column {table.Name}.{table.Columns[i].Name} holds a value of an unexpected type");
            }
        }
        writer.WriteEndObject();
    }

    /// <exception cref="FormatException">The object is no row of the table.</exception>
    public static object?[] Read(CatalogTable table, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("a row must be a JSON object");
        }
        var row = new object?[table.Columns.Length];
        foreach (JsonProperty property in json.EnumerateObject())
        {
            int index = table.IndexOf(property.Name);
            if (index < 0)
            {
                throw new FormatException($"table {table.Name} has no column '{property.Name}'");
            }
            row[index] = ReadValue(table.Columns[index], property.Value);
        }
        int missing = Array.FindIndex(table.Columns, c => c.Required && row[table.IndexOf(c.Name)] is null);
        return missing < 0 ? row : throw new FormatException($"column '{table.Columns[missing].Name}' has no value");
    }

    private static object? ReadValue(CatalogColumn column, JsonElement value) => (column.Kind, value.ValueKind) switch
    {
        (_, JsonValueKind.Null) => null,
        (CatalogColumnKind.Uuid, JsonValueKind.String) => value.GetGuid().ToString("D"),
        (CatalogColumnKind.Text, JsonValueKind.String) => value.GetString(),
        (CatalogColumnKind.Integer, JsonValueKind.Number) => value.GetInt64(),
        (CatalogColumnKind.Time, JsonValueKind.String) => ParseTime(value.GetString()!),
        (CatalogColumnKind.Bytes, JsonValueKind.Object) => value.GetProperty("base64").GetBytesFromBase64(),
        (CatalogColumnKind.Json, JsonValueKind.Array) => value.GetRawText(),
        _ => throw new FormatException($"column '{column.Name}' cannot be {value.ValueKind}"),
    };

    private static string FormatTime(long microseconds)
    {
        if (microseconds is < -62_135_596_800_000_000 or > 253_402_300_799_999_999)
        {
            throw Throw.CorruptCatalog($"time {microseconds} lies outside the years 1 to 9999");
        }
        return DateTime.UnixEpoch.AddTicks(microseconds * 10).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture);
    }

    private static long ParseTime(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? (time.UtcTicks - DateTime.UnixEpoch.Ticks) / 10
            : throw new FormatException($"'{text}' is no time");
}
