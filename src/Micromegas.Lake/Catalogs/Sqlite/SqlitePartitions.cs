using System.Text;
using Microsoft.Data.Sqlite;

namespace Micromegas.Lake.Catalogs.Sqlite;

/// <summary>Statements on <c>lakehouse_partitions</c> and <c>temporary_files</c>.</summary>
internal static class SqlitePartitions
{
    private static readonly string s_columns = string.Join(", ", CatalogSchema.Partitions.Columns.Select(c => c.Name));

    public static List<PartitionRecord> List(SqliteConnection connection, PartitionFilter filter)
    {
        using SqliteCommand command = connection.CreateCommand();
        var text = new StringBuilder($"SELECT {s_columns} FROM lakehouse_partitions");
        string separator = " WHERE ";
        Add(filter.ViewSet is not null, "view_set_name = @view", "@view", filter.ViewSet);
        Add(filter.InstanceId is not null, "view_instance_id = @instance", "@instance", filter.InstanceId);
        Add(filter.SchemaHash is not null, "file_schema_hash = @hash", "@hash", filter.SchemaHash);
        if (filter.InsertRange is { } insert)
        {
            Add(true, "begin_insert_time <= @insertEnd", "@insertEnd", CatalogTime.ToMicroseconds(insert.End));
            Add(true, "end_insert_time >= @insertBegin", "@insertBegin", CatalogTime.ToMicroseconds(insert.Begin));
        }
        if (filter.EventRange is { } events)
        {
            Add(true, "min_event_time <= @eventEnd", "@eventEnd", CatalogTime.ToMicroseconds(events.End));
            Add(true, "max_event_time >= @eventBegin", "@eventBegin", CatalogTime.ToMicroseconds(events.Begin));
        }
        command.CommandText = text.Append(" ORDER BY begin_insert_time, file_path").ToString();
        return SqliteRow.List(command, static row => row.Partition());

        void Add(bool used, string condition, string name, object? value)
        {
            if (used)
            {
                text.Append(separator).Append(condition);
                command.Parameters.AddWithValue(name, value);
                separator = " AND ";
            }
        }
    }

    /// <summary>The catalogue's part of the commit protocol (spec/lakehouse.md §4.6), inside a write transaction.</summary>
    public static bool Commit(
        SqliteConnection connection, PartitionRecord partition, RetireMode mode, IReadOnlyList<LakeTimeRange> handled, long expiration)
    {
        Retire(connection, partition, mode, handled, expiration);
        return Insert(connection, partition);
    }

    /// <summary>False when a partition of the same instance and schema overlaps (spec/lakehouse.md §1.2).</summary>
    public static bool Insert(SqliteConnection connection, PartitionRecord p)
    {
        if (p.Violation() is { } violation)
        {
            Throw.InvalidPartition(violation);
        }
        long begin = CatalogTime.ToMicroseconds(p.InsertRange.Begin);
        long end = CatalogTime.ToMicroseconds(p.InsertRange.End);
        if (begin < end && HasOverlap(connection, p, begin, end))
        {
            return false;
        }
        using SqliteCommand insert = SqliteSources.InsertInto(connection, CatalogSchema.Partitions, "");
        SqliteSources.Run(insert, p.ViewSet, p.InstanceId, begin, end, SqliteRow.ToParameter(p.EventRange?.Begin), SqliteRow.ToParameter(p.EventRange?.End),
            CatalogTime.ToMicroseconds(p.Updated), p.FilePath, p.FileSize, p.SchemaHash, p.SourceHash, p.RowCount, p.FormatVersion,
            CatalogJson.FromTexts(p.SortOrder), SqliteRow.ToParameter(p.MaxSortKeyTime));
        return true;
    }

    /// <summary>Retires exactly these rows.</summary>
    public static bool[] Retire(SqliteConnection connection, IReadOnlyList<PartitionRecord> partitions, long expiration)
    {
        using SqliteCommand find = connection.CreateCommand();
        find.CommandText = """
            SELECT rowid, file_path, file_size FROM lakehouse_partitions
            WHERE view_set_name = @view AND view_instance_id = @instance AND begin_insert_time = @begin AND end_insert_time = @end
              AND file_schema_hash = @hash AND file_path IS @path
            """;
        foreach (string name in (string[])["@view", "@instance", "@begin", "@end", "@hash", "@path"])
        {
            find.Parameters.Add(new SqliteParameter { ParameterName = name });
        }
        var found = new bool[partitions.Count];
        for (int i = 0; i < found.Length; i++)
        {
            PartitionRecord p = partitions[i];
            object?[] values =
            [
                p.ViewSet, p.InstanceId, CatalogTime.ToMicroseconds(p.InsertRange.Begin), CatalogTime.ToMicroseconds(p.InsertRange.End), p.SchemaHash, p.FilePath,
            ];
            for (int v = 0; v < values.Length; v++)
            {
                find.Parameters[v].Value = values[v] ?? DBNull.Value;
            }
            List<(long RowId, string? Path, long Size)> rows = SqliteRow.List(find, static row => (row.Integer(0), row.OptionalText(1), row.Integer(2)));
            Remove(connection, rows, expiration);
            found[i] = rows.Count > 0;
        }
        return found;
    }

