using Micromegas.Lake.Materialization;
using Npgsql;
using static Micromegas.Lake.Catalogs.Postgres.PostgresStatement;

namespace Micromegas.Lake.Catalogs.Postgres;

/// <summary>Statements on <c>lakehouse_partitions</c> and <c>temporary_files</c>.</summary>
internal static class PostgresPartitions
{
    private const string NoOverlap = "lakehouse_partitions_no_overlap";

    private const string QueueFiles = " RETURNING file_path, file_size), queued AS (INSERT INTO temporary_files(file_path, file_size, expiration)"
        + " SELECT file_path, file_size, $1 FROM retired WHERE file_path IS NOT NULL) SELECT count(*) FROM retired";

    private static readonly string s_columns = PostgresColumns.Selected(CatalogSchema.Partitions);
    private static readonly string s_insert = PostgresColumns.InsertInto(CatalogSchema.Partitions);

    public static Task<List<PartitionRecord>> ListAsync(NpgsqlConnection connection, PartitionFilter filter, CancellationToken ct) =>
        new PostgresStatement($"SELECT {s_columns} FROM lakehouse_partitions")
            .Where("view_set_name = $", filter.ViewSet is null ? null : Text(filter.ViewSet))
            .Where("view_instance_id = $", filter.InstanceId is null ? null : Text(filter.InstanceId))
            .Where("file_schema_hash = $", filter.SchemaHash is null ? null : Bytes(filter.SchemaHash))
            .Where("begin_insert_time <= $", filter.InsertRange is { } last ? Time(last.End) : null)
            .Where("end_insert_time >= $", filter.InsertRange is { } first ? Time(first.Begin) : null)
            .Where("min_event_time <= $", filter.EventRange is { } end ? Time(end.End) : null)
            .Where("max_event_time >= $", filter.EventRange is { } begin ? Time(begin.Begin) : null)
            .Then(" ORDER BY begin_insert_time, file_path COLLATE \"C\" NULLS FIRST")
            .ListAsync(connection, static row => row.Partition(), ct);

    /// <summary>The catalogue's part of the commit protocol (spec/lakehouse.md §4.6), inside a transaction.</summary>
    /// <exception cref="PartitionConflictException">A row that does not give way overlaps.</exception>
    public static async Task<bool> CommitAsync(
        NpgsqlConnection connection, PartitionRecord partition, RetireMode mode, IReadOnlyList<LakeTimeRange> handled, DateTime expiration, CancellationToken ct)
    {
        // The key is made of the times as the catalogue has them. Statements that follow see what the holder before us committed.
        var range = new LakeTimeRange(CatalogTime.Truncate(partition.InsertRange.Begin), CatalogTime.Truncate(partition.InsertRange.End));
        PostgresStatement[] statements =
        [
            new PostgresStatement("SELECT pg_advisory_xact_lock($1)").With(Number(PartitionLockKey.Create(partition.ViewSet, partition.InstanceId, range))),
            Retire(partition, mode, handled, expiration),
            PostgresBookkeeping.Insert(CatalogSchema.Partitions, [Values(partition)], "", s_insert),
        ];
        try
        {
            await ExecuteAsync(connection, statements, ct).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException e) when (e.ConstraintName == NoOverlap || e.SqlState == PostgresErrorCodes.DeadlockDetected)
        {
            // Writers that wait for each other's overlapping rows are torn apart by the server: the other one won as well.
            throw new PartitionConflictException(partition);
        }
    }

