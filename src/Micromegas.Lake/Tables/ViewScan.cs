using System.Runtime.CompilerServices;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Views;
using Micromegas.Parquet;

namespace Micromegas.Lake.Tables;

/// <summary>A scan of a view instance: the partitions that hold its rows, and the blocks that no partition holds.</summary>
internal sealed class ViewScan(
    LakeHost lake, ViewDefinition view, string instance, ScanRequest request, ScanTimes times, IReadOnlyList<PartitionRecord> planned) : ScanPlan
{
    // Footers that are read ahead of the morsels.
    private const int FootersAhead = 8;

    public override IReadOnlyList<bool> ExactPredicates { get; } = new bool[request.Predicates.Count];

    public override long? RowEstimate => planned.Sum(p => p.RowCount);

    public override IReadOnlyList<string> Details =>
    [
        $"view={view.Name} instance={instance}",
        $"partitions={planned.Count(p => !p.IsEmpty)} rows<={planned.Sum(p => p.RowCount)}",
    ];

    public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IContentSource source = instance == ViewTable.Global ? new GlobalContent(lake, view) : new InstanceContent(lake, view, instance);
        ViewContent content = await source.PrepareAsync(times, context, cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref context.Statistics.PartitionsRead, content.Partitions.Count);
        Interlocked.Add(ref context.Statistics.PartitionsPruned, content.PartitionsPruned);

        var footers = new Queue<Task<ParquetFile>>();
        int next = 0;
        while (next < content.Partitions.Count || footers.Count > 0)
        {
            while (next < content.Partitions.Count && footers.Count < FootersAhead)
            {
                PartitionRecord partition = content.Partitions[next++];
                footers.Enqueue(lake.Footers.OpenAsync(partition.FilePath!, partition.FileSize, cancellationToken).AsTask());
            }
            ParquetFile file = await footers.Dequeue().ConfigureAwait(false);
            foreach (ParquetRowGroup group in file.RowGroups)
            {
                if (!times.MayMatch(file, group, view))
                {
                    Interlocked.Increment(ref context.Statistics.RowGroupsPruned);
                    Interlocked.Add(ref context.Statistics.BytesPruned, group.Columns.Sum(c => c.CompressedSize));
                    continue;
                }
                Interlocked.Increment(ref context.Statistics.RowGroupsRead);
                yield return new RowGroupMorsel(
                    view, request.Projection, times.FilterFor(file, group, view), lake.Store, file, group.Ordinal, context.Statistics);
            }
        }
        var failures = new BlockFailures(view.Name, lake.Logger, lake.Options.TimeProvider);
        foreach (SourceBlock block in content.Blocks)
        {
            yield return new BlockMorsel(view, request.Projection, times.Filter, new BlockPayload(lake.Store, block), failures);
        }
    }
}
