using System.Text;
using Microsoft.Data.Sqlite;

namespace Micromegas.Lake.Catalogs.Sqlite;

/// <summary>Statements on <c>processes</c>, <c>streams</c> and <c>blocks</c>.</summary>
internal static class SqliteSources
{
    private const string BlockColumns =
        "b.block_id, b.stream_id, b.process_id, b.begin_time, b.begin_ticks, b.end_time, b.end_ticks, b.nb_objects, b.object_offset, b.payload_size, b.insert_time";

    // The inner join of spec/lakehouse.md §3.3: a block without its stream's or process's row does not count.
    private const string Join = " FROM blocks b JOIN streams s ON s.stream_id = b.stream_id JOIN processes p ON p.process_id = b.process_id";

    public static int Insert(SqliteConnection connection, CatalogRows rows, long? stamp)
    {
        using (SqliteCommand insert = InsertInto(connection, CatalogSchema.Processes))
        {
            foreach (ProcessRecord p in rows.Processes)
            {
                Run(insert, SqliteRow.ToParameter(p.ProcessId), p.Exe, p.Username, p.Realname, p.Computer, p.Distro, p.CpuBrand, p.TscFrequency,
                    CatalogTime.ToMicroseconds(p.StartTime), p.StartTicks, CatalogTime.ToMicroseconds(stamp ?? p.InsertTime),
                    SqliteRow.ToParameter(p.ParentProcessId), CatalogJson.FromProperties(p.Properties));
            }
        }
        using (SqliteCommand insert = InsertInto(connection, CatalogSchema.Streams))
        {
            foreach (StreamRecord s in rows.Streams)
            {
                Run(insert, SqliteRow.ToParameter(s.StreamId), SqliteRow.ToParameter(s.ProcessId), s.DependenciesMetadata, s.ObjectsMetadata,
                    SqliteRow.ToParameter((object?)CatalogJson.FromTexts(s.Tags)), CatalogJson.FromProperties(s.Properties),
                    CatalogTime.ToMicroseconds(stamp ?? s.InsertTime), s.Format);
            }
        }
        int blocks = 0;
        using (SqliteCommand insert = InsertInto(connection, CatalogSchema.Blocks))
        {
            foreach (BlockRecord b in rows.Blocks)
            {
                blocks += Run(insert, SqliteRow.ToParameter(b.BlockId), SqliteRow.ToParameter(b.StreamId), SqliteRow.ToParameter(b.ProcessId),
                    CatalogTime.ToMicroseconds(b.BeginTime), b.BeginTicks, CatalogTime.ToMicroseconds(b.EndTime), b.EndTicks, b.ObjectCount,
                    b.ObjectOffset, b.PayloadSize, CatalogTime.ToMicroseconds(stamp ?? b.InsertTime));
            }
        }
        return blocks;
    }

    public static ProcessRecord? FindProcess(SqliteConnection connection, Guid id)
    {
        using SqliteCommand command = ById(connection, CatalogSchema.Processes, id);
        return SqliteRow.List(command, static row => row.Process()).SingleOrDefault();
    }

    public static StreamRecord? FindStream(SqliteConnection connection, Guid id)
    {
        using SqliteCommand command = ById(connection, CatalogSchema.Streams, id);
        return SqliteRow.List(command, static row => row.Stream()).SingleOrDefault();
    }

    public static List<SourceBlock> ListBlocks(SqliteConnection connection, BlockFilter filter)
    {
        List<BlockRecord> blocks;
        using (SqliteCommand command = Where(connection, $"SELECT {BlockColumns}{Join}", filter, " ORDER BY b.insert_time, b.block_id"))
        {
            blocks = SqliteRow.List(command, static row => row.Block());
        }

        // Few streams send many blocks, and their metadata is large: each is read once.
        var streams = new Dictionary<Guid, StreamRecord>();
        var processes = new Dictionary<Guid, ProcessRecord>();
        var sources = new List<SourceBlock>(blocks.Count);
        foreach (BlockRecord block in blocks)
        {
            if (!streams.TryGetValue(block.StreamId, out StreamRecord? stream))
            {
                streams.Add(block.StreamId, stream = FindStream(connection, block.StreamId) ?? throw Vanished("stream"));
            }
            if (!processes.TryGetValue(block.ProcessId, out ProcessRecord? process))
            {
                processes.Add(block.ProcessId, process = FindProcess(connection, block.ProcessId) ?? throw Vanished("process"));
            }
            sources.Add(new SourceBlock(block, stream, process));
        }
        return sources;
    }

    public static List<ProcessActivity> ListProcesses(SqliteConnection connection, BlockFilter filter)
    {
        var processes = new List<ProcessActivity>();
        foreach ((Guid id, _, Activity last) in ListActivity(connection, "b.process_id", filter))
        {
            processes.Add(new ProcessActivity(FindProcess(connection, id) ?? throw Vanished("process"), last));
        }
        return processes;
    }

    public static List<StreamActivity> ListStreams(SqliteConnection connection, BlockFilter filter)
    {
        var streams = new List<StreamActivity>();
        foreach ((Guid id, Guid process, Activity last) in ListActivity(connection, "b.stream_id", filter))
        {
            streams.Add(new StreamActivity(FindStream(connection, id) ?? throw Vanished("stream"), process, last));
        }
        return streams;
    }

