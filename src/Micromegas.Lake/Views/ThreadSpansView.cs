using Micromegas.Columnar;
using Micromegas.Lake.Materialization;

namespace Micromegas.Lake.Views;

/// <summary>Call trees of one thread (spec/lakehouse.md §3.8).</summary>
internal static class ThreadSpansView
{
    public static ViewDefinition Definition { get; } = new()
    {
        Name = "thread_spans",
        Schema = new Schema(
            ViewColumns.Required("id", DataType.Int64),
            ViewColumns.Required("parent", DataType.Int64),
            ViewColumns.Required("depth", DataType.UInt32),
            ViewColumns.Required("hash", DataType.UInt32),
            ViewColumns.Required("begin", DataType.LakeTime),
            ViewColumns.Required("end", DataType.LakeTime),
            ViewColumns.Required("duration", DataType.Int64),
            ViewColumns.Required("name", DataType.DictionaryUtf8),
            ViewColumns.Required("target", DataType.DictionaryUtf8),
            ViewColumns.Required("filename", DataType.DictionaryUtf8),
            ViewColumns.Required("line", DataType.UInt32)),
        SchemaHash = [3],
        MinTimeColumn = "begin",
        MaxTimeColumn = "end",
        SortKey = "begin",
        Instances = ViewInstanceKind.Stream,
        Order = BlockOrder.Event,
        EstimatesClockFromProcess = true,
        CreateChainDecoder = projection => new ThreadSpansDecoder(Definition!.Schema, projection),
    };
}
