using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Lake.Tables;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Administration;

/// <summary>The table of <c>list_view_sets()</c> (spec/lakehouse.md §8.2).</summary>
internal static class ViewSetList
{
    private static readonly RowColumn<ViewDefinition>[] s_columns =
    [
        RowColumn.Text<ViewDefinition>(ViewColumns.Required("view_set_name", DataType.Utf8), v => v.Name),
        RowColumn.Bytes<ViewDefinition>(ViewColumns.Required("current_schema_hash", DataType.Binary), v => v.SchemaHash),
        RowColumn.Text<ViewDefinition>(ViewColumns.Required("schema", DataType.Utf8), v => ArrowSchemaText.Format(v.Schema)),
        RowColumn.Boolean<ViewDefinition>(ViewColumns.Required("has_view_maker", DataType.Boolean), v => v.Instances != ViewInstanceKind.None),
        RowColumn.Boolean<ViewDefinition>(ViewColumns.Required("global_instance_available", DataType.Boolean), v => v.HasGlobal),
    ];

    public static ITable CreateTable(LakeHost lake) => new RowTable<ViewDefinition>(s_columns, async (_, ct) =>
        [
            .. ViewCatalog.All.Where(v => !v.IsBeyondUpstream),
            .. (await lake.Views.ListAsync(null, ct).ConfigureAwait(false)).Select(v => v.Definition).Where(d => ViewCatalog.Find(d.Name) is null),
        ]);
}
