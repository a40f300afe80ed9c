using Micromegas.Engine.Catalog;
using Micromegas.Engine.Functions;
using Micromegas.Lake.Administration;
using Micromegas.Lake.Perfetto;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>The names that statements find in a lake.</summary>
internal sealed class LakeTables : ICatalog
{
    private readonly Dictionary<string, ITable> _tables;
    private readonly Dictionary<string, TableFunction> _functions;

    public LakeTables(LakeHost lake)
    {
        _tables = new Dictionary<string, ITable>(StringComparer.Ordinal)
        {
            ["log_entries"] = new ViewTable(lake, LogEntriesView.Definition, ViewTable.Global),
            ["measures"] = new ViewTable(lake, MeasuresView.Definition, ViewTable.Global),
            ["processes"] = ProcessesView.CreateTable(lake.Catalog),
            ["streams"] = StreamsView.CreateTable(lake.Catalog),
            ["log_stats"] = LogStatsView.CreateTable(lake),
            ["blocks"] = BlocksView.CreateTable(lake.Catalog),
        };
        TableFunction[] functions =
        [
            new ViewInstanceFunction(lake),
            new ProcessSpansFunction(lake),
            new ParseBlockFunction(lake),
            new PerfettoTraceFunction(lake),
            new ConstantTableFunction("list_partitions", "Every partition that the catalogue knows.", PartitionList.CreateTable(lake.Catalog)),
            new ConstantTableFunction("list_view_sets", "Every view set with its schema.", ViewSetList.CreateTable()),
            .. OperationFunctions.Create(lake),
        ];
        _functions = functions.ToDictionary(f => f.Name, StringComparer.Ordinal);
    }

    public IEnumerable<string> TableNames => _tables.Keys;

    public IEnumerable<string> TableFunctionNames => _functions.Keys;

    public ValueTask<ITable?> FindTableAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult(_tables.GetValueOrDefault(name));

    public TableFunction? FindTableFunction(string name) => _functions.GetValueOrDefault(name);
}
