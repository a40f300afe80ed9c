using Npgsql;

namespace Micromegas.Lake.Catalogs.Postgres;

/// <summary>Statements on <c>processes</c>, <c>streams</c> and <c>blocks</c>.</summary>
internal static class PostgresSources
{
    private const string IfAbsent = " ON CONFLICT DO NOTHING";

    // The inner join of spec/lakehouse.md §3.3: a block without its stream's or process's row does not count.
    private const string Join = " FROM blocks b JOIN streams s ON s.stream_id = b.stream_id JOIN processes p ON p.process_id = b.process_id";

    private static readonly string s_blockColumns = PostgresColumns.Names(CatalogSchema.Blocks, "b.");
    private static readonly string s_streams = $"SELECT {PostgresColumns.Selected(CatalogSchema.Streams)} FROM streams WHERE stream_id = ANY($1)";
    private static readonly string s_processes = $"SELECT {PostgresColumns.Selected(CatalogSchema.Processes)} FROM processes WHERE process_id = ANY($1)";

    public static async Task<int> InsertAsync(NpgsqlConnection connection, CatalogRows rows, long? stamp, CancellationToken ct)
    {
        List<PostgresStatement> statements = [];
        Add(CatalogSchema.Processes, rows.Processes, p =>
        [
            p.ProcessId.ToString("D"), p.Exe, p.Username, p.Realname, p.Computer, p.Distro, p.CpuBrand, p.TscFrequency, Micros(p.StartTime), p.StartTicks,
            Micros(stamp ?? p.InsertTime), p.ParentProcessId?.ToString("D"), CatalogJson.FromProperties(p.Properties),
        ]);
        Add(CatalogSchema.Streams, rows.Streams, s =>
        [
            s.StreamId.ToString("D"), s.ProcessId.ToString("D"), s.DependenciesMetadata, s.ObjectsMetadata, CatalogJson.FromTexts(s.Tags),
            CatalogJson.FromProperties(s.Properties), Micros(stamp ?? s.InsertTime), s.Format,
        ]);
        Add(CatalogSchema.Blocks, rows.Blocks, b =>
        [
            b.BlockId.ToString("D"), b.StreamId.ToString("D"), b.ProcessId.ToString("D"), Micros(b.BeginTime), b.BeginTicks, Micros(b.EndTime), b.EndTicks,
            (long)b.ObjectCount, b.ObjectOffset, b.PayloadSize, Micros(stamp ?? b.InsertTime),
        ]);
        int[] counts = await PostgresStatement.ExecuteAsync(connection, statements, ct).ConfigureAwait(false);
        return rows.Blocks.Count == 0 ? 0 : counts[^1];

        void Add<T>(CatalogTable table, IReadOnlyList<T> records, Func<T, object?[]> values)
        {
            if (records.Count > 0)
            {
                statements.Add(PostgresBookkeeping.Insert(table, [.. records.Select(values)], IfAbsent));
            }
        }
    }

    public static async Task<ProcessRecord?> FindProcessAsync(NpgsqlConnection connection, Guid id, CancellationToken ct) =>
        (await ListProcessesAsync(connection, [id], ct).ConfigureAwait(false)).GetValueOrDefault(id);

    public static async Task<StreamRecord?> FindStreamAsync(NpgsqlConnection connection, Guid id, CancellationToken ct) =>
        (await ListStreamsAsync(connection, [id], ct).ConfigureAwait(false)).GetValueOrDefault(id);

    public static async Task<List<SourceBlock>> ListBlocksAsync(NpgsqlConnection connection, BlockFilter filter, CancellationToken ct)
    {
        List<BlockRecord> blocks = await Filter($"SELECT {s_blockColumns}{Join}", filter).Then(" ORDER BY b.insert_time, b.block_id").ListAsync(
            connection, static row => row.Block(), ct).ConfigureAwait(false);

        // Few streams send many blocks, and their metadata is large: each is read once.
        Dictionary<Guid, StreamRecord> streams = await ListStreamsAsync(connection, [.. blocks.Select(b => b.StreamId).Distinct()], ct).ConfigureAwait(false);
        Dictionary<Guid, ProcessRecord> processes = await ListProcessesAsync(connection, [.. blocks.Select(b => b.ProcessId).Distinct()], ct).ConfigureAwait(false);
        return blocks.ConvertAll(block => new SourceBlock(block, Known(streams, block.StreamId, "stream"), Known(processes, block.ProcessId, "process")));
    }

    public static async Task<List<ProcessActivity>> ListProcessesAsync(NpgsqlConnection connection, BlockFilter filter, CancellationToken ct)
    {
        List<(Guid Id, Guid Process, Activity Last)> found = await ListActivityAsync(connection, "b.process_id", filter, ct).ConfigureAwait(false);
        Dictionary<Guid, ProcessRecord> processes = await ListProcessesAsync(connection, [.. found.Select(f => f.Id)], ct).ConfigureAwait(false);
        return found.ConvertAll(f => new ProcessActivity(Known(processes, f.Id, "process"), f.Last));
    }

