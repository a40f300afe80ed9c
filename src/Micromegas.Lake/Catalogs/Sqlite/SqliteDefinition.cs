using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Micromegas.Lake.Catalogs.Sqlite;

/// <summary>Creates and checks the tables of a SQLite catalogue.</summary>
internal static class SqliteDefinition
{
    public const string SharingName = "sharing";
    private const string VersionName = "version";

    public static void Configure(SqliteConnection connection, bool readOnly)
    {
        if (!readOnly)
        {
            // Readers and the one writer do not wait for each other; the last transactions may be lost with the power, never with the process.
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
        }
    }

    public static bool IsEmpty(SqliteConnection connection) =>
        (long)Scalar(connection, "SELECT count(*) FROM sqlite_master")! == 0;

    public static void Create(SqliteConnection connection, LakeSharing sharing)
    {
        foreach (CatalogTable table in CatalogSchema.All)
        {
            Create(connection, table);
        }
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO migration VALUES ({CatalogSchema.MigrationVersion});
            INSERT INTO lakehouse_migration VALUES ({CatalogSchema.LakehouseMigrationVersion})
            """));
        WriteMarker(connection, sharing);
    }

    /// <summary>Lakes of earlier versions lack tables of ours.</summary>
    public static void Complete(SqliteConnection connection)
    {
        foreach (CatalogTable table in CatalogSchema.Own)
        {
            if (!Exists(connection, table) && Exists(connection, CatalogSchema.Partitions))
            {
                Create(connection, table);
            }
        }
        if (Exists(connection, CatalogSchema.Partitions))
        {
            SqlitePartitionCache.Create(connection);
        }
    }

    public static void WriteMarker(SqliteConnection connection, LakeSharing sharing) => Execute(connection, string.Create(CultureInfo.InvariantCulture, $"""
        INSERT INTO mmd_lake VALUES ('{VersionName}', '{CatalogSchema.OwnVersion}') ON CONFLICT DO UPDATE SET value = excluded.value;
        INSERT INTO mmd_lake VALUES ('{SharingName}', '{sharing}') ON CONFLICT DO UPDATE SET value = excluded.value
        """));

    /// <summary>Checks the versions and says whose lake this is; without a marker of ours it is somebody else's.</summary>
    public static LakeSharing Check(SqliteConnection connection, string path)
    {
        foreach (CatalogTable table in CatalogSchema.All)
        {
            if (!Exists(connection, table))
            {
                throw Throw.NotALake(path, $"its catalogue has no table '{table.Name}'");
            }
        }
        CheckVersion(connection, CatalogSchema.Migration.Name, CatalogSchema.MigrationVersion);
        CheckVersion(connection, CatalogSchema.LakehouseMigration.Name, CatalogSchema.LakehouseMigrationVersion);
        string? own = Scalar(connection, $"SELECT value FROM mmd_lake WHERE name = '{VersionName}'") as string;
        if (own is not null
            && (!int.TryParse(own, NumberStyles.None, CultureInfo.InvariantCulture, out int version) || version != CatalogSchema.OwnVersion))
        {
            throw new LakeVersionException(CatalogSchema.Lake.Name, long.TryParse(own, CultureInfo.InvariantCulture, out long found) ? found : null, CatalogSchema.OwnVersion);
        }
        return Scalar(connection, $"SELECT value FROM mmd_lake WHERE name = '{SharingName}'") is nameof(LakeSharing.Exclusive)
            ? LakeSharing.Exclusive
            : LakeSharing.Shared;
    }

    public static void Execute(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static void Create(SqliteConnection connection, CatalogTable table)
    {
        Execute(connection, TableDefinition(table));
        foreach ((string name, string columns) in table.Indexes)
        {
            Execute(connection, $"CREATE INDEX {name} ON {table.Name}({columns})");
        }
    }

    private static bool Exists(SqliteConnection connection, CatalogTable table)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = @name";
        command.Parameters.AddWithValue("@name", table.Name);
        return (long)command.ExecuteScalar()! != 0;
    }

    private static void CheckVersion(SqliteConnection connection, string table, int expected)
    {
        long? found = Scalar(connection, $"SELECT max(version) FROM {table}") as long?;
        if (found != expected)
        {
            throw new LakeVersionException(table, found, expected);
        }
    }

    private static object? Scalar(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }

    private static string TableDefinition(CatalogTable table)
    {
        var text = new StringBuilder($"CREATE TABLE {table.Name}(");
        foreach (CatalogColumn column in table.Columns)
        {
            string type = column.Kind switch
            {
                CatalogColumnKind.Integer or CatalogColumnKind.Time => "INTEGER",
                CatalogColumnKind.Bytes => "BLOB",
                _ => "TEXT",
            };
            text.Append(column.Name).Append(' ').Append(type).Append(column.Required ? " NOT NULL" : "").Append(", ");
        }
        if (table.Key.Length == 0)
        {
            text.Length -= 2;
        }
        else
        {
            text.Append("UNIQUE(").AppendJoin(", ", table.Key).Append(')');
        }
        return text.Append(") STRICT").ToString();
    }
}
