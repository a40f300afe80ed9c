using Micromegas.Columnar;
using Micromegas.Lake.Materialization;

namespace Micromegas.Lake.Views;

/// <summary>What a game sent over its connections, as a tree (spec/lakehouse.md §3.10).</summary>
internal static class NetSpansView
{
    public static ViewDefinition Definition { get; } = new()
    {
        Name = "net_spans",
        Schema = new Schema(
            ViewColumns.Required("process_id", DataType.DictionaryUtf8),
            ViewColumns.Required("stream_id", DataType.DictionaryUtf8),
            ViewColumns.Required("span_id", DataType.Int64),
            ViewColumns.Required("parent_span_id", DataType.Int64),
            ViewColumns.Required("depth", DataType.UInt32),
            ViewColumns.Required("kind", DataType.DictionaryUtf8),
            ViewColumns.Required("name", DataType.DictionaryUtf8),
            ViewColumns.Required("connection_name", DataType.DictionaryUtf8),
            ViewColumns.Required("is_outgoing", DataType.Boolean),
            ViewColumns.Required("begin_bits", DataType.Int64),
            ViewColumns.Required("end_bits", DataType.Int64),
            ViewColumns.Required("bit_size", DataType.Int64),
            ViewColumns.Required("begin_time", DataType.LakeTime),
            ViewColumns.Required("end_time", DataType.LakeTime)),
        SchemaHash = [2],
        MinTimeColumn = "begin_time",
        MaxTimeColumn = "end_time",
        Tag = "net",
        Instances = ViewInstanceKind.Process,
        Order = BlockOrder.Event,
        EstimatesClockFromProcess = true,
        CreateChainDecoder = projection => new NetSpansDecoder(Definition!.Schema, projection),
    };
}
