using Micromegas.Data.Execution;
using Micromegas.Lake;
using Micromegas.Lake.Administration;
using Micromegas.Lake.Maintenance;

namespace Micromegas.Data;

/// <summary>
/// A lake in a directory: <c>catalog.db</c> (what there is) and <c>store/</c> (raw blocks and the Parquet partitions made from them); or in a bucket and a PostgreSQL
/// database. The process opens each lake once and keeps it open; objects of this class, like connections, are handles that cost nothing. Thread-safe.
/// </summary>
public sealed class MicromegasLake
{
    private readonly LakeHost _host;
    private readonly string _connectionString;

    internal MicromegasLake(LakeHost host, string connectionString)
    {
        _host = host;
        _connectionString = connectionString;
    }

    /// <summary>The lake's directory, absolute; for a lake in services, their names.</summary>
    public string Directory => _host.Name;

    /// <summary>Whether upstream services may work on the lake too; then global partitions are left to them.</summary>
    public bool IsShared => _host.Sharing == LakeSharing.Shared;

    /// <summary>Opens the lake in a directory; it must exist.</summary>
    /// <param name="directory">Its path; a relative one follows the current directory.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="MicromegasException">There is no lake (08006), or a newer version made it.</exception>
    public static Task<MicromegasLake> OpenAsync(string directory, CancellationToken cancellationToken = default)
        => GetAsync(ForDirectory(directory), LakeMode.ReadWrite, cancellationToken);

    /// <summary>Opens a lake, which must exist.</summary>
    /// <param name="settings">Where it is: <see cref="MicromegasConnectionStringBuilder.DataSource"/> and <see cref="MicromegasConnectionStringBuilder.Catalog"/>; the other settings go to the connections that are created here.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="MicromegasException">There is no lake (08006), or a newer version made it.</exception>
    public static Task<MicromegasLake> OpenAsync(MicromegasConnectionStringBuilder settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return GetAsync(settings, settings.Mode == MicromegasOpenMode.ReadOnly ? LakeMode.ReadOnly : LakeMode.ReadWrite, cancellationToken);
    }

    /// <summary>Opens the lake in a directory, and makes an empty one where there is none.</summary>
    /// <param name="directory">Its path; a relative one follows the current directory.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="MicromegasException">The directory cannot be made (58030) or holds something else.</exception>
    public static Task<MicromegasLake> CreateAsync(string directory, CancellationToken cancellationToken = default)
        => GetAsync(ForDirectory(directory), LakeMode.ReadWriteCreate, cancellationToken);

    /// <summary>Opens a lake, and makes an empty one where there is none: in a directory, or in a database without the tables of a lake.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="MicromegasException">It cannot be made, or there is something else.</exception>
    public static Task<MicromegasLake> CreateAsync(MicromegasConnectionStringBuilder settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return GetAsync(settings, LakeMode.ReadWriteCreate, cancellationToken);
    }

    /// <summary>Closes the lake in this process, so that its directory can be moved or removed. What still runs on it fails; the next use opens it again.</summary>
    /// <param name="directory">Its path.</param>
    public static async Task CloseAsync(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        await LakeHosts.CloseAsync(directory).ConfigureAwait(false);
    }

    /// <summary>Closes a lake in this process. What still runs on it fails; the next use opens it again.</summary>
    /// <param name="settings">Where it is.</param>
    public static async Task CloseAsync(MicromegasConnectionStringBuilder settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await LakeHosts.CloseAsync(settings.ResolveLake()).ConfigureAwait(false);
    }

    /// <summary>Fills the catalogue of an empty lake from a folder of JSON lines, one <c>&lt;table&gt;.jsonl.gz</c> or <c>.jsonl</c> per table.</summary>
    /// <param name="folder">The folder. The objects that the rows speak of are brought into <c>store/</c> by other means.</param>
    /// <param name="cancellationToken">Ends the import; nothing is kept then.</param>
    /// <exception cref="MicromegasException">A file is damaged, or the lake is not empty.</exception>
    public Task ImportCatalogAsync(string folder, CancellationToken cancellationToken = default)
        => TranslateAsync(_host.ImportCatalogAsync(folder, null, cancellationToken));

    /// <summary>Writes the catalogue to a folder of JSON lines: a backup, or the way to another kind of catalogue.</summary>
    /// <param name="folder">The folder; made where it is missing.</param>
    /// <param name="compress">Whether the files are compressed (<c>.jsonl.gz</c>).</param>
    /// <param name="cancellationToken">Ends the export.</param>
    /// <exception cref="MicromegasException">A file cannot be written.</exception>
    public Task ExportCatalogAsync(string folder, bool compress = true, CancellationToken cancellationToken = default)
        => TranslateAsync(_host.ExportCatalogAsync(folder, compress, cancellationToken));

    /// <summary>A closed connection to the lake.</summary>
    public MicromegasConnection CreateConnection() => new(_connectionString);

    /// <summary>A writer for the telemetry of one process, usually this one. Dispose it: that stores what is left.</summary>
    /// <param name="options">What to say about the process, and when to store; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option has a value that it must not have.</exception>
    public TelemetryWriter CreateWriter(TelemetryWriterOptions? options = null) => new(_host, options ?? new TelemetryWriterOptions());

    /// <summary>Maintenance of the lake: a hosted service, or once on demand.</summary>
    /// <param name="options">What it does; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option has a value that it must not have.</exception>
    public LakeMaintenance CreateMaintenance(LakeMaintenanceOptions? options = null)
    {
        options ??= new LakeMaintenanceOptions();
        return new LakeMaintenance(new LakeMaintainer(_host, new MaintenanceOptions
        {
            MaintainsSharedViews = options.MaintainsSharedViews,
            WritesSeconds = options.WritesSeconds,
            Retention = options.Retention?.ToPolicy(),
            MemoryLimit = options.MemoryLimit,
            GracePeriod = options.GracePeriod,
        }));
    }

    /// <summary>Administration of the lake.</summary>
    public LakeAdministration Administration => new(new LakeOperations(_host));

    // Absolute, so that connections find the lake wherever the current directory will be.
    private static MicromegasConnectionStringBuilder ForDirectory(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return new MicromegasConnectionStringBuilder { DataSource = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory)) };
    }

    private static async Task<MicromegasLake> GetAsync(MicromegasConnectionStringBuilder settings, LakeMode mode, CancellationToken cancellationToken)
    {
        var connectionString = settings.ConnectionString;
        var address = settings.ResolveLake();
        try
        {
            return new MicromegasLake(await LakeHosts.GetAsync(address, mode, null, cancellationToken).ConfigureAwait(false), connectionString);
        }
        catch (Exception e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }

    private static async Task TranslateAsync(Task work)
    {
        try
        {
            await work.ConfigureAwait(false);
        }
        catch (Exception e) when (Faults.TryTranslate(e, out var translated))
        {
            throw translated;
        }
    }
}
