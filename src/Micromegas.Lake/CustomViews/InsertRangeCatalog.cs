using Micromegas.Engine.Catalog;
using Micromegas.Engine.Functions;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.CustomViews;

/// <summary>
/// What views are made of, as blocks of an insert range filled it: the events of those blocks, the blocks themselves, and views made of either. Everything else,
/// such as processes and static tables, is there as a whole. (Upstream narrows by whole partitions, spec/lakehouse.md §4.5.)
/// </summary>
internal sealed class InsertRangeCatalog(LakeHost lake, LakeTimeRange range) : ICatalog
{
    private const string Whole = "__whole__";

    private readonly ICatalog _tables = lake.Views.Tables;

    public IEnumerable<string> TableNames => _tables.TableNames;

    public IEnumerable<string> TableFunctionNames => _tables.TableFunctionNames;

    public TableFunction? FindTableFunction(string name) => _tables.FindTableFunction(name);

    public async ValueTask<ITable?> FindTableAsync(string name, CancellationToken cancellationToken)
    {
        ITable? table = await _tables.FindTableAsync(name, cancellationToken).ConfigureAwait(false);
        if (table is null || await lake.Views.FindAsync(name, cancellationToken).ConfigureAwait(false) is not { } view || lake.Views.IsHidden(name))
        {
            return table;
        }
        return view is QueryView query ? query.CreateTable(lake, range)
            : view.Definition.HasEvents || view.Definition == BlocksView.Definition ? Narrow(table)
            : table;
    }

    private SqlView Narrow(ITable table)
    {
        SqlView view = SqlView.Parse(
            $"SELECT * FROM \"{Whole}\" WHERE insert_time >= '{ViewQueries.Text(range.Begin)}' AND insert_time < '{ViewQueries.Text(range.End)}'", table.Schema);
        return new SqlView(view.Sql, view.Query, table.Schema) { Tables = new Dictionary<TableName, ITable> { [new TableName(Whole)] = table } };
    }
}
