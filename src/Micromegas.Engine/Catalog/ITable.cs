using Micromegas.Columnar;

namespace Micromegas.Engine.Catalog;

/// <summary>Something that a statement can scan.</summary>
public interface ITable
{
    Schema Schema { get; }

    /// <summary>What is known without reading; <see langword="null"/> when nothing is.</summary>
    TableStatistics? Statistics { get; }

    /// <summary>Ordinals of columns that are never NULL and whose values no two rows share: a row's other values depend on them.</summary>
    IReadOnlyList<IReadOnlyList<int>> UniqueKeys => [];

    /// <summary>
    /// Decides what a scan has to read. Called while planning, so it looks at catalogues and footers but decodes nothing and writes nothing;
    /// what must be made first (just-in-time partitions) is made when the plan is opened.
    /// </summary>
    ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken);
}

/// <summary>What is known of a table without reading it.</summary>
/// <param name="RowCount">Rows, exact or estimated.</param>
/// <param name="IsExact">Whether <paramref name="RowCount"/> is exact.</param>
public sealed record TableStatistics(long RowCount, bool IsExact);
