using System.Diagnostics;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Lake.Materialization;

/// <summary>What a partition's record says beside what its rows tell.</summary>
/// <param name="InsertRange">The insert range.</param>
/// <param name="SourceCount">The count of the source, by which its age is told.</param>
internal sealed record PartitionOrder(LakeTimeRange InsertRange, long SourceCount)
{
    /// <summary>Which rows of the catalogue give way.</summary>
    public RetireMode Mode { get; init; } = RetireMode.Containment;

    /// <summary>With <see cref="RetireMode.Overlap"/>: ranges of this run that stay.</summary>
    public IReadOnlyList<LakeTimeRange> Handled { get; init; } = [];

    /// <summary>Columns by which the rows come sorted.</summary>
    public IReadOnlyList<string>? SortOrder { get; init; }

    /// <summary>The greatest value of the leading sort column, once the rows were read (spec/lakehouse.md §2.5).</summary>
    public Func<long?>? MaxSortKeyTime { get; init; }
}

/// <summary>Writes the file of one partition and commits it: the file first, then one transaction (spec/lakehouse.md §4.6).</summary>
internal sealed class PartitionWriter(LakeHost lake, ViewDefinition view, string instance, QueryContext context)
{
    // Of the budget, what one row group in progress may take; and how small it gets at most.
    private const int RowGroupShare = 4;
    private const long SmallestRowGroup = 1 << 20;

    /// <param name="order">The record.</param>
    /// <param name="rows">All rows. An error while they are read ends everything: nothing is committed (spec/lakehouse.md §4.10 H1).</param>
    /// <param name="ct">Cancels; neither file nor record is left then.</param>
    /// <exception cref="PartitionConflictException">Somebody else committed an overlapping partition; nothing is left.</exception>
    public async ValueTask<PartitionRecord> WriteAsync(PartitionOrder order, IAsyncEnumerable<PartitionRows> rows, CancellationToken ct)
    {
        long started = Stopwatch.GetTimestamp();
        string path = PartitionPath.Create(view.Name, instance, order.InsertRange.Begin, Guid.NewGuid());
        Written written = await WriteFileAsync(path, rows, ct).ConfigureAwait(false);
        var record = new PartitionRecord
        {
            ViewSet = view.Name,
            InstanceId = instance,
            InsertRange = order.InsertRange,
            EventRange = written.Events,
            Updated = CatalogTime.Now(lake.Options.TimeProvider),
            FilePath = written.Rows == 0 ? null : path,
            FileSize = written.Size,
            SchemaHash = view.SchemaHash,
            SourceHash = PartitionRecord.EncodeSourceCount(order.SourceCount),
            RowCount = written.Rows,
            SortOrder = order.SortOrder,
            MaxSortKeyTime = written.Rows == 0 ? null : order.MaxSortKeyTime?.Invoke(),
        };
        try
        {
            await lake.Catalog.CommitPartitionAsync(record, order.Mode, order.Handled, ct).ConfigureAwait(false);
        }
        catch when (record.FilePath is not null)
        {
            await RemoveOrphanAsync(path).ConfigureAwait(false);
            throw;
        }
        if (written.File is { } file)
        {
            await file.WarmAsync(lake, context).ConfigureAwait(false);
        }
        Interlocked.Increment(ref context.Statistics.PartitionsWritten);
        Interlocked.Add(ref context.Statistics.MaterializingTicks, Stopwatch.GetTimestamp() - started);
        return record;
    }

    private async ValueTask<Written> WriteFileAsync(string path, IAsyncEnumerable<PartitionRows> rows, CancellationToken ct)
    {
        ObjectUpload upload = await lake.Store.BeginPutAsync(path, ct).ConfigureAwait(false);
        await using (upload.ConfigureAwait(false))
        {
            ParquetWriterOptions layout = lake.Sharing == LakeSharing.Exclusive ? ParquetWriterOptions.Fast : ParquetWriterOptions.Upstream;
            // A row group is held until it is full: where memory is scarce it ends early.
            layout = layout with { RowGroupBytes = Math.Clamp(context.Budget.Limit / RowGroupShare, SmallestRowGroup, layout.RowGroupBytes) };
            using var memory = new MemoryReservation(context.Budget, "writing a partition");
            var file = new WrittenFile(upload, lake.Store, context.Budget);
            using var writer = new ParquetWriter(view.Schema, file, layout);
            LakeTimeRange? events = null;
            await foreach (PartitionRows piece in rows.WithCancellation(ct).ConfigureAwait(false))
            {
                using (piece)
                {
                    if (piece.Rows is null || piece.Times is not { } times)
                    {
                        continue;
                    }
                    events = events is { } sofar ? new LakeTimeRange(Math.Min(sofar.Begin, times.Begin), Math.Max(sofar.End, times.End)) : times;
                    await context.Workers.RunAsync(() => Append(writer, piece), ct).ConfigureAwait(false);
                    Hold(memory, writer.BufferedBytes);
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
            return new Written(result.RowCount, result.Size, events, file);
        }
    }

    private static void Append(ParquetWriter writer, PartitionRows piece)
    {
        if (piece.BeginsRowGroup)
        {
            writer.EndRowGroup();
        }
        writer.Append(piece.Rows!);
    }

    private static void Hold(MemoryReservation memory, long bytes)
    {
        if (!memory.TryResize(bytes))
        {
            memory.Grow(bytes - memory.Bytes);
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

    private readonly record struct Written(long Rows, long Size, LakeTimeRange? Events, WrittenFile? File);
}
