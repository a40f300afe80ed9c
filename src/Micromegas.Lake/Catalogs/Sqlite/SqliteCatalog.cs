using Microsoft.Data.Sqlite;

namespace Micromegas.Lake.Catalogs.Sqlite;

/// <summary>
/// A catalogue in one SQLite file, or in memory. SQLite has neither advisory locks nor exclusion constraints: a partition commit holds the one write lock
/// (<c>BEGIN IMMEDIATE</c>) and checks the overlap rule inside (design.md §5).
/// </summary>
internal sealed class SqliteCatalog : ILakeCatalog
{
    private readonly SqliteThread _thread;
    private readonly TimeProvider _clock;
    private readonly SqlitePartitionCache _partitions = new();

    private SqliteCatalog(SqliteThread thread, TimeProvider clock, bool readOnly)
    {
        _thread = thread;
        _clock = clock;
        IsReadOnly = readOnly;
    }

    public LakeSharing Sharing { get; private set; }

    public bool IsReadOnly { get; }

    public TimeSpan RetirementGrace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>When a file goes that is retired now, in microseconds.</summary>
    private long Expiration => CatalogTime.ToMicroseconds(CatalogTime.Now(_clock)) + (RetirementGrace.Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>Opens a catalogue file, and creates one with <see cref="LakeMode.ReadWriteCreate"/> where there is none.</summary>
    /// <exception cref="LakeException">There is none, it is none, or it has another version.</exception>
    public static async ValueTask<SqliteCatalog> OpenAsync(string path, LakeMode mode, TimeProvider clock, CancellationToken ct)
    {
        if (mode != LakeMode.ReadWriteCreate && !File.Exists(path))
        {
            throw Throw.MissingLake(path);
        }
        return await OpenAsync(
            path,
            new SqliteConnectionStringBuilder
            {
                DataSource = path,
                Pooling = false,
                Mode = mode switch
                {
                    LakeMode.ReadWriteCreate => SqliteOpenMode.ReadWriteCreate,
                    LakeMode.ReadWrite => SqliteOpenMode.ReadWrite,
                    _ => SqliteOpenMode.ReadOnly,
                },
            },
            mode == LakeMode.ReadOnly,
            clock,
            ct).ConfigureAwait(false);
    }

    /// <summary>Creates an empty catalogue that lives as long as the object.</summary>
    public static ValueTask<SqliteCatalog> CreateInMemoryAsync(TimeProvider clock, CancellationToken ct) =>
        OpenAsync(":memory:", new SqliteConnectionStringBuilder { DataSource = ":memory:", Pooling = false }, readOnly: false, clock, ct);

    public ValueTask<int> InsertAsync(CatalogRows rows, bool stampInsertTime, CancellationToken ct) =>
        WriteAsync(connection => SqliteSources.Insert(connection, rows, stampInsertTime ? CatalogTime.Now(_clock) : null), ct);

    public ValueTask<ProcessRecord?> FindProcessAsync(Guid processId, CancellationToken ct) =>
        _thread.ReadAsync(connection => SqliteSources.FindProcess(connection, processId), ct);

    public ValueTask<StreamRecord?> FindStreamAsync(Guid streamId, CancellationToken ct) =>
        _thread.ReadAsync(connection => SqliteSources.FindStream(connection, streamId), ct);

    public ValueTask<IReadOnlyList<SourceBlock>> ListBlocksAsync(BlockFilter filter, CancellationToken ct) =>
        SnapshotAsync<IReadOnlyList<SourceBlock>>(connection => SqliteSources.ListBlocks(connection, filter), ct);

    public ValueTask<BlockTotals> SumBlocksAsync(BlockFilter filter, CancellationToken ct) =>
        _thread.ReadAsync(connection => SqliteSources.Sum(connection, filter), ct);

    public ValueTask<IReadOnlyList<HourTotals>> SumBlocksPerHourAsync(BlockFilter filter, CancellationToken ct) =>
        _thread.ReadAsync<IReadOnlyList<HourTotals>>(connection => SqliteSources.SumPerHour(connection, filter), ct);

    public ValueTask<IReadOnlyList<ProcessActivity>> ListProcessesAsync(BlockFilter filter, CancellationToken ct) =>
        SnapshotAsync<IReadOnlyList<ProcessActivity>>(connection => SqliteSources.ListProcesses(connection, filter), ct);

    public ValueTask<IReadOnlyList<StreamActivity>> ListStreamsAsync(BlockFilter filter, CancellationToken ct) =>
        SnapshotAsync<IReadOnlyList<StreamActivity>>(connection => SqliteSources.ListStreams(connection, filter), ct);

    public ValueTask<IReadOnlyList<PartitionRecord>> ListPartitionsAsync(PartitionFilter filter, CancellationToken ct) =>
        _thread.ReadAsync(connection => _partitions.List(connection, filter), ct);

    public async ValueTask CommitPartitionAsync(
        PartitionRecord partition, RetireMode mode, IReadOnlyList<LakeTimeRange> handled, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(partition);
        if (partition.SourceCount is null)
        {
            Throw.InvalidPartition("the source hash is not a count");
        }
        await WriteAsync(
            connection => SqlitePartitions.Commit(connection, partition, mode, handled, Expiration)
                ? true
                : throw new PartitionConflictException(partition),
            ct).ConfigureAwait(false);
    }

    public ValueTask<bool> IsFileReferencedAsync(string filePath, CancellationToken ct) =>
        _thread.ReadAsync(connection => SqlitePartitions.IsReferenced(connection, filePath), ct);

    public ValueTask<IReadOnlyList<TemporaryFile>> ListExpiredFilesAsync(long now, int limit, CancellationToken ct) =>
        _thread.ReadAsync<IReadOnlyList<TemporaryFile>>(connection => SqlitePartitions.ListExpired(connection, now, limit), ct);

    public async ValueTask ForgetTemporaryFilesAsync(IReadOnlyList<string> filePaths, CancellationToken ct) =>
        await WriteAsync(
            connection =>
            {
                SqlitePartitions.Forget(connection, filePaths);
                return true;
            },
            ct).ConfigureAwait(false);

    public ValueTask<bool> TryAcquireLeaseAsync(string name, string owner, long now, long until, CancellationToken ct) =>
        WriteAsync(connection => SqliteBookkeeping.TryAcquireLease(connection, name, owner, now, until), ct);

    public async ValueTask ReleaseLeaseAsync(string name, string owner, CancellationToken ct) =>
        await WriteAsync(connection => SqliteBookkeeping.ReleaseLease(connection, name, owner), ct).ConfigureAwait(false);

    public async ValueTask RecordFailedBlocksAsync(IReadOnlyList<FailedBlock> blocks, CancellationToken ct) =>
        await WriteAsync(connection => SqliteBookkeeping.RecordFailedBlocks(connection, blocks), ct).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<FailedBlock>> ListFailedBlocksAsync(CancellationToken ct) =>
        _thread.ReadAsync<IReadOnlyList<FailedBlock>>(SqliteBookkeeping.ListFailedBlocks, ct);

    public ValueTask<IReadOnlyList<bool>> RetirePartitionsAsync(IReadOnlyList<PartitionRecord> partitions, CancellationToken ct) =>
        WriteAsync<IReadOnlyList<bool>>(
            connection => SqlitePartitions.Retire(connection, partitions, Expiration), ct);

    public async ValueTask DeleteBlocksAsync(IReadOnlyList<BlockRecord> blocks, long due, CancellationToken ct) =>
        await WriteAsync(connection => SqliteRetention.DeleteBlocks(connection, blocks, due), ct).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<BlockDeletion>> ListDeletionsAsync(CancellationToken ct) =>
        _thread.ReadAsync<IReadOnlyList<BlockDeletion>>(SqliteRetention.ListDeletions, ct);

    public async ValueTask ForgetDeletionsAsync(IReadOnlyList<Guid> blockIds, CancellationToken ct) =>
        await WriteAsync(connection => SqliteRetention.ForgetDeletions(connection, blockIds), ct).ConfigureAwait(false);

    public ValueTask<int> DeleteEmptySourcesAsync(long insertedBefore, CancellationToken ct) =>
        WriteAsync(connection => SqliteRetention.DeleteEmptySources(connection, insertedBefore), ct);

    public async ValueTask WriteRowAsync(CatalogTable table, object?[] row, CancellationToken ct) =>
        await WriteAsync(connection => SqliteBookkeeping.WriteRow(connection, table, row), ct).ConfigureAwait(false);

    public ValueTask<bool> DeleteRowAsync(CatalogTable table, IReadOnlyList<object> key, CancellationToken ct) =>
        WriteAsync(connection => SqliteBookkeeping.DeleteRow(connection, table, key), ct);

    public ValueTask<IReadOnlyList<object?[]>> ReadTableAsync(CatalogTable table, CancellationToken ct) =>
        _thread.ReadAsync<IReadOnlyList<object?[]>>(connection => SqliteBookkeeping.ReadTable(connection, table), ct);

    public async ValueTask ReplaceContentAsync(
        IReadOnlyList<(CatalogTable Table, IReadOnlyList<object?[]> Rows)> tables, LakeSharing? sharing, CancellationToken ct) =>
        Sharing = await WriteAsync(
            connection =>
            {
                if (SqliteSources.HasContent(connection))
                {
                    throw new LakeException("55006", "a catalogue can be imported into an empty lake only");
                }
                foreach ((CatalogTable table, IReadOnlyList<object?[]> rows) in tables)
                {
                    SqliteDefinition.Execute(connection, $"DELETE FROM {table.Name}");
                    SqliteBookkeeping.WriteTable(connection, table, rows);
                }
                SqliteBookkeeping.CheckOverlaps(connection);
                if (sharing is { } decided)
                {
                    SqliteDefinition.WriteMarker(connection, decided);
                }
                return SqliteDefinition.Check(connection, "the imported catalogue");
            },
            ct).ConfigureAwait(false);

    public async ValueTask DisposeAsync()
    {
        await _thread.DisposeAsync().ConfigureAwait(false);
        _partitions.Dispose();
    }

    private static async ValueTask<SqliteCatalog> OpenAsync(
        string path, SqliteConnectionStringBuilder settings, bool readOnly, TimeProvider clock, CancellationToken ct)
    {
        var thread = new SqliteThread(settings.ConnectionString);
        var catalog = new SqliteCatalog(thread, clock, readOnly);
        try
        {
            await thread.ReadAsync(
                connection =>
                {
                    SqliteDefinition.Configure(connection, readOnly);
                    return true;
                },
                ct).ConfigureAwait(false);
            Func<SqliteConnection, LakeSharing> open = connection =>
            {
                if (!readOnly && settings.Mode != SqliteOpenMode.ReadWrite && SqliteDefinition.IsEmpty(connection))
                {
                    SqliteDefinition.Create(connection, LakeSharing.Exclusive);
                }
                if (!readOnly)
                {
                    SqliteDefinition.Complete(connection);
                }
                return SqliteDefinition.Check(connection, path);
            };
            catalog.Sharing = readOnly
                ? await thread.ReadAsync(open, ct).ConfigureAwait(false)
                : await thread.WriteAsync(open, ct).ConfigureAwait(false);
            return catalog;
        }
        catch (LakeException e) when (e.SqlState == "XX001" && e.InnerException is SqliteException)
        {
            await catalog.DisposeAsync().ConfigureAwait(false);
            throw Throw.NotALake(path, "its catalogue is no database", e);
        }
        catch
        {
            await catalog.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Several statements that must see the same state.</summary>
    private ValueTask<T> SnapshotAsync<T>(Func<SqliteConnection, T> work, CancellationToken ct) =>
        _thread.ReadAsync(
            connection =>
            {
                using SqliteTransaction transaction = connection.BeginTransaction(deferred: true);
                return work(connection);
            },
            ct);

    private ValueTask<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken ct) =>
        IsReadOnly ? throw Throw.ReadOnly() : _thread.WriteAsync(work, ct);
}
