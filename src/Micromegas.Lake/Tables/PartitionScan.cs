using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Catalog.Parquet;
using Micromegas.Lake.Views;
using Micromegas.Parquet;

namespace Micromegas.Lake.Tables;

/// <summary>Reads partition files. The query range is a predicate of the scan, except in files all of whose rows lie inside.</summary>
internal sealed class PartitionScan(LakeHost lake, ViewDefinition view, ScanRequest plain, ScanRequest ranged, TimeRange range)
{
    private readonly ParquetScan _inside = new(view.Schema, plain);
    private readonly ParquetScan _across = new(view.Schema, ranged);

    public IReadOnlyList<Morsel> Plan(ParquetFile file) => (LiesInside(file) ? _inside : _across).Plan(file, lake.Store);

    private bool LiesInside(ParquetFile file)
    {
        int early = file.Schema.IndexOf(view.MinTimeColumn);
        int late = file.Schema.IndexOf(view.MaxTimeColumn);
        return early >= 0 && late >= 0 && file.RowGroups.All(group =>
            (range.End is null || Never(group.Columns[early].Statistics, s => s.Max?.Value as long? > range.End))
            && (range.Begin is null || Never(group.Columns[late].Statistics, s => s.Min?.Value as long? < range.Begin)));

        static bool Never(ColumnStatistics statistics, Func<ColumnStatistics, bool> outside) =>
            statistics is { Min: not null, Max: not null, NullCount: 0 or null } && !outside(statistics);
    }
}
