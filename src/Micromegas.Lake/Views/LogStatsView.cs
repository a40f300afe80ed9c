using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Lake.Tables;

namespace Micromegas.Lake.Views;

/// <summary>
/// Log lines per minute, process, level and target (spec/lakehouse.md §3.5). Counted from <c>log_entries</c> when asked for, so the counts are those of the lines
/// that one can see.
/// </summary>
internal static class LogStatsView
{
    private static readonly RowColumn<LogCount>[] s_columns =
    [
        RowColumn.Long<LogCount>(new Field("time_bin", DataType.LakeTime), c => c.Minute),
        RowColumn.DictionaryText<LogCount>(ViewColumns.Required("process_id", DataType.DictionaryUtf8), c => c.ProcessId),
        RowColumn.Integer<LogCount>(ViewColumns.Required("level", DataType.Int32), c => c.Level),
        RowColumn.DictionaryText<LogCount>(ViewColumns.Required("target", DataType.DictionaryUtf8), c => c.Target),
        RowColumn.Long<LogCount>(ViewColumns.Required("count", DataType.Int64), c => c.Count),
    ];

    public static ViewDefinition Definition { get; } = ViewColumns.Aggregated("log_stats", RowColumn.SchemaOf(s_columns), "time_bin", "time_bin") with
    {
        SortOrder = ["time_bin", "process_id", "level", "target"],
    };

    public static ITable CreateTable(LakeHost lake) =>
        new RowTable<LogCount>(s_columns, (context, ct) => LogCounter.CountAsync(new ViewTable(lake, LogEntriesView.Definition, ViewTable.Global), context, ct));
}
