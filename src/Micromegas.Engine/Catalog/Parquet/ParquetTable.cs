using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Parquet;
using Micromegas.Storage;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>One or more Parquet files of one schema as a table. Footers are read once, when the table is opened.</summary>
public sealed class ParquetTable : ITable
{
    private readonly IObjectStore store;
    private readonly IReadOnlyList<ParquetFile> files;

    private ParquetTable(IObjectStore store, IReadOnlyList<ParquetFile> files)
    {
        this.store = store;
        this.files = files;
        Schema = files[0].Schema;
        Statistics = new TableStatistics(files.Sum(static file => file.RowCount), true);
    }

    public Schema Schema { get; }

    public TableStatistics? Statistics { get; }

    /// <summary>Opens the files and reads their footers.</summary>
    /// <param name="store">Where the files are.</param>
    /// <param name="keys">Their keys, at least one; the first one's schema is the table's, others may lack nullable columns.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ParquetException">A file is damaged.</exception>
    public static async ValueTask<ParquetTable> OpenAsync(IObjectStore store, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(keys.Count);
        var files = new ParquetFile[keys.Count];
        for (var i = 0; i < files.Length; i++)
        {
            files[i] = await ParquetFile.OpenAsync(store, keys[i], null, cancellationToken).ConfigureAwait(false);
        }
        return new ParquetTable(store, files);
    }

    public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        var scan = new ParquetScan(Schema, request);
        var morsels = new List<Morsel>();
        foreach (var file in files)
        {
            morsels.AddRange(scan.Plan(file, store));
        }
        return new ValueTask<ScanPlan>(new Plan(morsels, request, scan.PrunedRowGroups));
    }

    private sealed class Plan(List<Morsel> morsels, ScanRequest request, int pruned) : ScanPlan
    {
        public override IReadOnlyList<bool> ExactPredicates { get; } = [.. request.Predicates.Select(static _ => true)];

        public override long? RowEstimate => morsels.Sum(static morsel => morsel.RowCount);

        public override IReadOnlyList<Morsel> Morsels => morsels;

        public override IReadOnlyList<string> Details => [$"row groups={morsels.Count}", $"pruned={pruned}"];

        public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await ValueTask.CompletedTask.ConfigureAwait(false);
            foreach (var morsel in morsels)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return morsel;
            }
        }
    }
}
