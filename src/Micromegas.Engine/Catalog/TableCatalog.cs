using System.Collections.Concurrent;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Statements;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Catalog;

/// <summary>Tables that are looked up when a statement names them, because they may have changed since.</summary>
public interface ITableSource
{
    /// <summary>Names of the tables as of now.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>The table of a name, or null.</summary>
    /// <exception cref="EngineException">It is there and cannot be read.</exception>
    ValueTask<ITable?> FindAsync(string name, CancellationToken cancellationToken);
}

/// <summary>A catalogue of tables and table functions by name, optionally in front of another one. Thread-safe.</summary>
public sealed class TableCatalog(ICatalog? next = null) : IStatementCatalog
{
    private readonly ConcurrentDictionary<string, ITable> tables = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TableFunction> functions = new(StringComparer.Ordinal);

    private readonly ConcurrentQueue<ITableSource> sources = [];

    public IEnumerable<string> TableNames => OwnNames.Union(next?.TableNames ?? []);

    private IEnumerable<string> OwnNames => tables.Keys.Union(sources.SelectMany(static source => source.Names));

    public IEnumerable<string> TableFunctionNames => next is null ? functions.Keys : functions.Keys.Union(next.TableFunctionNames);

    /// <summary>Adds a table, or replaces the one of that name. Unquoted names in statements are folded to lower case.</summary>
    public void Add(string name, ITable table) => tables[name] = table;

    /// <summary>Adds tables that come after those that were added by name.</summary>
    public void Add(ITableSource source) => sources.Enqueue(source);

    /// <summary>Adds a table function, or replaces the one of that name.</summary>
    public void Add(TableFunction function) => functions[function.Name] = function;

    /// <summary>The tables and functions of this catalogue as they are now, in front of another catalogue's.</summary>
    public TableCatalog InFrontOf(ICatalog other)
    {
        var combined = new TableCatalog(other);
        foreach (var (name, table) in tables)
        {
            combined.Add(name, table);
        }
        foreach (var function in functions.Values)
        {
            combined.Add(function);
        }
        foreach (var source in sources)
        {
            combined.Add(source);
        }
        return combined;
    }

    public async ValueTask<ITable?> FindTableAsync(string name, CancellationToken cancellationToken)
    {
        if (tables.TryGetValue(name, out var table))
        {
            return table;
        }
        foreach (var source in sources)
        {
            if (await source.FindAsync(name, cancellationToken).ConfigureAwait(false) is { } found)
            {
                return found;
            }
        }
        return next is null ? null : await next.FindTableAsync(name, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<ITable?> FindTableAsync(TableName name, CancellationToken cancellationToken) => name.IsInDefaultSchema
        ? FindTableAsync(name.Name, cancellationToken)
        : next?.FindTableAsync(name, cancellationToken) ?? default;

    public async ValueTask<IReadOnlyList<TableEntry>> ListTablesAsync(CancellationToken cancellationToken)
    {
        var behind = next is null ? [] : await next.ListTablesAsync(cancellationToken).ConfigureAwait(false);
        var own = OwnNames.ToHashSet(StringComparer.Ordinal);
        return
        [
            .. own.Select(static name => new TableEntry(new TableName(name), TableEntry.BaseTable)),
            .. behind.Where(entry => !entry.Name.IsInDefaultSchema || !own.Contains(entry.Name.Name)),
        ];
    }

    public IEnumerable<string> SchemaNames => next?.SchemaNames ?? [Binding.EngineNames.DefaultSchema];

    public ValueTask<StatementAction?> BindAsync(Statement statement, StatementServices services, CancellationToken cancellationToken) =>
        next is IStatementCatalog changeable ? changeable.BindAsync(statement, services, cancellationToken) : default;

    public TableFunction? FindTableFunction(string name) => functions.TryGetValue(name, out var function) ? function : next?.FindTableFunction(name);
}
