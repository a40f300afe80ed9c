using Micromegas.Columnar;

namespace Micromegas.Lake.Views;

/// <summary>Log lines of native and OpenTelemetry processes (spec/lakehouse.md §3.6).</summary>
internal static class LogEntriesView
{
    public static ViewDefinition Definition { get; } = new()
    {
        Name = "log_entries",
        Schema = new Schema((Field[])
        [
            .. ViewColumns.OfEvents(), ViewColumns.Required("target", DataType.DictionaryUtf8), ViewColumns.Required("level", DataType.Int32), ViewColumns.Required("msg", DataType.Utf8),
            ViewColumns.Required("properties", DataType.DictionaryJsonb), ViewColumns.Required("process_properties", DataType.DictionaryJsonb),
        ]),
        SchemaHash = [6],
        MinTimeColumn = "time",
        MaxTimeColumn = "time",
        ClusteredBy = ["process_id", "time"],
        Tag = "log",
        Instances = ViewInstanceKind.Process,
        HasGlobal = true,
        CreateDecoder = projection => new LogEntriesDecoder(Definition!.Schema, projection),
    };
}
