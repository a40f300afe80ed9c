using Micromegas.Testing;
using Npgsql;

namespace Micromegas.Lake.Tests.Catalogs.Postgres;

/// <summary>One server for all tests that need it; each has databases of its own.</summary>
public sealed class PostgresDatabases : IDisposable
{
    private readonly PostgresServer _server = new();

    public int Port => new NpgsqlConnectionStringBuilder(_server.ConnectionString).Port;

    /// <summary>The connection string of a new, empty database.</summary>
    public async Task<string> CreateAsync()
    {
        string name = "lake_" + Guid.NewGuid().ToString("N");
        await ExecuteAsync(_server.ConnectionString, $"CREATE DATABASE {name}");
        return $"Host=127.0.0.1;Port={Port};Username=postgres;Database={name};Maximum Pool Size=10";
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<string[]> TextsAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
        var texts = new List<string>();
        while (await reader.ReadAsync())
        {
            texts.Add(reader.GetString(0));
        }
        return [.. texts];
    }

    public void Dispose() => _server.Dispose();
}

[CollectionDefinition("PostgreSQL")]
public sealed class PostgresCollection : ICollectionFixture<PostgresDatabases>;
