namespace Micromegas.Lake.Views;

/// <summary>All view sets (spec/lakehouse.md §3).</summary>
internal static class ViewCatalog
{
    public static IReadOnlyList<ViewDefinition> All { get; } =
    [
        LogEntriesView.Definition, MeasuresView.Definition, ProcessesView.Definition, StreamsView.Definition, BlocksView.Definition,
        LogStatsView.Definition, ThreadSpansView.Definition, AsyncEventsView.Definition, NetSpansView.Definition, OtelSpansView.Definition,
        ImagesView.Definition, OtelHistogramsView.Definition,
    ];

    public static ViewDefinition? Find(string name) => All.FirstOrDefault(view => view.Name == name);
}