    /// <summary>Retires exactly these rows.</summary>
    public static async Task<bool[]> RetireAsync(
        NpgsqlConnection connection, IReadOnlyList<PartitionRecord> partitions, DateTime expiration, CancellationToken ct)
    {
        var found = new bool[partitions.Count];
        for (int i = 0; i < found.Length; i++)
        {
            PartitionRecord p = partitions[i];
            object? count = await new PostgresStatement("WITH retired AS (DELETE FROM lakehouse_partitions").With(Time(expiration))
                .Where("view_set_name = $", Text(p.ViewSet))
                .Where("view_instance_id = $", Text(p.InstanceId))
                .Where("begin_insert_time = $", Time(p.InsertRange.Begin))
                .Where("end_insert_time = $", Time(p.InsertRange.End))
                .Where("file_schema_hash = $", Bytes(p.SchemaHash))
                .Where("file_path IS NOT DISTINCT FROM $", Text(p.FilePath))
                .Then(QueueFiles).ScalarAsync(connection, ct).ConfigureAwait(false);
            found[i] = (long)count! > 0;
        }
        return found;
    }

    public static async Task<bool> IsReferencedAsync(NpgsqlConnection connection, string filePath, CancellationToken ct) =>
        (bool)(await new PostgresStatement("SELECT EXISTS (SELECT 1 FROM lakehouse_partitions WHERE file_path = $1)").With(Text(filePath))
            .ScalarAsync(connection, ct).ConfigureAwait(false))!;

    public static Task<List<TemporaryFile>> ListExpiredAsync(NpgsqlConnection connection, long now, int limit, CancellationToken ct) =>
        new PostgresStatement("SELECT file_path, file_size, expiration FROM temporary_files WHERE expiration < $1 ORDER BY expiration LIMIT $2").With(Time(now), Number(limit))
            .ListAsync(connection, static row => row.TemporaryFile(), ct);

    public static Task<int> ForgetAsync(NpgsqlConnection connection, IReadOnlyList<string> filePaths, CancellationToken ct) =>
        new PostgresStatement("DELETE FROM temporary_files WHERE file_path = ANY($1)").With(Texts([.. filePaths])).ExecuteAsync(connection, ct);

    /// <summary>Rows go at once, their files when running queries have ended (spec/lakehouse.md §0.1 rule 5). The schema hash plays no part: rows of older schemas give way too.</summary>
    private static PostgresStatement Retire(PartitionRecord p, RetireMode mode, IReadOnlyList<LakeTimeRange> handled, DateTime expiration)
    {
        PostgresStatement delete = new PostgresStatement("WITH retired AS (DELETE FROM lakehouse_partitions").With(Time(expiration))
            .Where("view_set_name = $", Text(p.ViewSet))
            .Where("view_instance_id = $", Text(p.InstanceId));
        (string beginIs, string endIs) = mode == RetireMode.Overlap ? ("end_insert_time >= $", "begin_insert_time <= $")
            : p.InsertRange.IsInstant ? ("begin_insert_time = $", "end_insert_time = $")
            : ("begin_insert_time >= $", "end_insert_time <= $");
        delete.Where(beginIs, Time(p.InsertRange.Begin)).Where(endIs, Time(p.InsertRange.End));
        if (mode == RetireMode.Overlap)
        {
            DateTime[] begins = [.. handled.Select(h => PostgresRow.Instant(h.Begin))];
            DateTime[] ends = [.. handled.Select(h => PostgresRow.Instant(h.End))];
            delete.Where("(begin_insert_time, end_insert_time) NOT IN (SELECT * FROM unnest($", Times(begins)).With(Times(ends)).Then(", $7))");
        }
        return delete.Then(QueueFiles);
    }

    private static object?[] Values(PartitionRecord p) =>
    [
        p.ViewSet, p.InstanceId, CatalogTime.ToMicroseconds(p.InsertRange.Begin), CatalogTime.ToMicroseconds(p.InsertRange.End), Microseconds(p.EventRange?.Begin),
        Microseconds(p.EventRange?.End), CatalogTime.ToMicroseconds(p.Updated), p.FilePath, p.FileSize, p.SchemaHash, p.SourceHash, p.RowCount,
        (long)p.FormatVersion, CatalogJson.FromTexts(p.SortOrder), Microseconds(p.MaxSortKeyTime),
    ];

    private static object? Microseconds(long? nanoseconds) => nanoseconds is { } value ? CatalogTime.ToMicroseconds(value) : null;
}
