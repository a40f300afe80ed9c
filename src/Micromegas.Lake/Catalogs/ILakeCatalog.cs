namespace Micromegas.Lake.Catalogs;

/// <summary>
/// The tables of a lake. Times go in and out as nanoseconds since 1970 UTC; the catalogue keeps microseconds. All members may be called concurrently; what goes
/// wrong is a <see cref="LakeException"/>, cancellation an <see cref="OperationCanceledException"/>.
/// </summary>
internal interface ILakeCatalog : IAsyncDisposable
{
    /// <summary>Whether others may use the lake at the same time.</summary>
    LakeSharing Sharing { get; }

    bool IsReadOnly { get; }

    /// <summary>How long retired files are kept.</summary>
    TimeSpan RetirementGrace { get; set; }

    /// <summary>
    /// Adds rows; of a key that exists already the first writer's row stays. With <paramref name="stampInsertTime"/> the insert times are taken from the clock
    /// inside the transaction, so that a row never becomes visible after rows with a greater insert time. Returns how many blocks were new.
    /// </summary>
    ValueTask<int> InsertAsync(CatalogRows rows, bool stampInsertTime, CancellationToken ct);

    ValueTask<ProcessRecord?> FindProcessAsync(Guid processId, CancellationToken ct);

    ValueTask<StreamRecord?> FindStreamAsync(Guid streamId, CancellationToken ct);

    /// <summary>Blocks with their streams and processes, by (insert_time, block_id).</summary>
    ValueTask<IReadOnlyList<SourceBlock>> ListBlocksAsync(BlockFilter filter, CancellationToken ct);

    ValueTask<BlockTotals> SumBlocksAsync(BlockFilter filter, CancellationToken ct);

    /// <summary>The same per clock hour of insert time; hours without blocks are left out.</summary>
    ValueTask<IReadOnlyList<HourTotals>> SumBlocksPerHourAsync(BlockFilter filter, CancellationToken ct);

    /// <summary>Processes of the join that the view <c>blocks</c> is made of, by id; their activity counts the blocks that are meant.</summary>
    ValueTask<IReadOnlyList<ProcessActivity>> ListProcessesAsync(BlockFilter filter, CancellationToken ct);

    /// <summary>Streams of the same join, by id; likewise.</summary>
    ValueTask<IReadOnlyList<StreamActivity>> ListStreamsAsync(BlockFilter filter, CancellationToken ct);

    /// <summary>Partitions by (begin_insert_time, file_path).</summary>
    ValueTask<IReadOnlyList<PartitionRecord>> ListPartitionsAsync(PartitionFilter filter, CancellationToken ct);

    /// <summary>
    /// Retires what gives way and inserts the partition, in one transaction. Files of retired rows go to <c>temporary_files</c>, to be deleted when the grace is over.
    /// </summary>
    /// <param name="partition">The new row; its file is in the store already.</param>
    /// <param name="mode">Which rows give way.</param>
    /// <param name="handled">With <see cref="RetireMode.Overlap"/>: ranges of this run that stay.</param>
    /// <param name="ct">Cancels the transaction; it has no effect then.</param>
    /// <exception cref="PartitionConflictException">A row that does not give way overlaps.</exception>
    ValueTask CommitPartitionAsync(PartitionRecord partition, RetireMode mode, IReadOnlyList<LakeTimeRange> handled, CancellationToken ct);

    /// <summary>
    /// Retires these very rows, in one transaction, and says of each whether it was still there. Files go to <c>temporary_files</c>, to be deleted when the grace is over.
    /// </summary>
    ValueTask<IReadOnlyList<bool>> RetirePartitionsAsync(IReadOnlyList<PartitionRecord> partitions, CancellationToken ct);

    /// <summary>Deletes blocks' rows and remembers their objects for deletion when <paramref name="due"/> has come, in one transaction.</summary>
    ValueTask DeleteBlocksAsync(IReadOnlyList<BlockRecord> blocks, long due, CancellationToken ct);

    /// <summary>Objects of deleted blocks that are still to go.</summary>
    ValueTask<IReadOnlyList<BlockDeletion>> ListDeletionsAsync(CancellationToken ct);

    /// <summary>Forgets deletions whose objects are gone.</summary>
    ValueTask ForgetDeletionsAsync(IReadOnlyList<Guid> blockIds, CancellationToken ct);

    /// <summary>Deletes streams without blocks and processes without streams that came before a time and have no partitions; says how many rows went.</summary>
    ValueTask<int> DeleteEmptySourcesAsync(long insertedBefore, CancellationToken ct);

    /// <summary>Adds a row to one of our tables, or replaces the one of the same key.</summary>
    ValueTask WriteRowAsync(CatalogTable table, object?[] row, CancellationToken ct);

    /// <summary>Deletes the row of a key; false when there is none.</summary>
    ValueTask<bool> DeleteRowAsync(CatalogTable table, IReadOnlyList<object> key, CancellationToken ct);

    /// <summary>Whether a committed partition mentions the file.</summary>
    ValueTask<bool> IsFileReferencedAsync(string filePath, CancellationToken ct);

    /// <summary>Retired files whose time has come, at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<TemporaryFile>> ListExpiredFilesAsync(long now, int limit, CancellationToken ct);

    /// <summary>Forgets retired files after their objects were deleted.</summary>
    ValueTask ForgetTemporaryFilesAsync(IReadOnlyList<string> filePaths, CancellationToken ct);

    /// <summary>Takes or renews the lease of that name; false while another owner holds it. Times in nanoseconds since 1970 UTC.</summary>
    ValueTask<bool> TryAcquireLeaseAsync(string name, string owner, long now, long until, CancellationToken ct);

    ValueTask ReleaseLeaseAsync(string name, string owner, CancellationToken ct);

    ValueTask RecordFailedBlocksAsync(IReadOnlyList<FailedBlock> blocks, CancellationToken ct);

    ValueTask<IReadOnlyList<FailedBlock>> ListFailedBlocksAsync(CancellationToken ct);

    /// <summary>All rows of a table, values in the order of its columns and in the form of <see cref="CatalogColumnKind"/>.</summary>
    ValueTask<IReadOnlyList<object?[]>> ReadTableAsync(CatalogTable table, CancellationToken ct);

    /// <summary>
    /// Fills an empty catalogue with the rows of another, in one transaction. Without <paramref name="sharing"/> the imported rows say whose lake it is; when
    /// they say nothing it counts as shared.
    /// </summary>
    /// <exception cref="LakeException">The catalogue is not empty, a row exists twice, two partitions overlap, or the versions do not fit.</exception>
    ValueTask ReplaceContentAsync(
        IReadOnlyList<(CatalogTable Table, IReadOnlyList<object?[]> Rows)> tables, LakeSharing? sharing, CancellationToken ct);
}
