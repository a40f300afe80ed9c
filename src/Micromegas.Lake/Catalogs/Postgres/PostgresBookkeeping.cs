using Npgsql;
using static Micromegas.Lake.Catalogs.Postgres.PostgresStatement;

namespace Micromegas.Lake.Catalogs.Postgres;

/// <summary>Statements on our own tables, on tables as a whole, and those of retention.</summary>
internal static class PostgresBookkeeping
{
    private const int RowsAStatement = 1000;
    private const string InstancesWithRows = "SELECT view_instance_id FROM lakehouse_partitions WHERE num_rows > 0";

    public static PostgresStatement Insert(CatalogTable table, IReadOnlyList<object?[]> rows, string onConflict, string? text = null)
    {
        var statement = new PostgresStatement(text ?? PostgresColumns.InsertInto(table, onConflict));
        for (int c = 0; c < table.Columns.Length; c++)
        {
            string?[] values = new string?[rows.Count];
            for (int r = 0; r < values.Length; r++)
            {
                values[r] = PostgresColumns.ToText(table.Columns[c], rows[r][c]);
            }
            statement.With(Texts(values));
        }
        return statement;
    }

    public static async Task<bool> TryAcquireLeaseAsync(NpgsqlConnection connection, string name, string owner, long now, long until, CancellationToken ct) =>
        await new PostgresStatement("""
            INSERT INTO mmd.leases AS l (name, owner, expires) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires = excluded.expires WHERE l.owner = excluded.owner OR l.expires <= $4
            """).With(Text(name), Text(owner), Time(until), Time(now)).ExecuteAsync(connection, ct).ConfigureAwait(false) == 1;

    public static Task<int> ReleaseLeaseAsync(NpgsqlConnection connection, string name, string owner, CancellationToken ct) =>
        new PostgresStatement("DELETE FROM mmd.leases WHERE name = $1 AND owner = $2").With(Text(name), Text(owner)).ExecuteAsync(connection, ct);

    public static Task<int[]> RecordFailedBlocksAsync(NpgsqlConnection connection, IReadOnlyList<FailedBlock> blocks, CancellationToken ct) =>
        ExecuteAsync(
            connection,
            blocks.Select(b => Insert(
                CatalogSchema.FailedBlocks,
                [[b.BlockId.ToString("D"), b.ViewSet, b.Reason.Replace("\0", "", StringComparison.Ordinal), CatalogTime.ToMicroseconds(b.RecordedAt)]],
                " ON CONFLICT (block_id, view_set_name) DO UPDATE SET reason = excluded.reason, recorded_at = excluded.recorded_at")),
            ct);

    public static Task<List<FailedBlock>> ListFailedBlocksAsync(NpgsqlConnection connection, CancellationToken ct) =>
        new PostgresStatement("SELECT block_id, view_set_name, reason, recorded_at FROM mmd.failed_blocks ORDER BY recorded_at, block_id")
            .ListAsync(connection, static row => row.FailedBlock(), ct);

    /// <summary>Deletes blocks' rows and remembers their objects; a row that somebody else deleted is theirs to clean up after.</summary>
    public static Task<int> DeleteBlocksAsync(NpgsqlConnection connection, IReadOnlyList<BlockRecord> blocks, long due, CancellationToken ct) =>
        new PostgresStatement("""
            WITH gone AS (DELETE FROM blocks WHERE block_id = ANY($1) RETURNING block_id, process_id, stream_id, payload_size, insert_time)
            INSERT INTO mmd.deletions(block_id, object_key, payload_size, insert_time, due)
            SELECT block_id, 'blobs/' || process_id || '/' || stream_id || '/' || block_id, payload_size, insert_time, $2 FROM gone ON CONFLICT DO NOTHING
            """).With(Ids([.. blocks.Select(b => b.BlockId)]), Time(due)).ExecuteAsync(connection, ct);

    public static Task<List<BlockDeletion>> ListDeletionsAsync(NpgsqlConnection connection, CancellationToken ct) =>
        new PostgresStatement("SELECT block_id, object_key, payload_size, insert_time, due FROM mmd.deletions ORDER BY due, block_id")
            .ListAsync(connection, static row => row.BlockDeletion(), ct);

    public static Task<int> ForgetDeletionsAsync(NpgsqlConnection connection, IReadOnlyList<Guid> blockIds, CancellationToken ct) =>
        new PostgresStatement("DELETE FROM mmd.deletions WHERE block_id = ANY($1)").With(Ids([.. blockIds])).ExecuteAsync(connection, ct);

    /// <summary>What was decoded and kept is asked for by the id of its process or stream, which must be known then.</summary>
    public static async Task<int> DeleteEmptySourcesAsync(NpgsqlConnection connection, long insertedBefore, CancellationToken ct) =>
        (await ExecuteAsync(
            connection,
            [
                new PostgresStatement($"""
                    DELETE FROM streams WHERE insert_time <= $1 AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.stream_id = streams.stream_id)
                      AND stream_id::text NOT IN ({InstancesWithRows}) AND process_id::text NOT IN ({InstancesWithRows})
                    """).With(Time(insertedBefore)),
                new PostgresStatement($"""
                    DELETE FROM processes WHERE insert_time <= $1 AND NOT EXISTS (SELECT 1 FROM streams s WHERE s.process_id = processes.process_id)
                      AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.process_id = processes.process_id) AND process_id::text NOT IN ({InstancesWithRows})
                    """).With(Time(insertedBefore)),
            ],
            ct).ConfigureAwait(false)).Sum();

    public static async Task<bool> WriteRowAsync(NpgsqlConnection connection, CatalogTable table, object?[] row, CancellationToken ct)
    {
        await ExecuteAsync(connection, [Delete(table, [.. table.Key.Select(k => row[table.IndexOf(k)]!)]), Insert(table, [row], "")], ct).ConfigureAwait(false);
        return true;
    }

    public static async Task<bool> DeleteRowAsync(NpgsqlConnection connection, CatalogTable table, IReadOnlyList<object> key, CancellationToken ct) =>
        await Delete(table, key).ExecuteAsync(connection, ct).ConfigureAwait(false) > 0;

    public static Task<List<object?[]>> ReadTableAsync(NpgsqlConnection connection, CatalogTable table, CancellationToken ct) =>
        new PostgresStatement($"SELECT {PostgresColumns.Selected(table)} FROM {PostgresTables.NameOf(table)} ORDER BY ctid").ListAsync(
            connection, row => Array.ConvertAll(table.Columns, c => row.Value(table.IndexOf(c.Name), c.Kind)), ct);

    public static async Task WriteTableAsync(NpgsqlConnection connection, CatalogTable table, IReadOnlyList<object?[]> rows, CancellationToken ct)
    {
        foreach (object?[][] chunk in rows.Chunk(RowsAStatement))
        {
            await Insert(table, chunk, "").ExecuteAsync(connection, ct).ConfigureAwait(false);
        }
    }

    private static PostgresStatement Delete(CatalogTable table, IReadOnlyList<object> key)
    {
        var statement = new PostgresStatement($"DELETE FROM {PostgresTables.NameOf(table)}");
        for (int i = 0; i < key.Count; i++)
        {
            CatalogColumn column = table.Columns[table.IndexOf(table.Key[i])];
            string type = column.Kind switch
            {
                CatalogColumnKind.Uuid => "uuid",
                CatalogColumnKind.Integer => "bigint",
                CatalogColumnKind.Time => "timestamptz",
                _ => "text",
            };
            statement.Where($"{column.Name} = $::text::{type}", Text(PostgresColumns.ToText(column, key[i])));
        }
        return statement;
    }
}
