using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Catalog.Parquet;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;
using Micromegas.Parquet;

namespace Micromegas.Lake.Materialization.Global;

/// <summary>Reads partitions one after the other, so that a merge holds one row group at a time (spec/lakehouse.md §4.7).</summary>
internal static class PartitionFiles
{
    public static async IAsyncEnumerable<PartitionRows> ReadAsync(
        LakeHost lake, ViewDefinition view, QueryContext context, IReadOnlyList<PartitionRecord> inputs, [EnumeratorCancellation] CancellationToken ct)
    {
        var scan = new ParquetScan(view.Schema, new ScanRequest
        {
            Context = context,
            Projection = Enumerable.Range(0, view.Schema.Count).ToArray(),
            TableColumns = view.Schema.Fields.Select(f => new PlanColumn(f.Name, f.Type, f.Nullable)).ToArray(),
        });
        foreach (PartitionRecord input in inputs)
        {
            if (input.FilePath is null)
            {
                continue;
            }
            ParquetFile file = await lake.Footers.OpenAsync(input.FilePath, input.FileSize, ct).ConfigureAwait(false);
            foreach (Morsel morsel in scan.Plan(file, lake.Store))
            {
                using (morsel)
                {
                    await morsel.PrefetchAsync(ct).ConfigureAwait(false);
                    using MorselReader reader = morsel.Open(context);
                    while (await context.Workers.RunAsync(reader.Next, ct).ConfigureAwait(false) is { } batch)
                    {
                        yield return PartitionRows.Measured(view, batch);
                    }
                }
            }
        }
    }
}
