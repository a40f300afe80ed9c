using Micromegas.Engine.Catalog;
using Micromegas.Engine.Functions;
using Micromegas.Lake.Administration;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Catalogs.Sqlite;
using Micromegas.Lake.Catalogs.Transfer;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Tables;
using Micromegas.Storage;
using Microsoft.Extensions.Logging;

namespace Micromegas.Lake;

/// <summary>
/// An open lake: its catalogue, its objects and what is cached of them. Everything that asks the lake in this process shares one host; opening one is what costs,
/// using it does not.
/// </summary>
public sealed class LakeHost : IAsyncDisposable
{
    private const string CatalogName = "catalog.db";
    private const string StoreName = "store";

    private readonly IDisposable? _ownedStore;

    internal LakeHost(string name, ILakeCatalog catalog, IObjectStore store, LakeOptions options, IDisposable? ownedStore = null)
    {
        Name = name;
        Catalog = catalog;
        Store = store;
        Options = options;
        catalog.RetirementGrace = options.RetirementGrace;
        _ownedStore = ownedStore;
        Logger = options.LoggerFactory.CreateLogger("Micromegas.Lake");
        Footers = new FooterCache(store, options.FooterCacheLimit);
        Denials = new QueryDenials(this);
        Views = new LakeViews(this);
        Tables = new LakeTables(this);
        Functions = FunctionRegistry.BuiltIn.With([new GetPayloadFunction(this), .. OperationFunctions.CreateScalars(this)]);
        Builds = new BuildLocks();
    }

    /// <summary>The lake's directory, or another name for messages.</summary>
    public string Name { get; }

    /// <summary>The views and table functions for the engine.</summary>
    public ICatalog Tables { get; }

    /// <summary>The engine's functions and those that read this lake.</summary>
    public FunctionRegistry Functions { get; }

    /// <summary>Whether others may use the lake at the same time.</summary>
    public LakeSharing Sharing => Catalog.Sharing;

    /// <summary>Whether nothing is ever written.</summary>
    public bool IsReadOnly => Catalog.IsReadOnly;

    internal ILakeCatalog Catalog { get; }

    internal IObjectStore Store { get; }

    internal LakeOptions Options { get; }

    internal ILogger Logger { get; }

    internal FooterCache Footers { get; }

    internal BuildLocks Builds { get; }

    internal QueryDenials Denials { get; }

    internal JitVerdicts Verdicts { get; } = new();

    /// <summary>The global views, also those that programs and statements define.</summary>
    internal LakeViews Views { get; }

    internal SettledHours Settled { get; } = new();

    /// <summary>Lets a statement pass, unless a rule of the deny list refuses it (spec/lakehouse.md §8.7).</summary>
    /// <exception cref="Micromegas.Engine.EngineException">A rule refuses it (42501).</exception>
    public ValueTask AdmitAsync(string sql, Micromegas.Engine.Execution.QueryContext context, CancellationToken ct) => Denials.AdmitAsync(sql, context, ct);

    /// <summary>Adds a program's functions, tables and views to what the lake's views may use, and to its views; the same object again changes nothing.</summary>
    /// <exception cref="Micromegas.Engine.EngineException">A view does not work, or another one has its name.</exception>
    public ValueTask RegisterAsync(LakeExtension extension, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(extension);
        return Views.RegisterAsync(extension, ct);
    }

    /// <summary>Whether a directory holds a lake.</summary>
    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, CatalogName));

    /// <summary>Opens the lake in a directory: <c>catalog.db</c> and <c>store/</c>.</summary>
    /// <exception cref="LakeException">There is none, it cannot be opened, or its version is not known.</exception>
    public static async ValueTask<LakeHost> OpenAsync(string directory, LakeMode mode, LakeOptions? options, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        options ??= new LakeOptions();
        string path = Path.GetFullPath(directory);
        try
        {
            if (mode == LakeMode.ReadWriteCreate)
            {
                Directory.CreateDirectory(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LakeException("58030", $"the lake's directory '{path}' cannot be created: {e.Message}", e);
        }
        if (mode != LakeMode.ReadWriteCreate && !Exists(path))
        {
            throw Directory.Exists(path) ? Throw.NotALake(path, $"it has no '{CatalogName}'") : Throw.MissingLake(path);
        }
        SqliteCatalog catalog = await SqliteCatalog.OpenAsync(Path.Combine(path, CatalogName), mode, options.TimeProvider, ct).ConfigureAwait(false);
        var store = new DirectoryObjectStore(Path.Combine(path, StoreName));
        return new LakeHost(path, catalog, store, options, store);
    }

    /// <summary>Creates an empty lake in memory, which ends with the object.</summary>
    public static async ValueTask<LakeHost> CreateInMemoryAsync(LakeOptions? options, CancellationToken ct)
    {
        options ??= new LakeOptions();
        SqliteCatalog catalog = await SqliteCatalog.CreateInMemoryAsync(options.TimeProvider, ct).ConfigureAwait(false);
        return new LakeHost(":memory:", catalog, new MemoryObjectStore(options.TimeProvider), options);
    }

    /// <summary>Fills an empty lake's catalogue from a folder of JSON lines; the objects are brought by other means.</summary>
    /// <param name="folder">One <c>&lt;table&gt;.jsonl.gz</c> or <c>.jsonl</c> per table.</param>
    /// <param name="sharing">Whose lake it is; null to believe the folder, which without a word of it means shared.</param>
    /// <param name="ct">Cancels; nothing is written then.</param>
    public async Task ImportCatalogAsync(string folder, LakeSharing? sharing, CancellationToken ct) =>
        await CatalogFolder.ImportAsync(Catalog, folder, sharing, ct).ConfigureAwait(false);

    /// <summary>Writes the catalogue to a folder of JSON lines.</summary>
    public async Task ExportCatalogAsync(string folder, bool compress, CancellationToken ct) =>
        await CatalogFolder.ExportAsync(Catalog, folder, compress, ct).ConfigureAwait(false);

    /// <summary>Closes the lake.</summary>
    public async ValueTask DisposeAsync()
    {
        await Catalog.DisposeAsync().ConfigureAwait(false);
        Views.Dispose();
        _ownedStore?.Dispose();
    }
}
