using Micromegas.Columnar;

namespace Micromegas.Lake.Views;

/// <summary>Log lines per minute, process, level and target (spec/lakehouse.md §3.5).</summary>
internal static class LogStatsView
{
    public static ViewDefinition Definition { get; } = ViewColumns.Aggregated(
        "log_stats",
        new Schema(
            new Field("time_bin", DataType.LakeTime),
            ViewColumns.Required("process_id", DataType.DictionaryUtf8),
            ViewColumns.Required("level", DataType.Int32),
            ViewColumns.Required("target", DataType.DictionaryUtf8),
            ViewColumns.Required("count", DataType.Int64)),
        "time_bin",
        "time_bin") with
    {
        SortOrder = ["time_bin", "process_id", "level", "target"],
    };
}
