using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>A view instance that partitions and blocks hold.</summary>
internal sealed class ViewTable(LakeHost lake, ViewDefinition view, string instance) : ITable
{
    public const string Global = "global";

    public Schema Schema => view.Schema;

    public TableStatistics? Statistics => null;

    public async ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ScanTimes times = ScanTimes.Create(view, request);
        IReadOnlyList<PartitionRecord> partitions = await lake.Catalog.ListPartitionsAsync(
            new PartitionFilter { ViewSet = view.Name, InstanceId = instance, SchemaHash = view.SchemaHash, EventRange = times.ForPartitions(lake.Sharing) },
            cancellationToken).ConfigureAwait(false);
        return new ViewScan(lake, view, instance, request, times, partitions);
    }
}
