using System.Diagnostics;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Lake.Materialization;

/// <summary>Makes a partition from blocks: decodes, writes the file, commits (spec/lakehouse.md §4.6).</summary>
internal sealed class PartitionBuilder(LakeHost lake, ViewDefinition view, string instance, QueryContext context)
{
    private readonly BlockFailures _failures = new(view.Name, lake.Logger, lake.Options.TimeProvider);

    /// <param name="blocks">All blocks of the insert range, in their order.</param>
    /// <param name="insertRange">The partition's insert range.</param>
    /// <param name="ct">Cancels; neither file nor record is left then.</param>
    /// <exception cref="PartitionConflictException">Somebody else committed an overlapping partition; nothing is left.</exception>
    public async ValueTask BuildAsync(IReadOnlyList<SourceBlock> blocks, LakeTimeRange insertRange, CancellationToken ct)
    {
        long started = Stopwatch.GetTimestamp();
        string path = PartitionPath.Create(view.Name, instance, insertRange.Begin, Guid.NewGuid());
        Written written = await WriteFileAsync(path, blocks, ct).ConfigureAwait(false);
        var record = new PartitionRecord
        {
            ViewSet = view.Name,
            InstanceId = instance,
            InsertRange = insertRange,
            EventRange = written.Events,
            Updated = CatalogTime.Now(lake.Options.TimeProvider),
            FilePath = written.Rows == 0 ? null : path,
            FileSize = written.Size,
            SchemaHash = view.SchemaHash,
            SourceHash = PartitionRecord.EncodeSourceCount(blocks.Sum(b => (long)b.Block.ObjectCount)),
            RowCount = written.Rows,
        };
        try
        {
            await lake.Catalog.CommitPartitionAsync(record, RetireMode.Containment, [], ct).ConfigureAwait(false);
        }
        catch when (record.FilePath is not null)
        {
            await RemoveOrphanAsync(path).ConfigureAwait(false);
            throw;
        }
        IReadOnlyList<FailedBlock> failed = _failures.Take();
        if (failed.Count > 0)
        {
            await lake.Catalog.RecordFailedBlocksAsync(failed, ct).ConfigureAwait(false);
        }
        Interlocked.Increment(ref context.Statistics.PartitionsWritten);
        Interlocked.Add(ref context.Statistics.MaterializingTicks, Stopwatch.GetTimestamp() - started);
        Log.PartitionWritten(lake.Logger, view.Name, instance, written.Rows, blocks.Count, record.FilePath);
    }

    private async ValueTask<Written> WriteFileAsync(string path, IReadOnlyList<SourceBlock> blocks, CancellationToken ct)
    {
        ObjectUpload upload = await lake.Store.BeginPutAsync(path, ct).ConfigureAwait(false);
        await using (upload.ConfigureAwait(false))
        {
            ParquetWriterOptions layout = lake.Sharing == LakeSharing.Exclusive ? ParquetWriterOptions.Fast : ParquetWriterOptions.Upstream;
            using var writer = new ParquetWriter(view.Schema, ParquetSink.To(upload), layout);
            using var pipeline = new BlockPipeline(view, lake.Store, context);
            LakeTimeRange? events = null;
            await foreach (DecodedBlock block in pipeline.DecodeAsync(blocks, ct).ConfigureAwait(false))
            {
                using (block)
                {
                    _failures.Report(block, context);
                    if (block.Rows is null || block.Times is not { } times)
                    {
                        continue;
                    }
                    events = events is { } sofar ? new LakeTimeRange(Math.Min(sofar.Begin, times.Begin), Math.Max(sofar.End, times.End)) : times;
                    await context.Workers.RunAsync(() => writer.Append(block.Rows), ct).ConfigureAwait(false);
                    await writer.FlushAsync(ct).ConfigureAwait(false);
                }
            }
            if (writer.RowCount == 0)
            {
                // An empty partition has a record and no file (spec/lakehouse.md §2.4); the upload ends without an object.
                return default;
            }
            ParquetWriteResult result = await writer.FinishAsync(ct).ConfigureAwait(false);
            await upload.CompleteAsync(ct).ConfigureAwait(false);
            return new Written(result.RowCount, result.Size, events);
        }
    }

    /// <summary>A commit may have succeeded although it reported an error; then the file stays.</summary>
    private async ValueTask RemoveOrphanAsync(string path)
    {
        try
        {
            if (!await lake.Catalog.IsFileReferencedAsync(path, CancellationToken.None).ConfigureAwait(false))
            {
                await lake.Store.DeleteAsync([path], CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is LakeException or ObjectStoreException or ObjectDisposedException)
        {
            // The error that brought us here is the one to report; the file costs space until maintenance finds it.
            Log.OrphanLeft(lake.Logger, path, e);
        }
    }

    private readonly record struct Written(long Rows, long Size, LakeTimeRange? Events);
}
