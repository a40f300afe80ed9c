using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Materialization.Global;

/// <summary>The global views that every lake has, in the order of their update groups (spec/lakehouse.md §3.1, §4.2).</summary>
internal static class GlobalViews
{
    private const long Day = 24 * CatalogTime.NanosecondsPerHour;

    private static readonly EventView s_logEntries = new(LogEntriesView.Definition);

    public static IReadOnlyList<GlobalView> BuiltIn { get; } =
    [
        new CatalogView<SourceBlock>(
            BlocksView.Definition, 1000, CatalogTime.NanosecondsPerHour, BlocksView.Columns, (catalog, blocks, ct) => catalog.ListBlocksAsync(blocks, ct)),
        s_logEntries,
        new EventView(MeasuresView.Definition),
        new CatalogView<ProcessActivity>(
            ProcessesView.Definition, 2000, Day, ProcessesView.Columns, (catalog, blocks, ct) => catalog.ListProcessesAsync(blocks, ct)),
        new CatalogView<StreamActivity>(
            StreamsView.Definition, 2000, Day, StreamsView.Columns, (catalog, blocks, ct) => catalog.ListStreamsAsync(blocks, ct)),
        LogStatsView.Create(s_logEntries),
    ];
}