    public static bool IsReferenced(SqliteConnection connection, string filePath)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT EXISTS (SELECT 1 FROM lakehouse_partitions WHERE file_path = @path)";
        command.Parameters.AddWithValue("@path", filePath);
        return (long)command.ExecuteScalar()! != 0;
    }

    public static List<TemporaryFile> ListExpired(SqliteConnection connection, long now, int limit)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT file_path, file_size, expiration FROM temporary_files WHERE expiration < @now ORDER BY expiration LIMIT @limit";
        command.Parameters.AddWithValue("@now", CatalogTime.ToMicroseconds(now));
        command.Parameters.AddWithValue("@limit", limit);
        return SqliteRow.List(command, static row => row.TemporaryFile());
    }

    public static void Forget(SqliteConnection connection, IReadOnlyList<string> filePaths)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "DELETE FROM temporary_files WHERE file_path = @path";
        command.Parameters.Add(new SqliteParameter { ParameterName = "@path" });
        foreach (string path in filePaths)
        {
            SqliteSources.Run(command, path);
        }
    }

    private static bool HasOverlap(SqliteConnection connection, PartitionRecord p, long begin, long end)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = """
            SELECT EXISTS (SELECT 1 FROM lakehouse_partitions
                WHERE view_set_name = @view AND view_instance_id = @instance AND file_schema_hash = @hash
                  AND begin_insert_time < end_insert_time AND begin_insert_time < @end AND end_insert_time > @begin)
            """;
        command.Parameters.AddWithValue("@view", p.ViewSet);
        command.Parameters.AddWithValue("@instance", p.InstanceId);
        command.Parameters.AddWithValue("@hash", p.SchemaHash);
        command.Parameters.AddWithValue("@begin", begin);
        command.Parameters.AddWithValue("@end", end);
        return (long)command.ExecuteScalar()! != 0;
    }

    private static void Retire(
        SqliteConnection connection, PartitionRecord p, RetireMode mode, IReadOnlyList<LakeTimeRange> handled, long expiration)
    {
        using SqliteCommand find = connection.CreateCommand();
        string condition = mode == RetireMode.Overlap ? "begin_insert_time <= @end AND end_insert_time >= @begin"
            : p.InsertRange.IsInstant ? "begin_insert_time = @begin AND end_insert_time = @end"
            : "begin_insert_time >= @begin AND end_insert_time <= @end";

        // The schema hash plays no part: rows of older schemas give way too.
        find.CommandText = $"""
            SELECT rowid, begin_insert_time, end_insert_time, file_path, file_size FROM lakehouse_partitions
            WHERE view_set_name = @view AND view_instance_id = @instance AND {condition}
            """;
        find.Parameters.AddWithValue("@view", p.ViewSet);
        find.Parameters.AddWithValue("@instance", p.InstanceId);
        find.Parameters.AddWithValue("@begin", CatalogTime.ToMicroseconds(p.InsertRange.Begin));
        find.Parameters.AddWithValue("@end", CatalogTime.ToMicroseconds(p.InsertRange.End));
        List<(LakeTimeRange Range, long RowId, string? Path, long Size)> found = SqliteRow.List(
            find, static row => (new LakeTimeRange(row.Time(1), row.Time(2)), row.Integer(0), row.OptionalText(3), row.Integer(4)));
        Remove(
            connection,
            [.. found.Where(f => mode == RetireMode.Containment || !handled.Contains(f.Range)).Select(static f => (f.RowId, f.Path, f.Size))],
            expiration);
    }

    /// <summary>Rows go at once, their files when running queries have ended (spec/lakehouse.md §0.1 rule 5).</summary>
    private static void Remove(SqliteConnection connection, List<(long RowId, string? Path, long Size)> retired, long expiration)
    {
        using SqliteCommand defer = SqliteSources.InsertInto(connection, CatalogSchema.TemporaryFiles, "");
        using SqliteCommand delete = connection.CreateCommand();
        delete.CommandText = "DELETE FROM lakehouse_partitions WHERE rowid = @row";
        delete.Parameters.Add(new SqliteParameter { ParameterName = "@row" });
        foreach ((long rowId, string? path, long size) in retired)
        {
            if (path is not null)
            {
                SqliteSources.Run(defer, path, size, expiration);
            }
            SqliteSources.Run(delete, rowId);
        }
    }
}
