using Micromegas.Columnar;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Materialization.Global;

namespace Micromegas.Lake.Views;

/// <summary>Log lines per minute, process, level and target (spec/lakehouse.md §3.5).</summary>
internal static class LogStatsView
{
    private const long Minute = 60_000_000_000;

    public static ViewDefinition Definition { get; } = ViewColumns.Aggregated("log_stats", SchemaWith(isCountNullable: false), "time_bin", "time_bin") with
    {
        SortOrder = ["time_bin", "process_id", "level", "target"],
    };

    public static QueryView Create(GlobalView logEntries) => new(
        Definition,
        SchemaWith(isCountNullable: true),
        new ViewQueries
        {
            Extract = """
                SELECT date_bin(INTERVAL '1 minute', time) AS time_bin, process_id, level, target, count(*) AS count
                FROM log_entries GROUP BY 1, 2, 3, 4
                """,
            Merge = "SELECT time_bin, process_id, level, target, sum(count) AS count FROM {source} GROUP BY time_bin, process_id, level, target",
        },
        updateGroup: 3000,
        24 * CatalogTime.NanosecondsPerHour,
        24 * CatalogTime.NanosecondsPerHour)
    {
        Sources = [logEntries],
        TimeBin = Minute,
    };

    /// <summary>Sums may be null, which questions see and files do not (spec/lakehouse.md §3.5).</summary>
    private static Schema SchemaWith(bool isCountNullable) => new(
        new Field("time_bin", DataType.LakeTime),
        ViewColumns.Required("process_id", DataType.DictionaryUtf8),
        ViewColumns.Required("level", DataType.Int32),
        ViewColumns.Required("target", DataType.DictionaryUtf8),
        new Field("count", DataType.Int64, isCountNullable));
}
