using Micromegas.Data;
using Micromegas.Storage;
using Micromegas.Testing;
using Npgsql;

namespace Micromegas.Golden.Lakes;

/// <summary>Servers of the run's own for lakes that are not in one directory: PostgreSQL for catalogues and, where it is wanted, an S3 gateway for objects.</summary>
public sealed class LakeServices : IDisposable
{
    private readonly PostgresServer postgres = new();
    private readonly Lazy<ObjectGateway> gateway = new();

    /// <summary>The gateway; started by the first who asks.</summary>
    public ObjectGateway Gateway => gateway.Value;

    /// <summary>The address of a lake in these services, whose objects lie in a folder or are copied from it to the gateway.</summary>
    /// <param name="store">The folder.</param>
    /// <param name="inBucket">Whether they are copied.</param>
    public async Task<MicromegasConnectionStringBuilder> PlaceAsync(string store, bool inBucket)
    {
        var name = "lake_" + Guid.NewGuid().ToString("N");
        await using (var connection = new NpgsqlConnection(postgres.ConnectionString))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
            await command.ExecuteNonQueryAsync();
        }

        var database = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = name, Pooling = true };
        var settings = new MicromegasConnectionStringBuilder { DataSource = store, Catalog = database.ConnectionString };
        if (inBucket)
        {
            settings.DataSource = gateway.Value.AddressOf(name);
            await CopyAsync(store, settings.DataSource);
        }

        return settings;
    }

    public void Dispose()
    {
        postgres.Dispose();
        if (gateway.IsValueCreated)
        {
            gateway.Value.Dispose();
        }
    }

    private static async Task CopyAsync(string folder, string address)
    {
        using var bucket = new S3ObjectStore(S3ObjectStoreOptions.Parse(address));
        await Parallel.ForEachAsync(
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (file, cancellationToken) => await bucket.PutAsync(
                Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'),
                await File.ReadAllBytesAsync(file, cancellationToken),
                PutMode.CreateOnly,
                cancellationToken));
    }
}