    public static async Task<List<StreamActivity>> ListStreamsAsync(NpgsqlConnection connection, BlockFilter filter, CancellationToken ct)
    {
        List<(Guid Id, Guid Process, Activity Last)> found = await ListActivityAsync(connection, "b.stream_id", filter, ct).ConfigureAwait(false);
        Dictionary<Guid, StreamRecord> streams = await ListStreamsAsync(connection, [.. found.Select(f => f.Id)], ct).ConfigureAwait(false);
        return found.ConvertAll(f => new StreamActivity(Known(streams, f.Id, "stream"), f.Process, f.Last));
    }

    public static async Task<BlockTotals> SumAsync(NpgsqlConnection connection, BlockFilter filter, CancellationToken ct) =>
        (await Filter($"SELECT count(*), sum(b.nb_objects), min(b.insert_time), max(b.insert_time){Join}", filter).ListAsync(
            connection, static row => row.Totals(0), ct).ConfigureAwait(false))[0];

    public static Task<List<HourTotals>> SumPerHourAsync(NpgsqlConnection connection, BlockFilter filter, CancellationToken ct) =>
        Filter($"SELECT date_trunc('hour', b.insert_time, 'UTC'), count(*), sum(b.nb_objects), min(b.insert_time), max(b.insert_time){Join}", filter)
            .Then(" GROUP BY 1 ORDER BY 1").ListAsync(connection, static row => new HourTotals(row.Time(0), row.Totals(1)), ct);

    /// <summary>Whether anything was stored yet.</summary>
    public static async Task<bool> HasContentAsync(NpgsqlConnection connection, CancellationToken ct) =>
        (bool)(await new PostgresStatement("""
            SELECT EXISTS (SELECT 1 FROM processes) OR EXISTS (SELECT 1 FROM streams) OR EXISTS (SELECT 1 FROM blocks) OR EXISTS (SELECT 1 FROM lakehouse_partitions)
            """).ScalarAsync(connection, ct).ConfigureAwait(false))!;

    private static Task<List<(Guid Id, Guid Process, Activity Last)>> ListActivityAsync(
        NpgsqlConnection connection, string key, BlockFilter filter, CancellationToken ct) =>
        Filter($"SELECT {key}, min(b.process_id::text)::uuid, max(b.insert_time), max(b.end_ticks), max(b.end_time){Join}", filter)
            .Then($" GROUP BY {key} ORDER BY {key}")
            .ListAsync(connection, static row => row.Activity(), ct);

    private static async Task<Dictionary<Guid, StreamRecord>> ListStreamsAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken ct) =>
        ids.Length == 0 ? [] : (await new PostgresStatement(s_streams).With(PostgresStatement.Ids(ids)).ListAsync(
            connection, static row => row.Stream(), ct).ConfigureAwait(false)).ToDictionary(s => s.StreamId);

    private static async Task<Dictionary<Guid, ProcessRecord>> ListProcessesAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken ct) =>
        ids.Length == 0 ? [] : (await new PostgresStatement(s_processes).With(PostgresStatement.Ids(ids)).ListAsync(
            connection, static row => row.Process(), ct).ConfigureAwait(false)).ToDictionary(p => p.ProcessId);

    private static T Known<T>(Dictionary<Guid, T> records, Guid id, string what) =>
        records.TryGetValue(id, out T? record) ? record : throw new LakeException("40001", $"a {what} was deleted while its blocks were listed");

    private static long Micros(long nanoseconds) => CatalogTime.ToMicroseconds(nanoseconds);

    private static PostgresStatement Filter(string select, BlockFilter filter) => new PostgresStatement(select)
        .Where("b.insert_time >= $", filter.InsertRange is { } from ? PostgresStatement.Time(PostgresRow.NotBefore(from.Begin)) : null)
        .Where("b.insert_time < $", filter.InsertRange is { } to ? PostgresStatement.Time(PostgresRow.NotBefore(to.End)) : null)
        .Where("b.begin_time <= $", filter.EventRange is { } last ? PostgresStatement.Time(last.End) : null)
        .Where("b.end_time >= $", filter.EventRange is { } first ? PostgresStatement.Time(first.Begin) : null)
        .Where("b.process_id = $", filter.ProcessId is { } process ? PostgresStatement.Id(process) : null)
        .Where("b.stream_id = $", filter.StreamId is { } stream ? PostgresStatement.Id(stream) : null)
        .Where("b.block_id = $", filter.BlockId is { } block ? PostgresStatement.Id(block) : null)
        .Where("$ = ANY(s.tags)", filter.Tag is { } tag ? PostgresStatement.Text(tag) : null);
}
