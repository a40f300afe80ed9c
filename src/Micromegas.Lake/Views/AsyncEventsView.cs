using Micromegas.Columnar;

namespace Micromegas.Lake.Views;

/// <summary>Begins and ends of asynchronous spans (spec/lakehouse.md §3.9).</summary>
internal static class AsyncEventsView
{
    public static ViewDefinition Definition { get; } = new()
    {
        Name = "async_events",
        Schema = new Schema(
            ViewColumns.Required("stream_id", DataType.DictionaryUtf8),
            ViewColumns.Required("block_id", DataType.DictionaryUtf8),
            ViewColumns.Required("time", DataType.LakeTime),
            ViewColumns.Required("event_type", DataType.DictionaryUtf8),
            ViewColumns.Required("span_id", DataType.Int64),
            ViewColumns.Required("parent_span_id", DataType.Int64),
            ViewColumns.Required("depth", DataType.UInt32),
            ViewColumns.Required("hash", DataType.UInt32),
            ViewColumns.Required("name", DataType.DictionaryUtf8),
            ViewColumns.Required("filename", DataType.DictionaryUtf8),
            ViewColumns.Required("target", DataType.DictionaryUtf8),
            ViewColumns.Required("line", DataType.UInt32)),
        SchemaHash = [3],
        MinTimeColumn = "time",
        MaxTimeColumn = "time",
        Tag = "cpu",
        Instances = ViewInstanceKind.Process,
        EstimatesClockFromProcess = true,
        CreateDecoder = projection => new AsyncEventsDecoder(Definition!.Schema, projection),
    };
}
