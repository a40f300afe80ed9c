using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Tables;

namespace Micromegas.Lake.Views;

/// <summary>Processes that sent at least one block (spec/lakehouse.md §3.4).</summary>
internal static class ProcessesView
{
    private static readonly RowColumn<ProcessActivity>[] s_columns =
    [
        RowColumn.Id<ProcessActivity>(ViewColumns.Required("process_id", DataType.Utf8), p => p.Process.ProcessId),
        RowColumn.Text<ProcessActivity>(new Field("exe", DataType.Utf8), p => p.Process.Exe),
        RowColumn.Text<ProcessActivity>(new Field("username", DataType.Utf8), p => p.Process.Username),
        RowColumn.Text<ProcessActivity>(new Field("realname", DataType.Utf8), p => p.Process.Realname),
        RowColumn.Text<ProcessActivity>(new Field("computer", DataType.Utf8), p => p.Process.Computer),
        RowColumn.Text<ProcessActivity>(new Field("distro", DataType.Utf8), p => p.Process.Distro),
        RowColumn.Text<ProcessActivity>(new Field("cpu_brand", DataType.Utf8), p => p.Process.CpuBrand),
        RowColumn.Long<ProcessActivity>(new Field("tsc_frequency", DataType.Int64), p => p.Process.TscFrequency),
        RowColumn.Long<ProcessActivity>(new Field("start_time", DataType.LakeTime), p => p.Process.StartTime),
        RowColumn.Long<ProcessActivity>(new Field("start_ticks", DataType.Int64), p => p.Process.StartTicks),
        RowColumn.Long<ProcessActivity>(new Field("insert_time", DataType.LakeTime), p => p.Process.InsertTime),
        RowColumn.Text<ProcessActivity>(new Field("parent_process_id", DataType.Utf8), p => ViewColumns.OptionalId(p.Process.ParentProcessId)),
        RowColumn.Properties<ProcessActivity>(new Field("properties", DataType.DictionaryJsonb), p => p.Process.Properties),
        RowColumn.Long<ProcessActivity>(new Field("last_update_time", DataType.LakeTime), p => p.Last.LastInsertTime),
        RowColumn.Long<ProcessActivity>(new Field("last_block_end_ticks", DataType.Int64), p => p.Last.LastEndTicks),
        RowColumn.Long<ProcessActivity>(new Field("last_block_end_time", DataType.LakeTime), p => p.Last.LastEndTime),
    ];

    public static IReadOnlyList<RowColumn<ProcessActivity>> Columns => s_columns;

    public static ViewDefinition Definition { get; } =
        ViewColumns.Aggregated("processes", RowColumn.SchemaOf(s_columns), "insert_time", "last_update_time");

    public static ITable CreateTable(ILakeCatalog catalog) => ActivityTable.Create(
        s_columns, (conditions, ct) => catalog.ListProcessesAsync(new BlockFilter { ProcessId = conditions.IdOf("process_id") }, ct),
        p => p.Process.InsertTime, p => p.Last.LastInsertTime);
}
