using System.Collections.Concurrent;
using Micromegas.Columnar;
using Micromegas.Engine.Binding;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Statements;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Catalog.Scratch;

/// <summary>Tables and views in memory that several sessions share.</summary>
/// <param name="budget">What their rows count in; null = nothing.</param>
public sealed class ScratchTables(MemoryBudget? budget = null)
{
    internal MemoryBudget? Budget => budget;

    internal ConcurrentDictionary<TableName, ITable> Tables { get; } = new();

    internal ConcurrentDictionary<string, bool> Schemas { get; } = new() { [EngineNames.DefaultSchema] = true };

    /// <summary>Held by the statement that changes something.</summary>
    internal SemaphoreSlim Changes { get; } = new(1, 1);
}

/// <summary>
/// Tables and views in memory, made and changed by statements, in front of another catalogue. Thread-safe: readers see whole statements, changes run one
/// after the other. There are no transactions; what a statement changed stays.
/// </summary>
/// <param name="scratch">The tables.</param>
/// <param name="next">The catalogue behind.</param>
public sealed class ScratchCatalog(ScratchTables scratch, ICatalog? next = null) : IStatementCatalog
{
    private readonly ConcurrentDictionary<TableName, ITable> tables = scratch.Tables;
    private readonly ConcurrentDictionary<string, bool> schemas = scratch.Schemas;

    internal SemaphoreSlim Changes => scratch.Changes;

    /// <summary>What the rows of tables count in.</summary>
    internal MemoryBudget? Budget => scratch.Budget;

    public IEnumerable<string> TableNames =>
        tables.Keys.Where(static name => name.IsInDefaultSchema).Select(static name => name.Name).Union(next?.TableNames ?? []);

    public async ValueTask<IReadOnlyList<TableEntry>> ListTablesAsync(CancellationToken cancellationToken)
    {
        var behind = next is null ? [] : await next.ListTablesAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. tables.Select(static entry => new TableEntry(entry.Key, entry.Value is SqlView ? TableEntry.View : TableEntry.BaseTable)),
            .. behind.Where(entry => !tables.ContainsKey(entry.Name)),
        ];
    }

    public IEnumerable<string> SchemaNames => schemas.Keys.Union(next?.SchemaNames ?? []).Order(StringComparer.Ordinal);

    public IEnumerable<string> TableFunctionNames => next?.TableFunctionNames ?? [];

    public TableFunction? FindTableFunction(string name) => next?.FindTableFunction(name);

    public ValueTask<ITable?> FindTableAsync(string name, CancellationToken cancellationToken) => FindTableAsync(new TableName(name), cancellationToken);

    public ValueTask<ITable?> FindTableAsync(TableName name, CancellationToken cancellationToken) => tables.TryGetValue(name, out var table)
        ? new ValueTask<ITable?>(table)
        : next?.FindTableAsync(name, cancellationToken) ?? default;

    public async ValueTask<StatementAction?> BindAsync(Statement statement, StatementServices services, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(services);
        var own = statement switch
        {
            CreateTableStatement create => await new ScratchDefinitions(this, services).BindAsync(create, cancellationToken).ConfigureAwait(false),
            CreateViewStatement { Materialized: false } create => await new ScratchDefinitions(this, services).BindAsync(create, cancellationToken).ConfigureAwait(false),
            CreateSchemaStatement { IsDatabase: false } create => new ScratchDefinitions(this, services).Bind(create),
            CreateIndexStatement create => new ScratchDefinitions(this, services).Bind(create),
            DropStatement drop => new ScratchDefinitions(this, services).Bind(drop),
            TruncateStatement truncate => new ScratchChanges(this, services).Bind(truncate),
            InsertStatement insert => await new ScratchChanges(this, services).BindAsync(insert, cancellationToken).ConfigureAwait(false),
            UpdateStatement update => await new ScratchChanges(this, services).BindAsync(update, cancellationToken).ConfigureAwait(false),
            DeleteStatement delete => await new ScratchChanges(this, services).BindAsync(delete, cancellationToken).ConfigureAwait(false),
            _ => null,
        };
        return own ?? (next is IStatementCatalog changeable ? await changeable.BindAsync(statement, services, cancellationToken).ConfigureAwait(false) : null);
    }

    /// <summary>The table or view that a statement made, null when there is none of that name.</summary>
    internal ITable? Find(TableName name) => tables.GetValueOrDefault(name);

    internal bool HasSchema(string name) => schemas.ContainsKey(name);

    internal bool Add(TableName name, ITable table, bool replace)
    {
        if (!replace)
        {
            return tables.TryAdd(name, table);
        }
        tables[name] = table;
        return true;
    }

    /// <summary>Forgets a table. Its rows go when the last statement that reads them has ended.</summary>
    internal bool Remove(TableName name)
    {
        if (!tables.TryRemove(name, out var table))
        {
            return false;
        }
        (table as ScratchTable)?.Rows.Clear();
        return true;
    }

    internal void AddSchema(string name) => schemas[name] = true;

    internal void RemoveSchema(string name)
    {
        foreach (var table in tables.Keys.Where(table => table.Schema == name))
        {
            Remove(table);
        }
        schemas.TryRemove(name, out _);
    }

    internal bool IsEmpty(string schema) => tables.Keys.All(table => table.Schema != schema);
}
