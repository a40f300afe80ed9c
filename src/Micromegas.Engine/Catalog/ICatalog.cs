using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Catalog;

/// <summary>The tables and table functions that a statement can name. A lake is one; tables in memory and Parquet files are others.</summary>
public interface ICatalog
{
    /// <summary>The table of that name in the default schema, or <see langword="null"/>. Names compare exactly: unquoted ones arrive folded to lower case.</summary>
    ValueTask<ITable?> FindTableAsync(string name, CancellationToken cancellationToken);

    /// <summary>The table of that name, or <see langword="null"/>. Most catalogues have the default schema only.</summary>
    ValueTask<ITable?> FindTableAsync(TableName name, CancellationToken cancellationToken) =>
        name.IsInDefaultSchema ? FindTableAsync(name.Name, cancellationToken) : default;

    /// <summary>The table function of that name (lower case), or <see langword="null"/>.</summary>
    TableFunction? FindTableFunction(string name);

    /// <summary>Names of all tables of the default schema, for hints.</summary>
    IEnumerable<string> TableNames { get; }

    /// <summary>All tables and views, for information_schema.</summary>
    ValueTask<IReadOnlyList<TableEntry>> ListTablesAsync(CancellationToken cancellationToken) =>
        new([.. TableNames.Select(static name => new TableEntry(new TableName(name), TableEntry.BaseTable))]);

    /// <summary>All schemas beside information_schema.</summary>
    IEnumerable<string> SchemaNames => [Binding.EngineNames.DefaultSchema];

    /// <summary>Names of all table functions, for hints.</summary>
    IEnumerable<string> TableFunctionNames { get; }
}
