using System.Runtime.CompilerServices;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Views;
using Micromegas.Parquet;

namespace Micromegas.Lake.Tables;

/// <summary>A scan of a view instance: the partitions that hold its rows, and live what no partition holds.</summary>
internal sealed class ViewScan(
    LakeHost lake, ViewDefinition view, string instance, IContentSource source, ScanRequest request, ScanTimes times, IReadOnlyList<PartitionRecord> planned) : ScanPlan
{
    // Footers that are read ahead of the morsels.
    private const int FootersAhead = 8;

    private volatile ViewContent? _content;

    /// <summary>Both partitions and blocks are filtered by every predicate.</summary>
    public override IReadOnlyList<bool> ExactPredicates { get; } = request.Predicates.Select(_ => true).ToArray();

    public override IReadOnlyList<int> SortedBy { get; } = [.. view.PartitionOrder.Select(view.Schema.IndexOf)];

    public override long? RowEstimate => planned.Sum(p => p.RowCount);

    public override IReadOnlyList<string> Details => _content is { } content
        ?
        [
            $"view={view.Name} instance={instance}",
            $"partitions={content.Partitions.Count} pruned={content.PartitionsPruned} rows<={content.Partitions.Sum(p => p.RowCount)}",
            $"live blocks={content.Blocks.Count + content.Chained.Sum(p => p.Blocks.Count)}",
        ]
        : [$"view={view.Name} instance={instance}", $"partitions={planned.Count(p => !p.IsEmpty)} rows<={planned.Sum(p => p.RowCount)}"];

    public override async ValueTask<IReadOnlyList<string>> ExplainAsync(CancellationToken cancellationToken)
    {
        ViewPreview preview = await source.PreviewAsync(times, cancellationToken).ConfigureAwait(false);
        return
        [
            $"view={view.Name} instance={instance}",
            $"partitions={preview.Partitions.Count} rows<={preview.Partitions.Sum(p => p.RowCount)}",
            $"live blocks={preview.LiveBlocks}",
            .. preview.PartitionsToMake > 0 ? [$"partitions to write={preview.PartitionsToMake} from blocks={preview.BlocksToMaterialize}"] : Array.Empty<string>(),
        ];
    }

    public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ViewContent content = await source.PrepareAsync(times, context, cancellationToken).ConfigureAwait(false);
        _content = content;
        Interlocked.Add(ref context.Statistics.PartitionsRead, content.Partitions.Count);
        Interlocked.Add(ref context.Statistics.PartitionsPruned, content.PartitionsPruned);
        ScanRequest ranged = new()
        {
            Context = request.Context,
            Projection = request.Projection,
            TableColumns = request.TableColumns,
            Predicates = [.. times.Conditions(view, request.TableColumns), .. request.Predicates],
            JoinBounds = request.JoinBounds,
            Figures = request.Figures,
            Bound = request.Bound,
        };

        var partitions = new PartitionScan(lake, view, request, ranged, times.Range);
        var footers = new Queue<(Task<ParquetFile> File, bool IsSorted)>();
        int next = 0;
        while (next < content.Partitions.Count || footers.Count > 0)
        {
            while (next < content.Partitions.Count && footers.Count < FootersAhead)
            {
                PartitionRecord partition = content.Partitions[next++];
                footers.Enqueue((lake.Footers.OpenAsync(partition.FilePath!, partition.FileSize, cancellationToken).AsTask(), view.IsSorted(partition)));
            }
            (Task<ParquetFile> file, bool isSorted) = footers.Dequeue();
            foreach (Morsel morsel in partitions.Plan(await file.ConfigureAwait(false)))
            {
                morsel.IsSorted = isSorted;
                yield return morsel;
            }
        }

        var blocks = new BlockScan(lake, view, ranged);
        foreach (SourceBlock block in content.Blocks)
        {
            yield return blocks.Plan(block);
        }
        foreach (JitPartition partition in content.Chained)
        {
            yield return blocks.Plan(partition);
        }
        foreach (LiveExtract extract in content.Extracts)
        {
            await foreach (Morsel morsel in extract.OpenAsync(ranged, context, cancellationToken).ConfigureAwait(false))
            {
                yield return morsel;
            }
        }
    }
}