    private static List<(Guid Id, Guid Process, Activity Last)> ListActivity(SqliteConnection connection, string key, BlockFilter filter)
    {
        using SqliteCommand command = Where(
            connection, $"SELECT {key}, b.process_id, max(b.insert_time), max(b.end_ticks), max(b.end_time){Join}", filter, $" GROUP BY {key} ORDER BY {key}");
        return SqliteRow.List(command, static row => row.Activity());
    }

    public static BlockTotals Sum(SqliteConnection connection, BlockFilter filter)
    {
        using SqliteCommand command = Where(
            connection, $"SELECT count(*), sum(b.nb_objects), min(b.insert_time), max(b.insert_time){Join}", filter, "");
        return SqliteRow.List(command, static row => row.Totals(0))[0];
    }

    public static List<HourTotals> SumPerHour(SqliteConnection connection, BlockFilter filter)
    {
        // Division truncates: hours before 1970 would be wrong, but insert times come from a server's clock.
        using SqliteCommand command = Where(
            connection,
            $"SELECT b.insert_time / 3600000000 AS hour, count(*), sum(b.nb_objects), min(b.insert_time), max(b.insert_time){Join}",
            filter,
            " GROUP BY 1 ORDER BY 1");
        return SqliteRow.List(command, static row => new HourTotals(row.Integer(0) * CatalogTime.NanosecondsPerHour, row.Totals(1)));
    }

    /// <summary>Whether anything was stored yet.</summary>
    public static bool HasContent(SqliteConnection connection)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT EXISTS (SELECT 1 FROM processes) OR EXISTS (SELECT 1 FROM streams) OR EXISTS (SELECT 1 FROM blocks)"
            + " OR EXISTS (SELECT 1 FROM lakehouse_partitions)";
        return (long)command.ExecuteScalar()! != 0;
    }

    public static SqliteCommand InsertInto(SqliteConnection connection, CatalogTable table, string onConflict = " ON CONFLICT DO NOTHING")
    {
        SqliteCommand command = connection.CreateCommand();
        var text = new StringBuilder($"INSERT INTO {table.Name}(").AppendJoin(", ", table.Columns.Select(c => c.Name)).Append(") VALUES (");
        for (int i = 0; i < table.Columns.Length; i++)
        {
            text.Append(i == 0 ? "" : ", ").Append('@').Append(table.Columns[i].Name);
            command.Parameters.Add(new SqliteParameter { ParameterName = "@" + table.Columns[i].Name });
        }
        command.CommandText = text.Append(')').Append(onConflict).ToString();
        return command;
    }

    public static int Run(SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
        return command.ExecuteNonQuery();
    }

    private static LakeException Vanished(string what) => new("40001", $"a {what} was deleted while its blocks were listed");

    private static SqliteCommand ById(SqliteConnection connection, CatalogTable table, Guid id)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {string.Join(", ", table.Columns.Select(c => c.Name))} FROM {table.Name} WHERE {table.Key[0]} = @id";
        command.Parameters.AddWithValue("@id", SqliteRow.ToParameter(id));
        return command;
    }

    private static SqliteCommand Where(SqliteConnection connection, string select, BlockFilter filter, string tail)
    {
        SqliteCommand command = connection.CreateCommand();
        var text = new StringBuilder(select);
        string separator = " WHERE ";
        if (filter.InsertRange is { } insert)
        {
            Add("b.insert_time >= @insertBegin", "@insertBegin", CeilToMicroseconds(insert.Begin));
            Add("b.insert_time < @insertEnd", "@insertEnd", CeilToMicroseconds(insert.End));
        }
        if (filter.EventRange is { } events)
        {
            Add("b.begin_time <= @eventEnd", "@eventEnd", CatalogTime.ToMicroseconds(events.End));
            Add("b.end_time >= @eventBegin", "@eventBegin", CatalogTime.ToMicroseconds(events.Begin));
        }
        if (filter.ProcessId is { } process)
        {
            Add("b.process_id = @process", "@process", SqliteRow.ToParameter(process));
        }
        if (filter.StreamId is { } stream)
        {
            Add("b.stream_id = @stream", "@stream", SqliteRow.ToParameter(stream));
        }
        if (filter.BlockId is { } block)
        {
            Add("b.block_id = @block", "@block", SqliteRow.ToParameter(block));
        }
        if (filter.Tag is { } tag)
        {
            // Evaluated once a statement: there are few streams and many blocks.
            Add("b.stream_id IN (SELECT x.stream_id FROM streams x, json_each(x.tags) t WHERE t.value = @tag)", "@tag", tag);
        }
        command.CommandText = text.Append(tail).ToString();
        return command;

        void Add(string condition, string name, object value)
        {
            text.Append(separator).Append(condition);
            command.Parameters.AddWithValue(name, value);
            separator = " AND ";
        }
    }

    /// <summary>The first microsecond that is not before the instant.</summary>
    private static long CeilToMicroseconds(long nanoseconds)
    {
        long floor = CatalogTime.ToMicroseconds(nanoseconds);
        return CatalogTime.ToNanoseconds(floor) < nanoseconds ? floor + 1 : floor;
    }
}
