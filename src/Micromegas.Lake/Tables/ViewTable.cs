using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Materialization;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Tables;

/// <summary>A view instance that partitions and blocks hold.</summary>
/// <param name="lake">The lake.</param>
/// <param name="view">The view.</param>
/// <param name="instance">The instance.</param>
/// <param name="content">Finds out where the rows are; null for the way that views of events have.</param>
internal sealed class ViewTable(LakeHost lake, ViewDefinition view, string instance, IContentSource? content = null) : ITable
{
    public const string Global = "global";

    public Schema Schema => view.Schema;

    /// <summary>A guess that tells joins which side to keep in memory: partitions are looked up by times, which are known when a scan is planned.</summary>
    public TableStatistics? Statistics { get; } = new(instance == Global ? 100_000_000 : 1_000_000, IsExact: false);

    public async ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ScanTimes times = ScanTimes.Create(view, request);
        IReadOnlyList<PartitionRecord> partitions = await lake.Catalog.ListPartitionsAsync(
            new PartitionFilter { ViewSet = view.Name, InstanceId = instance, SchemaHash = view.SchemaHash, EventRange = times.ForPartitions(lake.Sharing, view) },
            cancellationToken).ConfigureAwait(false);
        IContentSource source = content ?? (instance == Global ? new GlobalContent(lake, view) : new InstanceContent(lake, view, instance));
        return new ViewScan(lake, view, instance, source, request, times, partitions);
    }
}
