using Npgsql;

namespace Micromegas.Lake.Catalogs.Postgres;

/// <summary>
/// A catalogue in a PostgreSQL database, which upstream's services may use at the same time: their tables, our own metadata in schema <c>mmd</c>. Partitions are
/// committed under upstream's advisory lock, and its exclusion constraint keeps the rule of overlaps (spec/lakehouse.md §1.2, §1.6, §4.6).
/// </summary>
internal sealed class PostgresCatalog : ILakeCatalog
{
    // Producers that stamp insert times take turns; "mmi" in ASCII.
    private const long StampLock = 0x6D6D69;

    private readonly PostgresDatabase _database;
    private readonly TimeProvider _clock;

    private PostgresCatalog(PostgresDatabase database, TimeProvider clock, bool readOnly)
    {
        _database = database;
        _clock = clock;
        IsReadOnly = readOnly;
    }

    public LakeSharing Sharing { get; private set; }

    public bool IsReadOnly { get; }

    public TimeSpan RetirementGrace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Host and database, for messages.</summary>
    public string Name => _database.Name;

    /// <summary>When a file goes that is retired now.</summary>
    private DateTime Expiration => PostgresRow.Instant(CatalogTime.Now(_clock)) + RetirementGrace;

    /// <summary>Opens the catalogue in a database, and with <see cref="LakeMode.ReadWriteCreate"/> creates one in a database without upstream's tables.</summary>
    /// <exception cref="LakeException">The server cannot be reached, there is no catalogue, or it has another version.</exception>
    /// <exception cref="ArgumentException">The connection string has another form.</exception>
    public static async ValueTask<PostgresCatalog> OpenAsync(string connectionString, LakeMode mode, TimeProvider clock, CancellationToken ct)
    {
        var database = new PostgresDatabase(connectionString);
        var catalog = new PostgresCatalog(database, clock, mode == LakeMode.ReadOnly);
        try
        {
            if (mode == LakeMode.ReadWriteCreate)
            {
                await catalog.CreateAsync(ct).ConfigureAwait(false);
            }
            catalog.Sharing = await database.WriteAsync(
                async (connection, token) =>
                {
                    await PostgresDefinition.WaitForUpgradesAsync(connection, token).ConfigureAwait(false);
                    LakeSharing sharing = await PostgresDefinition.CheckAsync(connection, database.Name, catalog.IsReadOnly, token).ConfigureAwait(false);
                    if (!catalog.IsReadOnly)
                    {
                        await PostgresDefinition.CompleteAsync(connection, token).ConfigureAwait(false);
                    }
                    return sharing;
                },
                ct).ConfigureAwait(false);
            return catalog;
        }
        catch
        {
            await catalog.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask<int> InsertAsync(CatalogRows rows, bool stampInsertTime, CancellationToken ct) => WriteAsync(
        async (connection, token) =>
        {
            if (!stampInsertTime)
            {
                return await PostgresSources.InsertAsync(connection, rows, null, token).ConfigureAwait(false);
            }
            await new PostgresStatement("SELECT pg_advisory_xact_lock($1)").With(PostgresStatement.Number(StampLock)).ScalarAsync(connection, token).ConfigureAwait(false);
            return await PostgresSources.InsertAsync(connection, rows, CatalogTime.Now(_clock), token).ConfigureAwait(false);
        },
        ct);

    public ValueTask<ProcessRecord?> FindProcessAsync(Guid processId, CancellationToken ct) =>
        _database.ReadAsync((connection, token) => PostgresSources.FindProcessAsync(connection, processId, token), ct);

    public ValueTask<StreamRecord?> FindStreamAsync(Guid streamId, CancellationToken ct) =>
        _database.ReadAsync((connection, token) => PostgresSources.FindStreamAsync(connection, streamId, token), ct);

    public ValueTask<IReadOnlyList<SourceBlock>> ListBlocksAsync(BlockFilter filter, CancellationToken ct) =>
        ListAsync((connection, token) => PostgresSources.ListBlocksAsync(connection, filter, token), ct);

    public ValueTask<BlockTotals> SumBlocksAsync(BlockFilter filter, CancellationToken ct) =>
        _database.ReadAsync((connection, token) => PostgresSources.SumAsync(connection, filter, token), ct);

    public ValueTask<IReadOnlyList<HourTotals>> SumBlocksPerHourAsync(BlockFilter filter, CancellationToken ct) =>
        ListAsync((connection, token) => PostgresSources.SumPerHourAsync(connection, filter, token), ct);

    public ValueTask<IReadOnlyList<ProcessActivity>> ListProcessesAsync(BlockFilter filter, CancellationToken ct) =>
        ListAsync((connection, token) => PostgresSources.ListProcessesAsync(connection, filter, token), ct);

    public ValueTask<IReadOnlyList<StreamActivity>> ListStreamsAsync(BlockFilter filter, CancellationToken ct) =>
        ListAsync((connection, token) => PostgresSources.ListStreamsAsync(connection, filter, token), ct);

    public ValueTask<IReadOnlyList<PartitionRecord>> ListPartitionsAsync(PartitionFilter filter, CancellationToken ct) =>
        ListAsync((connection, token) => PostgresPartitions.ListAsync(connection, filter, token), ct);

    public async ValueTask CommitPartitionAsync(
        PartitionRecord partition, RetireMode mode, IReadOnlyList<LakeTimeRange> handled, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(partition);
        if ((partition.SourceCount is null ? "the source hash is not a count" : partition.Violation()) is { } violation)
        {
            Throw.InvalidPartition(violation);
        }
        await WriteAsync(
            (connection, token) => PostgresPartitions.CommitAsync(connection, partition, mode, handled, Expiration, token), ct).ConfigureAwait(false);
    }

    public ValueTask<IReadOnlyList<bool>> RetirePartitionsAsync(IReadOnlyList<PartitionRecord> partitions, CancellationToken ct) =>
        WriteAsync<IReadOnlyList<bool>>(
            async (connection, token) => await PostgresPartitions.RetireAsync(connection, partitions, Expiration, token).ConfigureAwait(false), ct);

    public async ValueTask DeleteBlocksAsync(IReadOnlyList<BlockRecord> blocks, long due, CancellationToken ct) =>
        await WriteAsync((connection, token) => PostgresBookkeeping.DeleteBlocksAsync(connection, blocks, due, token), ct).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<BlockDeletion>> ListDeletionsAsync(CancellationToken ct) =>
        ListOwnAsync(CatalogSchema.Deletions, PostgresBookkeeping.ListDeletionsAsync, ct);

    public async ValueTask ForgetDeletionsAsync(IReadOnlyList<Guid> blockIds, CancellationToken ct) =>
        await WriteAsync((connection, token) => PostgresBookkeeping.ForgetDeletionsAsync(connection, blockIds, token), ct).ConfigureAwait(false);

    public ValueTask<int> DeleteEmptySourcesAsync(long insertedBefore, CancellationToken ct) =>
        WriteAsync((connection, token) => PostgresBookkeeping.DeleteEmptySourcesAsync(connection, insertedBefore, token), ct);

    public async ValueTask WriteRowAsync(CatalogTable table, object?[] row, CancellationToken ct) =>
        await WriteAsync((connection, token) => PostgresBookkeeping.WriteRowAsync(connection, table, row, token), ct).ConfigureAwait(false);

    public ValueTask<bool> DeleteRowAsync(CatalogTable table, IReadOnlyList<object> key, CancellationToken ct) =>
        WriteAsync((connection, token) => PostgresBookkeeping.DeleteRowAsync(connection, table, key, token), ct);

    public ValueTask<bool> IsFileReferencedAsync(string filePath, CancellationToken ct) =>
        _database.ReadAsync((connection, token) => PostgresPartitions.IsReferencedAsync(connection, filePath, token), ct);

    public ValueTask<IReadOnlyList<TemporaryFile>> ListExpiredFilesAsync(long now, int limit, CancellationToken ct) =>
        ListAsync((connection, token) => PostgresPartitions.ListExpiredAsync(connection, now, limit, token), ct);

    public async ValueTask ForgetTemporaryFilesAsync(IReadOnlyList<string> filePaths, CancellationToken ct) =>
        await WriteAsync((connection, token) => PostgresPartitions.ForgetAsync(connection, filePaths, token), ct).ConfigureAwait(false);

    public ValueTask<bool> TryAcquireLeaseAsync(string name, string owner, long now, long until, CancellationToken ct) =>
        WriteAsync((connection, token) => PostgresBookkeeping.TryAcquireLeaseAsync(connection, name, owner, now, until, token), ct);

    public async ValueTask ReleaseLeaseAsync(string name, string owner, CancellationToken ct) =>
        await WriteAsync((connection, token) => PostgresBookkeeping.ReleaseLeaseAsync(connection, name, owner, token), ct).ConfigureAwait(false);

    public async ValueTask RecordFailedBlocksAsync(IReadOnlyList<FailedBlock> blocks, CancellationToken ct) =>
        await WriteAsync((connection, token) => PostgresBookkeeping.RecordFailedBlocksAsync(connection, blocks, token), ct).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<FailedBlock>> ListFailedBlocksAsync(CancellationToken ct) =>
        ListOwnAsync(CatalogSchema.FailedBlocks, PostgresBookkeeping.ListFailedBlocksAsync, ct);

    public ValueTask<IReadOnlyList<object?[]>> ReadTableAsync(CatalogTable table, CancellationToken ct) =>
        ListOwnAsync(table, (connection, token) => PostgresBookkeeping.ReadTableAsync(connection, table, token), ct);

    public async ValueTask ReplaceContentAsync(
        IReadOnlyList<(CatalogTable Table, IReadOnlyList<object?[]> Rows)> tables, LakeSharing? sharing, CancellationToken ct)
    {
        try
        {
            Sharing = await WriteAsync((connection, token) => ReplaceContentAsync(connection, tables, sharing, token), ct).ConfigureAwait(false);
        }
        catch (LakeException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.ExclusionViolation })
        {
            throw Throw.CorruptCatalog("partitions of one view overlap", e);
        }
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static async Task<LakeSharing> ReplaceContentAsync(
        NpgsqlConnection connection, IReadOnlyList<(CatalogTable Table, IReadOnlyList<object?[]> Rows)> tables, LakeSharing? sharing, CancellationToken ct)
    {
        await new PostgresStatement("LOCK TABLE processes, streams, blocks, lakehouse_partitions IN EXCLUSIVE MODE").ExecuteAsync(connection, ct).ConfigureAwait(false);
        if (await PostgresSources.HasContentAsync(connection, ct).ConfigureAwait(false))
        {
            throw new LakeException("55006", "a catalogue can be imported into an empty lake only");
        }
        foreach ((CatalogTable table, IReadOnlyList<object?[]> rows) in tables)
        {
            if (table == CatalogSchema.Migration || table == CatalogSchema.LakehouseMigration)
            {
                PostgresDefinition.CheckVersion(table, rows);
                continue;
            }
            await new PostgresStatement($"DELETE FROM {PostgresTables.NameOf(table)}").ExecuteAsync(connection, ct).ConfigureAwait(false);
            await PostgresBookkeeping.WriteTableAsync(connection, table, rows, ct).ConfigureAwait(false);
        }
        if (sharing is { } decided)
        {
            await PostgresDefinition.WriteMarkerAsync(connection, decided, ct).ConfigureAwait(false);
        }
        return await PostgresDefinition.CheckAsync(connection, "the imported catalogue", readOnly: false, ct).ConfigureAwait(false);
    }

    private async Task CreateAsync(CancellationToken ct)
    {
        if (await _database.ReadAsync(PostgresDefinition.IsEmptyAsync, ct).ConfigureAwait(false))
        {
            await _database.WriteAsync((connection, token) => PostgresDefinition.CreateAsync(connection, LakeSharing.Exclusive, token), ct).ConfigureAwait(false);
        }
    }

    private async ValueTask<IReadOnlyList<T>> ListAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<List<T>>> work, CancellationToken ct) =>
        await _database.ReadAsync(work, ct).ConfigureAwait(false);

    /// <summary>A lake that is open for reading may lack tables of ours, which have no rows then.</summary>
    private ValueTask<IReadOnlyList<T>> ListOwnAsync<T>(
        CatalogTable table, Func<NpgsqlConnection, CancellationToken, Task<List<T>>> work, CancellationToken ct) => ListAsync(
        async (connection, token) =>
            IsReadOnly && (await PostgresDefinition.MissingAsync(connection, [table], token).ConfigureAwait(false)).Count > 0
                ? []
                : await work(connection, token).ConfigureAwait(false),
        ct);

    private ValueTask<T> WriteAsync<T>(Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken ct) =>
        IsReadOnly ? throw Throw.ReadOnly() : _database.WriteAsync(work, ct);
}
