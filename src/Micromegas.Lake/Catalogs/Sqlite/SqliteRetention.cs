using Microsoft.Data.Sqlite;

namespace Micromegas.Lake.Catalogs.Sqlite;

/// <summary>Statements that delete what the lake was sent.</summary>
internal static class SqliteRetention
{
    public static bool DeleteBlocks(SqliteConnection connection, IReadOnlyList<BlockRecord> blocks, long due)
    {
        using SqliteCommand remember = SqliteSources.InsertInto(connection, CatalogSchema.Deletions);
        using SqliteCommand delete = connection.CreateCommand();
        delete.CommandText = "DELETE FROM blocks WHERE block_id = @id";
        delete.Parameters.Add(new SqliteParameter { ParameterName = "@id" });
        foreach (BlockRecord block in blocks)
        {
            // A row that somebody else deleted is theirs to clean up after.
            if (SqliteSources.Run(delete, SqliteRow.ToParameter(block.BlockId)) > 0)
            {
                SqliteSources.Run(
                    remember, SqliteRow.ToParameter(block.BlockId), block.ObjectKey, block.PayloadSize, CatalogTime.ToMicroseconds(block.InsertTime),
                    CatalogTime.ToMicroseconds(due));
            }
        }
        return true;
    }

    public static List<BlockDeletion> ListDeletions(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT block_id, object_key, payload_size, insert_time, due FROM mmd_deletions ORDER BY due, block_id";
        return SqliteRow.List(command, static row => row.BlockDeletion());
    }

    public static bool ForgetDeletions(SqliteConnection connection, IReadOnlyList<Guid> blockIds)
    {
        using SqliteCommand delete = connection.CreateCommand();
        delete.CommandText = "DELETE FROM mmd_deletions WHERE block_id = @id";
        delete.Parameters.Add(new SqliteParameter { ParameterName = "@id" });
        foreach (Guid id in blockIds)
        {
            SqliteSources.Run(delete, SqliteRow.ToParameter(id));
        }
        return true;
    }

    public static int DeleteEmptySources(SqliteConnection connection, long insertedBefore)
    {
        // What was decoded and kept is asked for by the id of its process or stream, which must be known then.
        return Run("""
                DELETE FROM streams WHERE insert_time <= @before AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.stream_id = streams.stream_id)
                  AND NOT EXISTS (SELECT 1 FROM lakehouse_partitions p WHERE p.view_instance_id IN (streams.stream_id, streams.process_id) AND p.num_rows > 0)
                """)
            + Run("""
                DELETE FROM processes WHERE insert_time <= @before AND NOT EXISTS (SELECT 1 FROM streams s WHERE s.process_id = processes.process_id)
                  AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.process_id = processes.process_id)
                  AND NOT EXISTS (SELECT 1 FROM lakehouse_partitions p WHERE p.view_instance_id = processes.process_id AND p.num_rows > 0)
                """);

        int Run(string text)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = text;
            command.Parameters.AddWithValue("@before", CatalogTime.ToMicroseconds(insertedBefore));
            return command.ExecuteNonQuery();
        }
    }
}
