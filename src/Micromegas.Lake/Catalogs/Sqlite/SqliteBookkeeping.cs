using Microsoft.Data.Sqlite;

namespace Micromegas.Lake.Catalogs.Sqlite;

/// <summary>Statements on our own tables, and on tables as a whole.</summary>
internal static class SqliteBookkeeping
{
    public static bool TryAcquireLease(SqliteConnection connection, string name, string owner, long now, long until)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO mmd_leases(name, owner, expires) VALUES (@name, @owner, @until)
            ON CONFLICT(name) DO UPDATE SET owner = excluded.owner, expires = excluded.expires WHERE mmd_leases.owner = @owner OR mmd_leases.expires <= @now
            """;
        command.Parameters.AddWithValue("@name", name);
        command.Parameters.AddWithValue("@owner", owner);
        command.Parameters.AddWithValue("@until", CatalogTime.ToMicroseconds(until));
        command.Parameters.AddWithValue("@now", CatalogTime.ToMicroseconds(now));
        return command.ExecuteNonQuery() == 1;
    }

    public static bool ReleaseLease(SqliteConnection connection, string name, string owner)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "DELETE FROM mmd_leases WHERE name = @name AND owner = @owner";
        command.Parameters.AddWithValue("@name", name);
        command.Parameters.AddWithValue("@owner", owner);
        return command.ExecuteNonQuery() == 1;
    }

    public static bool RecordFailedBlocks(SqliteConnection connection, IReadOnlyList<FailedBlock> blocks)
    {
        using SqliteCommand command = SqliteSources.InsertInto(
            connection, CatalogSchema.FailedBlocks, " ON CONFLICT DO UPDATE SET reason = excluded.reason, recorded_at = excluded.recorded_at");
        foreach (FailedBlock block in blocks)
        {
            SqliteSources.Run(command, SqliteRow.ToParameter(block.BlockId), block.ViewSet, block.Reason, CatalogTime.ToMicroseconds(block.RecordedAt));
        }
        return true;
    }

    public static List<FailedBlock> ListFailedBlocks(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT block_id, view_set_name, reason, recorded_at FROM mmd_failed_blocks ORDER BY recorded_at, block_id";
        return SqliteRow.List(command, static row => row.FailedBlock());
    }

    public static List<object?[]> ReadTable(SqliteConnection connection, CatalogTable table)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {string.Join(", ", table.Columns.Select(c => c.Name))} FROM {table.Name} ORDER BY rowid";
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            var row = new object?[table.Columns.Length];
            for (int i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
            }
            rows.Add(row);
        }
        return rows;
    }

    public static void WriteTable(SqliteConnection connection, CatalogTable table, IReadOnlyList<object?[]> rows)
    {
        using SqliteCommand insert = SqliteSources.InsertInto(connection, table, "");
        foreach (object?[] row in rows)
        {
            SqliteSources.Run(insert, row);
        }
    }

    public static bool WriteRow(SqliteConnection connection, CatalogTable table, object?[] row)
    {
        DeleteRow(connection, table, table.Key.Select(k => row[table.IndexOf(k)]!).ToArray());
        using SqliteCommand insert = SqliteSources.InsertInto(connection, table, "");
        SqliteSources.Run(insert, row);
        return true;
    }

    public static bool DeleteRow(SqliteConnection connection, CatalogTable table, IReadOnlyList<object> key)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"DELETE FROM {table.Name} WHERE {string.Join(" AND ", table.Key.Select((column, i) => $"{column} = @key{i}"))}";
        for (int i = 0; i < key.Count; i++)
        {
            command.Parameters.AddWithValue($"@key{i}", key[i]);
        }
        return command.ExecuteNonQuery() > 0;
    }

    /// <summary>Rows that came from elsewhere keep the rule that PostgreSQL's exclusion constraint keeps.</summary>
    public static void CheckOverlaps(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = """
            SELECT view_set_name || '/' || view_instance_id FROM (
                SELECT view_set_name, view_instance_id, begin_insert_time AS begin_time, max(end_insert_time) OVER (
                    PARTITION BY view_set_name, view_instance_id, file_schema_hash ORDER BY begin_insert_time, end_insert_time
                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS previous_end
                FROM lakehouse_partitions WHERE begin_insert_time < end_insert_time)
            WHERE previous_end > begin_time LIMIT 1
            """;
        if (command.ExecuteScalar() is string instance)
        {
            throw Throw.CorruptCatalog($"partitions of {instance} overlap");
        }
    }
}
