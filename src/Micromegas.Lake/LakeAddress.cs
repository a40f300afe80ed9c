using Micromegas.Lake.Catalogs.Postgres;
using Micromegas.Storage;

namespace Micromegas.Lake;

/// <summary>
/// Where a lake is: a directory that holds all of it, or a place for its objects and a PostgreSQL database for its catalogue, as upstream's services have it.
/// </summary>
public sealed class LakeAddress
{
    /// <summary>The environment variable that names the catalogue to upstream's services; it is used where an address names none.</summary>
    public const string CatalogVariable = "MICROMEGAS_SQL_CONNECTION_STRING";

    private readonly string? _catalog;
    private readonly S3ObjectStoreOptions? _bucket;
    private readonly string _place;

    private LakeAddress(string place, S3ObjectStoreOptions? bucket, string? catalog, string key)
    {
        _place = place;
        _bucket = bucket;
        _catalog = catalog;
        Key = key;
        Name = catalog is null ? place : $"{bucket?.ToString() ?? place} with catalogue {PostgresAddress.NameOf(PostgresAddress.Parse(catalog))}";
    }

    /// <summary>The lake for messages: never a password or a key.</summary>
    public string Name { get; }

    /// <summary>Whether the lake is a directory with a catalogue of its own.</summary>
    public bool IsDirectory => _catalog is null;

    /// <summary>What tells this address from any other, credentials included: not for messages.</summary>
    public string Key { get; }

    /// <summary>The lake in a directory.</summary>
    /// <param name="directory">Its path; a relative one follows the current directory.</param>
    public static LakeAddress OfDirectory(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        return new LakeAddress(path, null, null, path);
    }

    /// <summary>The lake whose objects and catalogue are in different places.</summary>
    /// <param name="store">The bucket's address (<see cref="S3ObjectStoreOptions.Parse"/>), or a directory's path.</param>
    /// <param name="catalog">A connection string or URL of PostgreSQL; null for what <see cref="CatalogVariable"/> says.</param>
    /// <exception cref="ArgumentException">One of them has a wrong form, or there is no catalogue. Messages repeat no values.</exception>
    public static LakeAddress OfServices(string store, string? catalog)
    {
        ArgumentException.ThrowIfNullOrEmpty(store);
        catalog ??= Environment.GetEnvironmentVariable(CatalogVariable);
        if (string.IsNullOrEmpty(catalog))
        {
            throw new ArgumentException($"a lake in an object store needs a catalogue: a PostgreSQL database, named by the connection string or by {CatalogVariable}");
        }
        S3ObjectStoreOptions? bucket = S3ObjectStoreOptions.IsAddress(store) ? S3ObjectStoreOptions.Parse(store) : null;
        string place = bucket is null ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(store)) : store;
        return new LakeAddress(place, bucket, catalog, $"{place}\n{catalog}");
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Whether what was opened may still be there: a directory can be removed under a host.</summary>
    internal bool MayExist() => !IsDirectory || LakeHost.Exists(_place);

    internal async ValueTask<LakeHost> OpenAsync(LakeMode mode, LakeOptions? options, CancellationToken ct)
    {
        if (_catalog is null)
        {
            return await LakeHost.OpenAsync(_place, mode, options, ct).ConfigureAwait(false);
        }
        options ??= new LakeOptions();
        PostgresCatalog catalog = await PostgresCatalog.OpenAsync(_catalog, mode, options.TimeProvider, ct).ConfigureAwait(false);
        try
        {
            return _bucket is null
                ? Host(new DirectoryObjectStore(_place))
                : Host(new S3ObjectStore(_bucket));
        }
        catch
        {
            await catalog.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        LakeHost Host<T>(T store)
            where T : IObjectStore, IDisposable => new(Name, catalog, store, options, store);
    }
}
