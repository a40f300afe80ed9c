using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Catalog.Parquet;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Storage;

namespace Micromegas.Data.Execution;

/// <summary>Sessions on lakes, with the tables that a data source adds.</summary>
/// <param name="tables">Tables by name.</param>
/// <param name="parquet">Paths of Parquet files by table name; opened with the first session.</param>
internal sealed class LakeSessions(IReadOnlyDictionary<string, ITable> tables, IReadOnlyDictionary<string, string[]> parquet) : ISessionSource
{
    private readonly Lock gate = new();
    private Task<TableCatalog>? ownTables;
    private readonly MemoryBudget memory = new(DefaultMemoryLimit);

    internal static LakeSessions Shared { get; } = new(new Dictionary<string, ITable>(), new Dictionary<string, string[]>());

    /// <summary>Three quarters of what the machine (or container) has.</summary>
    private static long DefaultMemoryLimit => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3;

    public async ValueTask<IQuerySession> OpenAsync(ConnectionSettings settings, CancellationToken cancellationToken)
    {
        if (settings.DataSource.Length > 0)
        {
            throw new MicromegasException($"This build cannot ask lakes yet ('{settings.ResolveDirectory()}').", MicromegasErrorCodes.FeatureNotSupported);
        }
        var catalog = await OwnTablesAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        var options = new EngineOptions { Threads = settings.Threads > 0 ? settings.Threads : Environment.ProcessorCount };
        return new EngineSession(
            new SqlEngine(FunctionRegistry.BuiltIn, WorkerPool.Shared), catalog, options, memory, settings.CommandMemoryLimit ?? memory.Limit / 2);
    }

    /// <summary>The tables, opened once; a failed opening is tried again by the next session.</summary>
    private Task<TableCatalog> OwnTablesAsync()
    {
        lock (gate)
        {
            return ownTables is null || ownTables.IsFaulted ? ownTables = OpenTablesAsync() : ownTables;
        }
    }

    private async Task<TableCatalog> OpenTablesAsync()
    {
        var catalog = new TableCatalog();
        foreach (var (name, table) in tables)
        {
            catalog.Add(name, table);
        }
        foreach (var (name, files) in parquet)
        {
            catalog.Add(name, await OpenParquetAsync(files).ConfigureAwait(false));
        }
        return catalog;
    }

    /// <summary>The files as a table, read through a store whose root is the folder that holds them all.</summary>
    private static async ValueTask<ITable> OpenParquetAsync(string[] files)
    {
        var root = Path.GetDirectoryName(files[0])!;
        while (!Array.TrueForAll(files, file => Path.GetRelativePath(root, file) is var relative && !relative.StartsWith("..", StringComparison.Ordinal)))
        {
            root = Path.GetDirectoryName(root)!;
        }
        var keys = Array.ConvertAll(files, file => Path.GetRelativePath(root, file).Replace(Path.DirectorySeparatorChar, '/'));
        return await ParquetTable.OpenAsync(new DirectoryObjectStore(root), keys, CancellationToken.None).ConfigureAwait(false);
    }
}
