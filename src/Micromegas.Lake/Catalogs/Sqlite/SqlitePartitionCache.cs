using Microsoft.Data.Sqlite;

namespace Micromegas.Lake.Catalogs.Sqlite;

/// <summary>
/// The partitions of the view instances that were asked for last, so that planning over many of them does not read them all again. Triggers in the catalogue
/// count the changes of each view's partitions, whoever makes them; what is kept counts only while that number stands. For the catalogue's thread.
/// </summary>
internal sealed class SqlitePartitionCache
{
    private const string Table = "mmd_changes";

    /// <summary>Partitions that are kept at most, of all instances; each takes some 350 bytes with its places in the indexes.</summary>
    private const int MostPartitions = 250_000;

    private readonly LinkedList<Entry> _byUse = [];
    private SqliteCommand? _version;
    private bool? _isCounted;

    /// <summary>Makes the counter and its triggers, inside a write transaction.</summary>
    public static void Create(SqliteConnection connection)
    {
        SqliteDefinition.Execute(connection, $"CREATE TABLE IF NOT EXISTS {Table}(view_set_name TEXT PRIMARY KEY, changes INTEGER NOT NULL) STRICT, WITHOUT ROWID");
        foreach ((string change, string row) in new[] { ("INSERT", "NEW"), ("DELETE", "OLD"), ("UPDATE", "OLD"), ("UPDATE", "NEW") })
        {
            SqliteDefinition.Execute(connection, $"""
                CREATE TRIGGER IF NOT EXISTS mmd_count_{change}_{row} AFTER {change} ON {CatalogSchema.Partitions.Name} BEGIN
                    INSERT INTO {Table} VALUES ({row}.view_set_name, 1) ON CONFLICT DO UPDATE SET changes = changes + 1;
                END
                """);
        }
    }

    public IReadOnlyList<PartitionRecord> List(SqliteConnection connection, PartitionFilter filter)
    {
        if (filter.ViewSet is not { } view || filter.InstanceId is not { } instance || !IsCounted(connection))
        {
            return SqlitePartitions.List(connection, filter);
        }
        long version = Version(connection, view);
        LinkedListNode<Entry>? node = _byUse.First;
        while (node is not null && (node.Value.View != view || node.Value.Instance != instance))
        {
            node = node.Next;
        }
        if (node is not null)
        {
            _byUse.Remove(node);
        }
        if (node is null || node.Value.Version != version)
        {
            node = new LinkedListNode<Entry>(Read(connection, view, instance));
        }
        _byUse.AddFirst(node);
        Shrink();
        return Select(node.Value, filter);
    }

    public void Dispose() => _version?.Dispose();

    private static Entry ReadEntry(SqliteConnection connection, string view, string instance, long version)
    {
        List<PartitionRecord> partitions = SqlitePartitions.List(connection, new PartitionFilter { ViewSet = view, InstanceId = instance });
        byte[] hash = [];
        for (int i = 0; i < partitions.Count; i++)
        {
            // What all have in common is kept once.
            hash = partitions[i].SchemaHash.AsSpan().SequenceEqual(hash) ? hash : partitions[i].SchemaHash;
            partitions[i] = partitions[i] with { ViewSet = view, InstanceId = instance, SchemaHash = hash };
        }
        return new Entry(view, instance, version, new PartitionSet(partitions));
    }

    private Entry Read(SqliteConnection connection, string view, string instance)
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
        {
            return ReadEntry(connection, view, instance, Version(connection, view));
        }

        // Number and rows of one state, whatever another process commits meanwhile.
        SqliteDefinition.Execute(connection, "BEGIN");
        try
        {
            return ReadEntry(connection, view, instance, Version(connection, view));
        }
        finally
        {
            // An interrupted statement may have ended the transaction.
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                SqliteDefinition.Execute(connection, "COMMIT");
            }
        }
    }

    private void Shrink()
    {
        int kept = 0;
        for (LinkedListNode<Entry>? node = _byUse.First; node is not null;)
        {
            LinkedListNode<Entry>? next = node.Next;
            kept += node.Value.Partitions.Count + 1;
            if (kept > MostPartitions && node != _byUse.First)
            {
                _byUse.Remove(node);
            }
            node = next;
        }
    }

    /// <summary>The conditions of <see cref="SqlitePartitions.List"/>, in the catalogue's microseconds.</summary>
    private static PartitionSet Select(Entry entry, PartitionFilter filter)
    {
        PartitionSet all = filter.SchemaHash is { } hash ? entry.OfSchema(hash) : entry.Partitions;
        LakeTimeRange? inserted = InMicroseconds(filter.InsertRange);
        if (InMicroseconds(filter.EventRange) is { } events)
        {
            return new PartitionSet([.. all.WithEventsIn(events).Where(p => inserted is not { } range || p.InsertRange.Touches(range))]);
        }
        return inserted is { } wanted ? new PartitionSet([.. all.InsertedAround(wanted)]) : all;
    }

    private static LakeTimeRange? InMicroseconds(LakeTimeRange? range) =>
        range is { } some ? new LakeTimeRange(CatalogTime.Truncate(some.Begin), CatalogTime.Truncate(some.End)) : null;

    private long Version(SqliteConnection connection, string view)
    {
        if (_version is null)
        {
            _version = connection.CreateCommand();
            _version.CommandText = $"SELECT changes FROM {Table} WHERE view_set_name = @view";
            _version.Parameters.Add(new SqliteParameter { ParameterName = "@view" });
        }
        _version.Parameters[0].Value = view;
        return _version.ExecuteScalar() as long? ?? 0;
    }

    /// <summary>Read-only lakes of earlier versions lack the counter: they are read each time.</summary>
    private bool IsCounted(SqliteConnection connection)
    {
        if (_isCounted is null)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'mmd_count_*'";
            _isCounted = (long)command.ExecuteScalar()! == 4;
        }
        return _isCounted.Value;
    }

    private sealed record Entry(string View, string Instance, long Version, PartitionSet Partitions)
    {
        private readonly Dictionary<string, PartitionSet> _bySchema = [];

        public PartitionSet OfSchema(byte[] hash)
        {
            string key = Convert.ToHexString(hash);
            if (!_bySchema.TryGetValue(key, out PartitionSet? some))
            {
                // Records share the arrays of their hashes.
                byte[]? equal = null;
                _bySchema[key] = some = Partitions.Subset(p =>
                {
                    if (!ReferenceEquals(p.SchemaHash, equal) && p.SchemaHash.AsSpan().SequenceEqual(hash))
                    {
                        equal = p.SchemaHash;
                    }
                    return ReferenceEquals(p.SchemaHash, equal);
                });
            }
            return some;
        }
    }
}
