using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization.Global;

/// <summary>The global views that every lake has, in the order of their update groups (spec/lakehouse.md §3.1, §4.2).</summary>
internal static class GlobalViews
{
    private const long Day = 24 * CatalogTime.NanosecondsPerHour;

    public static IReadOnlyList<GlobalView> BuiltIn { get; } =
    [
        new CatalogView<SourceBlock>(
            BlocksView.Definition, 1000, CatalogTime.NanosecondsPerHour, BlocksView.Columns, (catalog, blocks, ct) => catalog.ListBlocksAsync(blocks, ct)),
        new EventView(LogEntriesView.Definition),
        new EventView(MeasuresView.Definition),
        new CatalogView<ProcessActivity>(
            ProcessesView.Definition, 2000, Day, ProcessesView.Columns, (catalog, blocks, ct) => catalog.ListProcessesAsync(blocks, ct)),
        new CatalogView<StreamActivity>(
            StreamsView.Definition, 2000, Day, StreamsView.Columns, (catalog, blocks, ct) => catalog.ListStreamsAsync(blocks, ct)),
        new QueryView(
            LogStatsView.Definition,
            new ViewQueries
            {
                SourceTag = "log",
                Extract = """
                    SELECT date_bin(INTERVAL '1 minute', time) AS time_bin, process_id, level, target, count(*) AS count FROM log_entries
                    WHERE insert_time >= '{begin}' AND insert_time < '{end}' GROUP BY 1, 2, 3, 4 ORDER BY time_bin, process_id, level, target
                    """,
                Merge = "SELECT time_bin, process_id, level, target, sum(count) AS count FROM {source} GROUP BY time_bin, process_id, level, target",
            },
            3000,
            Day,
            Day),
    ];
}
