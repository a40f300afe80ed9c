using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Catalog.Parquet;
using Micromegas.Engine.Execution;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.CustomViews;

/// <summary>Some partitions of a view as a table: what a merge query reads.</summary>
internal sealed class PartitionFilesTable(LakeHost lake, ViewDefinition view, IReadOnlyList<PartitionRecord> partitions) : ITable
{
    public Schema Schema => view.Schema;

    public TableStatistics? Statistics => new(partitions.Sum(p => p.RowCount), IsExact: true);

    public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ValueTask.FromResult<ScanPlan>(new Scan(lake, view, partitions, request));
    }

    private sealed class Scan(LakeHost lake, ViewDefinition view, IReadOnlyList<PartitionRecord> partitions, ScanRequest request) : ScanPlan
    {
        public override IReadOnlyList<bool> ExactPredicates { get; } = request.Predicates.Select(_ => true).ToArray();

        public override IReadOnlyList<int> SortedBy { get; } = [.. view.PartitionOrder.Select(view.Schema.IndexOf)];

        public override long? RowEstimate => partitions.Sum(p => p.RowCount);

        public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var scan = new ParquetScan(view.Schema, request);
            foreach (PartitionRecord partition in partitions)
            {
                if (partition.FilePath is null)
                {
                    continue;
                }
                Interlocked.Increment(ref context.Statistics.PartitionsRead);
                foreach (Morsel morsel in scan.Plan(
                    await lake.Footers.OpenAsync(partition.FilePath, partition.FileSize, cancellationToken).ConfigureAwait(false), lake.Store))
                {
                    morsel.IsSorted = view.IsSorted(partition);
                    yield return morsel;
                }
            }
        }
    }
}
