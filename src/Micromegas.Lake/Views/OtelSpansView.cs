using Micromegas.Columnar;

namespace Micromegas.Lake.Views;

/// <summary>OpenTelemetry spans (spec/lakehouse.md §3.11).</summary>
internal static class OtelSpansView
{
    public static ViewDefinition Definition { get; } = new()
    {
        Name = "otel_spans",
        Schema = new Schema(
            ViewColumns.Required("process_id", DataType.DictionaryUtf8),
            ViewColumns.Required("stream_id", DataType.DictionaryUtf8),
            ViewColumns.Required("block_id", DataType.DictionaryUtf8),
            ViewColumns.Required("insert_time", DataType.LakeTime),
            ViewColumns.Required("exe", DataType.Utf8),
            ViewColumns.Required("username", DataType.Utf8),
            ViewColumns.Required("computer", DataType.Utf8),
            ViewColumns.Required("process_properties", DataType.DictionaryJsonb),
            ViewColumns.Required("trace_id", DataType.FixedSizeBinary(16)),
            ViewColumns.Required("span_id", DataType.FixedSizeBinary(8)),
            new Field("parent_span_id", DataType.FixedSizeBinary(8)),
            ViewColumns.Required("start_time", DataType.LakeTime),
            ViewColumns.Required("end_time", DataType.LakeTime),
            ViewColumns.Required("duration", DataType.Int64),
            ViewColumns.Required("name", DataType.DictionaryUtf8),
            ViewColumns.Required("kind", DataType.DictionaryUtf8),
            ViewColumns.Required("status", DataType.DictionaryUtf8),
            new Field("status_message", DataType.Utf8),
            ViewColumns.Required("properties", DataType.DictionaryJsonb),
            ViewColumns.Required("events", DataType.Jsonb),
            ViewColumns.Required("links", DataType.Jsonb)),
        SchemaHash = [1],
        MinTimeColumn = "start_time",
        MaxTimeColumn = "end_time",
        Tag = "trace",
        Instances = ViewInstanceKind.Process,
        CreateDecoder = projection => new OtelSpansDecoder(Definition!.Schema, projection),
    };
}
