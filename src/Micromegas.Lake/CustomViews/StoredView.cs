using System.Buffers;
using System.Text;
using System.Text.Json;
using Micromegas.Engine;
using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.CustomViews;

/// <summary>The form of a view's definition in <c>mmd_definitions</c>: JSON. Members that are not known are passed over, so that later versions may add some.</summary>
internal static class StoredView
{
    public const string Kind = "view";

    public static string ToJson(ViewSpecification view)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, CatalogJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("extract", view.Extract);
            Text("merge", view.Merge);
            Text("count", view.Count);
            Text("definition", view.Definition);
            json.WriteString("min_time_column", view.MinTimeColumn);
            json.WriteString("max_time_column", view.MaxTimeColumn);
            Number("update_group", view.UpdateGroup);
            Number("max_source_delta", view.MaxDeltaFromSource);
            Number("max_merge_delta", view.MaxDeltaMerged);
            Number("merge_batch_rows", view.MergeBatchRows);
            Number("time_bin", view.TimeBin);
            json.WriteStartArray("sort_order");
            foreach (string column in view.SortOrder)
            {
                json.WriteStringValue(column);
            }
            json.WriteEndArray();
            json.WriteEndObject();

            void Text(string name, string? value)
            {
                if (value is not null)
                {
                    json.WriteString(name, value);
                }
            }

            void Number(string name, long? value)
            {
                if (value is { } number)
                {
                    json.WriteNumber(name, number);
                }
            }
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <exception cref="EngineException">The text is no definition.</exception>
    public static ViewSpecification FromJson(string name, string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement view = document.RootElement;
            return new ViewSpecification
            {
                Name = name,
                Extract = Required("extract"),
                Merge = Text("merge"),
                Count = Text("count"),
                Definition = Text("definition"),
                MinTimeColumn = Required("min_time_column"),
                MaxTimeColumn = Required("max_time_column"),
                UpdateGroup = (int?)Number("update_group"),
                MaxDeltaFromSource = Number("max_source_delta") ?? ViewSpecification.Day,
                MaxDeltaMerged = Number("max_merge_delta") ?? ViewSpecification.Day,
                MergeBatchRows = Number("merge_batch_rows"),
                TimeBin = Number("time_bin"),
                SortOrder = view.TryGetProperty("sort_order", out JsonElement order) ? [.. order.EnumerateArray().Select(c => c.GetString()!)] : [],
            };

            string? Text(string member) => view.TryGetProperty(member, out JsonElement value) ? value.GetString() : null;

            string Required(string member) => Text(member) ?? throw new JsonException($"'{member}' is missing");

            long? Number(string member) => view.TryGetProperty(member, out JsonElement value) ? value.GetInt64() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new EngineException(SqlState.InvalidObjectDefinition, $"the definition is damaged: {e.Message}", e);
        }
    }
}
