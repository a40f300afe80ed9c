using Micromegas.Engine.Catalog;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Statements;
using Micromegas.Lake.Administration;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Materialization.Global;
using Micromegas.Lake.Perfetto;
using Micromegas.Lake.Views;
using Micromegas.Sql.Syntax;

namespace Micromegas.Lake.Tables;

/// <summary>The names that statements find in a lake.</summary>
internal sealed class LakeTables : IStatementCatalog
{
    private readonly LakeHost _lake;
    private readonly Dictionary<string, ITable> _tables;
    private readonly Dictionary<string, TableFunction> _functions;

    public LakeTables(LakeHost lake)
    {
        _lake = lake;
        _tables = new Dictionary<string, ITable>(StringComparer.Ordinal)
        {
            ["log_entries"] = new ViewTable(lake, LogEntriesView.Definition, ViewTable.Global),
            ["measures"] = new ViewTable(lake, MeasuresView.Definition, ViewTable.Global),
            ["processes"] = ProcessesView.CreateTable(lake.Catalog),
            ["streams"] = StreamsView.CreateTable(lake.Catalog),
            ["blocks"] = BlocksView.CreateTable(lake.Catalog),
        };
        TableFunction[] functions =
        [
            new ViewInstanceFunction(lake),
            new ProcessSpansFunction(lake),
            new ParseBlockFunction(lake),
            new PerfettoTraceFunction(lake),
            new ConstantTableFunction("list_partitions", "Every partition that the catalogue knows.", PartitionList.CreateTable(lake.Catalog)),
            new ConstantTableFunction("list_view_sets", "Every view set with its schema.", ViewSetList.CreateTable(lake)),
            .. OperationFunctions.Create(lake),
        ];
        _functions = functions.ToDictionary(f => f.Name, StringComparer.Ordinal);
    }

    /// <summary>Views that other processes defined are not among them: they are in the catalogue.</summary>
    public IEnumerable<string> TableNames => _tables.Keys.Union(_lake.Views.KnownNames);

    public IEnumerable<string> TableFunctionNames => _functions.Keys;

    public async ValueTask<ITable?> FindTableAsync(string name, CancellationToken cancellationToken)
    {
        if (_tables.TryGetValue(name, out ITable? table))
        {
            return table;
        }
        if (PartitionedView(name) is { } partitioned)
        {
            return await _lake.Views.FindAsync(partitioned, cancellationToken).ConfigureAwait(false) is { } raw && HasPartitionsTable(raw)
                ? new ViewTable(_lake, raw.Definition, ViewTable.Global, new PartitionsContent(_lake, raw.Definition))
                : null;
        }
        return await _lake.Views.FindAsync(name, cancellationToken).ConfigureAwait(false) is QueryView view ? view.CreateTable(_lake) : null;
    }

    /// <summary>Upstream lists the views that a query computes as views, and what they read beside them (spec/lakehouse.md §6.5).</summary>
    public async ValueTask<IReadOnlyList<TableEntry>> ListTablesAsync(CancellationToken cancellationToken)
    {
        var entries = new List<TableEntry>();
        foreach (GlobalView view in await _lake.Views.ListAsync(null, cancellationToken).ConfigureAwait(false))
        {
            string name = view.Definition.Name;
            bool isQuery = HasPartitionsTable(view);
            entries.Add(new TableEntry(new TableName(name), isQuery ? TableEntry.View : TableEntry.BaseTable));
            if (isQuery)
            {
                entries.Add(new TableEntry(new TableName(QueryView.PartitionsTableOf(view.Definition)), TableEntry.BaseTable));
            }
        }
        return entries;
    }

    public TableFunction? FindTableFunction(string name) => _functions.GetValueOrDefault(name);

    public ValueTask<StatementAction?> BindAsync(Statement statement, StatementServices services, CancellationToken cancellationToken) =>
        new ViewStatements(_lake, services).BindAsync(statement, cancellationToken);

    private static bool HasPartitionsTable(GlobalView view) =>
        view is QueryView || view.Definition == ProcessesView.Definition || view.Definition == StreamsView.Definition;

    private static string? PartitionedView(string name)
    {
        const string Prefix = "__";
        const string Suffix = "__partitions";
        return name.Length > Prefix.Length + Suffix.Length && name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
            ? name[Prefix.Length..^Suffix.Length]
            : null;
    }
}
