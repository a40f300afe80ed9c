using System.Collections.Concurrent;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Catalog.Parquet;
using Micromegas.Engine.Catalog.Scratch;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Lake;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Tables.Static;
using Micromegas.Parquet;
using Micromegas.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Micromegas.Data.Execution;

/// <summary>Sessions on lakes, with the tables that a data source adds.</summary>
/// <param name="tables">Tables by name.</param>
/// <param name="loggers">Where a lake that is opened by this source reports to.</param>
/// <param name="clock">What time it is for statements, and for a lake that is opened by this source.</param>
/// <param name="functions">Functions in C#.</param>
/// <param name="parquet">Paths of Parquet files by table name; opened with the first session.</param>
/// <param name="views">Views that the lake is told of when it is opened.</param>
/// <param name="files">Tables that are files, looked at when a statement names them.</param>
internal sealed class LakeSessions(IReadOnlyDictionary<string, ITable> tables, IReadOnlyDictionary<string, string[]> parquet, ILoggerFactory? loggers = null, TimeProvider? clock = null,
    OwnFunctions? functions = null, IReadOnlyList<ViewSpecification>? views = null, StaticTables? files = null)
    : ISessionSource
{
    private readonly LakeOptions? options = loggers is null && clock is null
        ? null
        : new LakeOptions { LoggerFactory = loggers ?? NullLoggerFactory.Instance, TimeProvider = clock ?? TimeProvider.System };
    private readonly Lock gate = new();
    private Task<TableCatalog>? ownTables;
    private volatile LakeExtension? extension;
    private static readonly ConcurrentDictionary<int, WorkerPool> Pools = new();
    private static readonly ConcurrentDictionary<(string Lake, long Limit), (MemoryBudget Memory, ChunkCache Chunks)> Budgets = new();

    /// <summary>Tables made by statements: those of one connection string are shared by all its connections.</summary>
    private static readonly ConcurrentDictionary<string, ScratchTables> Scratch = new(StringComparer.Ordinal);

    /// <summary>Folders of static tables by their path.</summary>
    private static readonly ConcurrentDictionary<string, StaticTables> Folders = new(StringComparer.Ordinal);

    internal static LakeSessions Shared { get; } = new(new Dictionary<string, ITable>(), new Dictionary<string, string[]>());

    /// <summary>Bytes of files that are kept for the statements that follow, where the memory limit does not say less.</summary>
    private const long MostCachedBytes = 512 << 20;

    /// <summary>Half of what the machine (or container) has.</summary>
    private static long DefaultMemoryLimit { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    public async ValueTask<IQuerySession> OpenAsync(ConnectionSettings settings, CancellationToken cancellationToken)
    {
        var (lakeName, host) = settings.DataSource.Length > 0 ? await OpenLakeAsync(settings, cancellationToken).ConfigureAwait(false) : ("", null);

        // A session has no state of its own: all connections on the same lake with the same settings share one, and opening one costs nothing.
        if (settings.LastSession is { } last && last.TryGet(this, host, out var shared))
        {
            return shared;
        }

        var own = HasTables ? await OwnTablesAsync().WaitAsync(cancellationToken).ConfigureAwait(false) : null;
        var session = Create(settings, lakeName, host, own);
        settings.LastSession = new SharedSession(this, host, session);
        return session;
    }

    /// <summary>The lake of a connection string, which knows this source's functions, tables and views.</summary>
    internal async ValueTask<(string Name, LakeHost? Host)> OpenLakeAsync(ConnectionSettings settings, CancellationToken cancellationToken)
    {
        var address = settings.ResolveLake();
        var host = await LakeHosts.GetAsync(address, Mode(settings.Mode), options, cancellationToken).ConfigureAwait(false);
        if (HasTables || functions is { IsEmpty: false } || views is { Count: > 0 })
        {
            if (extension is null)
            {
                var added = new LakeExtension
                {
                    Functions = functions?.Scalars ?? [],
                    Aggregates = functions?.Aggregates ?? [],
                    Tables = HasTables ? await OwnTablesAsync().WaitAsync(cancellationToken).ConfigureAwait(false) : null,
                    Views = views ?? [],
                };
                lock (gate)
                {
                    extension ??= added;
                }
            }
            await host.RegisterAsync(extension, cancellationToken).ConfigureAwait(false);
        }
        return (address.Key, host);
    }

    private bool HasTables => tables.Count + parquet.Count + (functions?.Tables.Count ?? 0) > 0 || files is { IsEmpty: false };

    private EngineSession Create(ConnectionSettings settings, string lakeName, LakeHost? lake, TableCatalog? own)
    {
        ICatalog? lakeTables = lake?.Tables;
        // One budget a lake and limit, one pool a number of threads: all connections of the process that ask for the same share them.
        var (memory, chunks) = Budgets.GetOrAdd((lakeName, settings.MemoryLimit ?? DefaultMemoryLimit), static key => WithCache(new MemoryBudget(key.Limit)));
        var workers = settings.Threads > 0 ? Pools.GetOrAdd(settings.Threads, static threads => new WorkerPool(threads)) : WorkerPool.Shared;
        var catalog = own is null ? lakeTables ?? new TableCatalog() : lakeTables is null ? own : own.InFrontOf(lakeTables);
        if (settings.StaticTables.Length > 0)
        {
            var withFiles = new TableCatalog(catalog);
            withFiles.Add(Folders.GetOrAdd(Path.GetFullPath(settings.StaticTables), static folder => StaticTables.Of(folder)));
            catalog = withFiles;
        }
        if (settings.ScratchTables)
        {
            catalog = new ScratchCatalog(Scratch.GetOrAdd(settings.Text, _ => new ScratchTables(memory)), catalog);
        }
        var registry = lake?.Functions ?? FunctionRegistry.BuiltIn;
        return new EngineSession(
            new SqlEngine(functions is null ? registry : functions.AddTo(registry), workers),
            catalog,
            new EngineOptions { Threads = workers.ThreadCount, TimeProvider = clock ?? TimeProvider.System, MapsFiles = settings.MapFiles },
            memory,
            chunks,
            settings.CommandMemoryLimit ?? memory.Limit / 2)
        {
            Lake = lake,
        };
    }

    private static (MemoryBudget Memory, ChunkCache Chunks) WithCache(MemoryBudget memory)
    {
        BufferPool.Shared.AddLimit(memory.Limit);
        return (memory, new ChunkCache(Math.Min(memory.Limit / 8, MostCachedBytes), memory));
    }

    private static LakeMode Mode(MicromegasOpenMode mode) => mode switch
    {
        MicromegasOpenMode.ReadOnly => LakeMode.ReadOnly,
        MicromegasOpenMode.ReadWrite => LakeMode.ReadWrite,
        _ => LakeMode.ReadWriteCreate,
    };

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
        foreach (var function in functions?.Tables ?? [])
        {
            catalog.Add(function);
        }
        if (files is { IsEmpty: false })
        {
            catalog.Add(files);
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
