using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;

namespace Micromegas.Lake.Views;

/// <summary>Streams that sent at least one block (spec/lakehouse.md §3.4).</summary>
internal static class StreamsView
{
    private static readonly RowColumn<StreamActivity>[] s_columns =
    [
        RowColumn.Id<StreamActivity>(ViewColumns.Required("stream_id", DataType.Utf8), s => s.Stream.StreamId),
        RowColumn.Id<StreamActivity>(new Field("process_id", DataType.Utf8), s => s.ProcessId),
        RowColumn.Bytes<StreamActivity>(new Field("dependencies_metadata", DataType.Binary), s => s.Stream.DependenciesMetadata),
        RowColumn.Bytes<StreamActivity>(new Field("objects_metadata", DataType.Binary), s => s.Stream.ObjectsMetadata),
        RowColumn.Texts<StreamActivity>(new Field("tags", ViewColumns.Tags), s => s.Stream.Tags),
        RowColumn.Properties<StreamActivity>(new Field("properties", DataType.DictionaryJsonb), s => s.Stream.Properties),
        RowColumn.Long<StreamActivity>(new Field("insert_time", DataType.LakeTime), s => s.Stream.InsertTime),
        RowColumn.Text<StreamActivity>(new Field("format", DataType.Utf8), s => s.Stream.Format),
        RowColumn.Long<StreamActivity>(new Field("last_update_time", DataType.LakeTime), s => s.Last.LastInsertTime),
    ];

    public static IReadOnlyList<RowColumn<StreamActivity>> Columns => s_columns;

    public static ViewDefinition Definition { get; } =
        ViewColumns.Aggregated("streams", RowColumn.SchemaOf(s_columns), "insert_time", "last_update_time");

    public static ITable CreateTable(ILakeCatalog catalog) => ActivityTable.Create(
        s_columns, (conditions, ct) => catalog.ListStreamsAsync(new BlockFilter { StreamId = conditions.IdOf("stream_id") }, ct),
        s => s.Stream.InsertTime, s => s.Last.LastInsertTime);
}
