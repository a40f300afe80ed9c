using Micromegas.Columnar;
using Micromegas.Lake.Materialization;

namespace Micromegas.Lake.Views;

/// <summary>All view sets with their columns (spec/lakehouse.md §3).</summary>
internal static class ViewCatalog
{
    private static readonly DataType s_tags = DataType.List(new Field("tag", DataType.Utf8, Nullable: false));

    public static ViewDefinition LogEntries { get; } = new()
    {
        Name = "log_entries",
        Schema = new Schema((Field[])
        [
            .. EventColumns(), Required("target", DataType.DictionaryUtf8), Required("level", DataType.Int32), Required("msg", DataType.Utf8),
            Required("properties", DataType.DictionaryJsonb), Required("process_properties", DataType.DictionaryJsonb),
        ]),
        SchemaHash = [6],
        MinTimeColumn = "time",
        MaxTimeColumn = "time",
        Tag = "log",
        Instances = ViewInstanceKind.Process,
        HasGlobal = true,
    };

    public static ViewDefinition Measures { get; } = new()
    {
        Name = "measures",
        Schema = new Schema((Field[])
        [
            .. EventColumns(), Required("target", DataType.DictionaryUtf8), Required("name", DataType.DictionaryUtf8),
            Required("unit", DataType.DictionaryUtf8), Required("value", DataType.Float64), Required("properties", DataType.DictionaryJsonb),
            Required("process_properties", DataType.DictionaryJsonb),
        ]),
        SchemaHash = [7],
        MinTimeColumn = "time",
        MaxTimeColumn = "time",
        Tag = "metrics",
        Instances = ViewInstanceKind.Process,
        HasGlobal = true,
    };

    public static ViewDefinition Blocks { get; } = new()
    {
        Name = "blocks",
        Schema = new Schema(
            Required("block_id", DataType.Utf8),
            Required("stream_id", DataType.Utf8),
            Required("process_id", DataType.Utf8),
            Required("begin_time", DataType.LakeTime),
            Required("begin_ticks", DataType.Int64),
            Required("end_time", DataType.LakeTime),
            Required("end_ticks", DataType.Int64),
            Required("nb_objects", DataType.Int32),
            Required("object_offset", DataType.Int64),
            Required("payload_size", DataType.Int64),
            Required("insert_time", DataType.LakeTime),
            Required("streams.dependencies_metadata", DataType.Binary),
            Required("streams.objects_metadata", DataType.Binary),
            new Field("streams.tags", s_tags),
            Required("streams.properties", DataType.DictionaryJsonb),
            Required("streams.insert_time", DataType.LakeTime),
            Required("streams.format", DataType.Utf8),
            Required("processes.start_time", DataType.LakeTime),
            Required("processes.start_ticks", DataType.Int64),
            Required("processes.tsc_frequency", DataType.Int64),
            Required("processes.exe", DataType.Utf8),
            Required("processes.username", DataType.Utf8),
            Required("processes.realname", DataType.Utf8),
            Required("processes.computer", DataType.Utf8),
            Required("processes.distro", DataType.Utf8),
            Required("processes.cpu_brand", DataType.Utf8),
            Required("processes.insert_time", DataType.LakeTime),
            Required("processes.parent_process_id", DataType.Utf8),
            Required("processes.properties", DataType.DictionaryJsonb)),
        SchemaHash = [3],
        MinTimeColumn = "begin_time",
        MaxTimeColumn = "insert_time",
        HasGlobal = true,
        SortOrder = ["insert_time"],
    };

    public static ViewDefinition Processes { get; } = Aggregated(
        "processes",
        new Schema(
            Required("process_id", DataType.Utf8),
            new Field("exe", DataType.Utf8),
            new Field("username", DataType.Utf8),
            new Field("realname", DataType.Utf8),
            new Field("computer", DataType.Utf8),
            new Field("distro", DataType.Utf8),
            new Field("cpu_brand", DataType.Utf8),
            new Field("tsc_frequency", DataType.Int64),
            new Field("start_time", DataType.LakeTime),
            new Field("start_ticks", DataType.Int64),
            new Field("insert_time", DataType.LakeTime),
            new Field("parent_process_id", DataType.Utf8),
            new Field("properties", DataType.DictionaryJsonb),
            new Field("last_update_time", DataType.LakeTime),
            new Field("last_block_end_ticks", DataType.Int64),
            new Field("last_block_end_time", DataType.LakeTime)),
        "insert_time",
        "last_update_time");

    public static ViewDefinition Streams { get; } = Aggregated(
        "streams",
        new Schema(
            Required("stream_id", DataType.Utf8),
            new Field("process_id", DataType.Utf8),
            new Field("dependencies_metadata", DataType.Binary),
            new Field("objects_metadata", DataType.Binary),
            new Field("tags", s_tags),
            new Field("properties", DataType.DictionaryJsonb),
            new Field("insert_time", DataType.LakeTime),
            new Field("format", DataType.Utf8),
            new Field("last_update_time", DataType.LakeTime)),
        "insert_time",
        "last_update_time");

    public static ViewDefinition LogStats { get; } = Aggregated(
        "log_stats",
        new Schema(
            new Field("time_bin", DataType.LakeTime),
            Required("process_id", DataType.DictionaryUtf8),
            Required("level", DataType.Int32),
            Required("target", DataType.DictionaryUtf8),
            Required("count", DataType.Int64)),
        "time_bin",
        "time_bin") with
    {
        SortOrder = ["time_bin", "process_id", "level", "target"],
    };

