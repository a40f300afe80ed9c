using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;

namespace Micromegas.Data.Execution;

/// <summary>Sessions on lakes, with the tables that a data source adds.</summary>
internal sealed class LakeSessions(IReadOnlyDictionary<string, ITable> tables) : ISessionSource
{
    private readonly MemoryBudget memory = new(DefaultMemoryLimit);

    internal static LakeSessions Shared { get; } = new(new Dictionary<string, ITable>());

    /// <summary>Three quarters of what the machine (or container) has.</summary>
    private static long DefaultMemoryLimit => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 * 3;

    public ValueTask<IQuerySession> OpenAsync(ConnectionSettings settings, CancellationToken cancellationToken)
    {
        if (settings.DataSource.Length > 0)
        {
            throw new MicromegasException($"This build cannot ask lakes yet ('{settings.ResolveDirectory()}').", MicromegasErrorCodes.FeatureNotSupported);
        }
        var catalog = new TableCatalog();
        foreach (var (name, table) in tables)
        {
            catalog.Add(name, table);
        }
        var options = new EngineOptions { Threads = settings.Threads > 0 ? settings.Threads : Environment.ProcessorCount };
        return new ValueTask<IQuerySession>(
            new EngineSession(new SqlEngine(FunctionRegistry.BuiltIn, WorkerPool.Shared), catalog, options, memory, settings.CommandMemoryLimit ?? memory.Limit / 2));
    }
}
