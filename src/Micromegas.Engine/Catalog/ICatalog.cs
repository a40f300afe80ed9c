using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Catalog;

/// <summary>The tables and table functions that a statement can name. A lake is one; tables in memory and Parquet files are others.</summary>
public interface ICatalog
{
    /// <summary>The table of that name, or <see langword="null"/>. Names compare exactly: unquoted ones arrive folded to lower case.</summary>
    ValueTask<ITable?> FindTableAsync(string name, CancellationToken cancellationToken);

    /// <summary>The table function of that name (lower case), or <see langword="null"/>.</summary>
    TableFunction? FindTableFunction(string name);

    /// <summary>Names of all tables, for information_schema and for hints.</summary>
    IEnumerable<string> TableNames { get; }

    /// <summary>Names of all table functions, for hints.</summary>
    IEnumerable<string> TableFunctionNames { get; }
}