    public static ViewDefinition ThreadSpans { get; } = new()
    {
        Name = "thread_spans",
        Schema = new Schema(
            Required("id", DataType.Int64),
            Required("parent", DataType.Int64),
            Required("depth", DataType.UInt32),
            Required("hash", DataType.UInt32),
            Required("begin", DataType.LakeTime),
            Required("end", DataType.LakeTime),
            Required("duration", DataType.Int64),
            Required("name", DataType.DictionaryUtf8),
            Required("target", DataType.DictionaryUtf8),
            Required("filename", DataType.DictionaryUtf8),
            Required("line", DataType.UInt32)),
        SchemaHash = [3],
        MinTimeColumn = "begin",
        MaxTimeColumn = "end",
        Instances = ViewInstanceKind.Stream,
        Order = BlockOrder.Event,
    };

    public static ViewDefinition AsyncEvents { get; } = new()
    {
        Name = "async_events",
        Schema = new Schema(
            Required("stream_id", DataType.DictionaryUtf8),
            Required("block_id", DataType.DictionaryUtf8),
            Required("time", DataType.LakeTime),
            Required("event_type", DataType.DictionaryUtf8),
            Required("span_id", DataType.Int64),
            Required("parent_span_id", DataType.Int64),
            Required("depth", DataType.UInt32),
            Required("hash", DataType.UInt32),
            Required("name", DataType.DictionaryUtf8),
            Required("filename", DataType.DictionaryUtf8),
            Required("target", DataType.DictionaryUtf8),
            Required("line", DataType.UInt32)),
        SchemaHash = [3],
        MinTimeColumn = "time",
        MaxTimeColumn = "time",
        Tag = "cpu",
        Instances = ViewInstanceKind.Process,
    };

    public static ViewDefinition NetSpans { get; } = new()
    {
        Name = "net_spans",
        Schema = new Schema(
            Required("process_id", DataType.DictionaryUtf8),
            Required("stream_id", DataType.DictionaryUtf8),
            Required("span_id", DataType.Int64),
            Required("parent_span_id", DataType.Int64),
            Required("depth", DataType.UInt32),
            Required("kind", DataType.DictionaryUtf8),
            Required("name", DataType.DictionaryUtf8),
            Required("connection_name", DataType.DictionaryUtf8),
            Required("is_outgoing", DataType.Boolean),
            Required("begin_bits", DataType.Int64),
            Required("end_bits", DataType.Int64),
            Required("bit_size", DataType.Int64),
            Required("begin_time", DataType.LakeTime),
            Required("end_time", DataType.LakeTime)),
        SchemaHash = [2],
        MinTimeColumn = "begin_time",
        MaxTimeColumn = "end_time",
        Tag = "net",
        Instances = ViewInstanceKind.Process,
        Order = BlockOrder.Event,
    };

    public static ViewDefinition OtelSpans { get; } = new()
    {
        Name = "otel_spans",
        Schema = new Schema(
            Required("process_id", DataType.DictionaryUtf8),
            Required("stream_id", DataType.DictionaryUtf8),
            Required("block_id", DataType.DictionaryUtf8),
            Required("insert_time", DataType.LakeTime),
            Required("exe", DataType.Utf8),
            Required("username", DataType.Utf8),
            Required("computer", DataType.Utf8),
            Required("process_properties", DataType.DictionaryJsonb),
            Required("trace_id", DataType.FixedSizeBinary(16)),
            Required("span_id", DataType.FixedSizeBinary(8)),
            new Field("parent_span_id", DataType.FixedSizeBinary(8)),
            Required("start_time", DataType.LakeTime),
            Required("end_time", DataType.LakeTime),
            Required("duration", DataType.Int64),
            Required("name", DataType.DictionaryUtf8),
            Required("kind", DataType.DictionaryUtf8),
            Required("status", DataType.DictionaryUtf8),
            new Field("status_message", DataType.Utf8),
            Required("properties", DataType.DictionaryJsonb),
            Required("events", DataType.Jsonb),
            Required("links", DataType.Jsonb)),
        SchemaHash = [1],
        MinTimeColumn = "start_time",
        MaxTimeColumn = "end_time",
        Tag = "trace",
        Instances = ViewInstanceKind.Process,
    };

    public static ViewDefinition Images { get; } = new()
    {
        Name = "images",
        Schema = new Schema((Field[])
        [
            .. EventColumns(), Required("name", DataType.Utf8), Required("format", DataType.DictionaryUtf8), Required("payload_size", DataType.Int64),
            Required("data", DataType.Binary),
        ]),
        SchemaHash = [2],
        MinTimeColumn = "time",
        MaxTimeColumn = "time",
        Tag = "image",
        Instances = ViewInstanceKind.Process,
    };

    /// <summary>Every view set.</summary>
    public static IReadOnlyList<ViewDefinition> All { get; } =
        [LogEntries, Measures, Processes, Streams, Blocks, LogStats, ThreadSpans, AsyncEvents, NetSpans, OtelSpans, Images];

    private static ViewDefinition Aggregated(string name, Schema schema, string minTime, string maxTime) => new()
    {
        Name = name,
        Schema = schema,
        SchemaHash = ArrowSchemaHash.Compute(schema),
        MinTimeColumn = minTime,
        MaxTimeColumn = maxTime,
        HasGlobal = true,
    };

    private static Field[] EventColumns() =>
    [
        Required("process_id", DataType.DictionaryUtf8), Required("stream_id", DataType.DictionaryUtf8), Required("block_id", DataType.DictionaryUtf8),
        Required("insert_time", DataType.LakeTime), Required("exe", DataType.DictionaryUtf8), Required("username", DataType.DictionaryUtf8),
        Required("computer", DataType.DictionaryUtf8), Required("time", DataType.LakeTime),
    ];

    private static Field Required(string name, DataType type) => new(name, type, Nullable: false);
}
