using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Administration;

/// <summary>The table of <c>list_partitions()</c>: the catalogue's rows as they are (spec/lakehouse.md §8.1).</summary>
internal static class PartitionList
{
    private static readonly RowColumn<PartitionRecord>[] s_columns =
    [
        RowColumn.Text<PartitionRecord>(ViewColumns.Required("view_set_name", DataType.Utf8), p => p.ViewSet),
        RowColumn.Text<PartitionRecord>(ViewColumns.Required("view_instance_id", DataType.Utf8), p => p.InstanceId),
        RowColumn.Long<PartitionRecord>(ViewColumns.Required("begin_insert_time", DataType.LakeTime), p => p.InsertRange.Begin),
        RowColumn.Long<PartitionRecord>(ViewColumns.Required("end_insert_time", DataType.LakeTime), p => p.InsertRange.End),
        RowColumn.Long<PartitionRecord>(new Field("min_event_time", DataType.LakeTime), p => p.EventRange?.Begin),
        RowColumn.Long<PartitionRecord>(new Field("max_event_time", DataType.LakeTime), p => p.EventRange?.End),
        RowColumn.Long<PartitionRecord>(ViewColumns.Required("updated", DataType.LakeTime), p => p.Updated),
        RowColumn.Text<PartitionRecord>(new Field("file_path", DataType.Utf8), p => p.FilePath),
        RowColumn.Long<PartitionRecord>(ViewColumns.Required("file_size", DataType.Int64), p => p.FileSize),
        RowColumn.Bytes<PartitionRecord>(ViewColumns.Required("file_schema_hash", DataType.Binary), p => p.SchemaHash),
        RowColumn.Bytes<PartitionRecord>(ViewColumns.Required("source_data_hash", DataType.Binary), p => p.SourceHash),
        RowColumn.Long<PartitionRecord>(ViewColumns.Required("num_rows", DataType.Int64), p => p.RowCount),
        RowColumn.Integer<PartitionRecord>(ViewColumns.Required("partition_format_version", DataType.Int32), p => p.FormatVersion),
        RowColumn.Texts<PartitionRecord>(new Field("sort_order", DataType.List(new Field("tag", DataType.Utf8))), p => p.SortOrder),
        RowColumn.Long<PartitionRecord>(new Field("max_sort_key_time", DataType.LakeTime), p => p.MaxSortKeyTime),
    ];

    public static ITable CreateTable(ILakeCatalog catalog) =>
        new RowTable<PartitionRecord>(s_columns, (conditions, ct) => catalog.ListPartitionsAsync(FilterOf(conditions), ct));

    /// <summary>What of the conditions the catalogue can answer with its indexes (spec/lakehouse.md §11.4 W35).</summary>
    private static PartitionFilter FilterOf(RowConditions conditions) => new()
    {
        ViewSet = conditions.TextOf("view_set_name"),
        InstanceId = conditions.TextOf("view_instance_id"),
        InsertRange = Touching(conditions.TimesOf("end_insert_time").Begin, conditions.TimesOf("begin_insert_time").End),
        EventRange = Touching(conditions.TimesOf("max_event_time").Begin, conditions.TimesOf("min_event_time").End),
    };

    private static LakeTimeRange? Touching(long? begin, long? end) =>
        begin is null && end is null ? null : new LakeTimeRange(begin ?? long.MinValue, end ?? long.MaxValue);
}
