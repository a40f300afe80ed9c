using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;

namespace Micromegas.Lake.Views;

/// <summary>
/// Blocks with their streams and processes (spec/lakehouse.md §3.3). The catalogue's own tables answer, so every block is there at once and nobody has to
/// maintain partitions; upstream's partitions of this view hold the same rows, later.
/// </summary>
internal static class BlocksView
{
    private static readonly RowColumn<SourceBlock>[] s_columns =
    [
        RowColumn.Id<SourceBlock>(ViewColumns.Required("block_id", DataType.Utf8), b => b.Block.BlockId),
        RowColumn.Id<SourceBlock>(ViewColumns.Required("stream_id", DataType.Utf8), b => b.Block.StreamId),
        RowColumn.Id<SourceBlock>(ViewColumns.Required("process_id", DataType.Utf8), b => b.Block.ProcessId),
        RowColumn.Long<SourceBlock>(ViewColumns.Required("begin_time", DataType.LakeTime), b => b.Block.BeginTime),
        RowColumn.Long<SourceBlock>(ViewColumns.Required("begin_ticks", DataType.Int64), b => b.Block.BeginTicks),
        RowColumn.Long<SourceBlock>(ViewColumns.Required("end_time", DataType.LakeTime), b => b.Block.EndTime),
        RowColumn.Long<SourceBlock>(ViewColumns.Required("end_ticks", DataType.Int64), b => b.Block.EndTicks),
        RowColumn.Integer<SourceBlock>(ViewColumns.Required("nb_objects", DataType.Int32), b => b.Block.ObjectCount),
        RowColumn.Long<SourceBlock>(ViewColumns.Required("object_offset", DataType.Int64), b => b.Block.ObjectOffset),
        RowColumn.Long<SourceBlock>(ViewColumns.Required("payload_size", DataType.Int64), b => b.Block.PayloadSize),
        RowColumn.Long<SourceBlock>(ViewColumns.Required("insert_time", DataType.LakeTime), b => b.Block.InsertTime),
        RowColumn.Bytes<SourceBlock>(ViewColumns.Required("streams.dependencies_metadata", DataType.Binary), b => b.Stream.DependenciesMetadata),
        RowColumn.Bytes<SourceBlock>(ViewColumns.Required("streams.objects_metadata", DataType.Binary), b => b.Stream.ObjectsMetadata),
        RowColumn.Texts<SourceBlock>(new Field("streams.tags", ViewColumns.Tags), b => b.Stream.Tags),
        RowColumn.Properties<SourceBlock>(ViewColumns.Required("streams.properties", DataType.DictionaryJsonb), b => b.Stream.Properties),
        RowColumn.Long<SourceBlock>(ViewColumns.Required("streams.insert_time", DataType.LakeTime), b => b.Stream.InsertTime),
        RowColumn.Text<SourceBlock>(ViewColumns.Required("streams.format", DataType.Utf8), b => b.Stream.Format),
        RowColumn.Long<SourceBlock>(ViewColumns.Required("processes.start_time", DataType.LakeTime), b => b.Process.StartTime),
        RowColumn.Long<SourceBlock>(ViewColumns.Required("processes.start_ticks", DataType.Int64), b => b.Process.StartTicks),
        RowColumn.Long<SourceBlock>(ViewColumns.Required("processes.tsc_frequency", DataType.Int64), b => b.Process.TscFrequency),
        RowColumn.Text<SourceBlock>(ViewColumns.Required("processes.exe", DataType.Utf8), b => b.Process.Exe),
        RowColumn.Text<SourceBlock>(ViewColumns.Required("processes.username", DataType.Utf8), b => b.Process.Username),
        RowColumn.Text<SourceBlock>(ViewColumns.Required("processes.realname", DataType.Utf8), b => b.Process.Realname),
        RowColumn.Text<SourceBlock>(ViewColumns.Required("processes.computer", DataType.Utf8), b => b.Process.Computer),
        RowColumn.Text<SourceBlock>(ViewColumns.Required("processes.distro", DataType.Utf8), b => b.Process.Distro),
        RowColumn.Text<SourceBlock>(ViewColumns.Required("processes.cpu_brand", DataType.Utf8), b => b.Process.CpuBrand),
        RowColumn.Long<SourceBlock>(ViewColumns.Required("processes.insert_time", DataType.LakeTime), b => b.Process.InsertTime),
        RowColumn.Text<SourceBlock>(ViewColumns.Required("processes.parent_process_id", DataType.Utf8), b => ViewColumns.OptionalId(b.Process.ParentProcessId)),
        RowColumn.Properties<SourceBlock>(ViewColumns.Required("processes.properties", DataType.DictionaryJsonb), b => b.Process.Properties),
    ];

    public static IReadOnlyList<RowColumn<SourceBlock>> Columns => s_columns;

    public static ViewDefinition Definition { get; } = new()
    {
        Name = "blocks",
        Schema = RowColumn.SchemaOf(s_columns),
        SchemaHash = [3],
        MinTimeColumn = "begin_time",
        MaxTimeColumn = "insert_time",
        HasGlobal = true,
        SortOrder = ["insert_time"],
    };

    public static ITable CreateTable(ILakeCatalog catalog) => new RowTable<SourceBlock>(s_columns, async (conditions, ct) =>
    {
        TimeRange range = conditions.Context.Range;
        IReadOnlyList<SourceBlock> blocks = await catalog.ListBlocksAsync(FilterOf(conditions), ct).ConfigureAwait(false);
        return range.End is { } end ? blocks.Where(b => b.Block.BeginTime <= end).ToArray() : blocks;
    });

    /// <summary>The query range asks for blocks that came after its begin; what predicates say of ids and times the catalogue finds too.</summary>
    private static BlockFilter FilterOf(RowConditions conditions)
    {
        TimeRange inserted = conditions.TimesOf("insert_time").Intersect(new TimeRange(conditions.Context.Range.Begin, null));
        var events = new TimeRange(conditions.TimesOf("end_time").Begin, conditions.TimesOf("begin_time").End);
        return new BlockFilter
        {
            InsertRange = inserted.IsAll ? null : new LakeTimeRange(inserted.Begin ?? long.MinValue, inserted.End is { } last and < long.MaxValue ? last + 1 : long.MaxValue),
            EventRange = events.IsAll ? null : new LakeTimeRange(events.Begin ?? long.MinValue, events.End ?? long.MaxValue),
            ProcessId = conditions.IdOf("process_id"),
            StreamId = conditions.IdOf("stream_id"),
            BlockId = conditions.IdOf("block_id"),
        };
    }
}
