using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;

namespace Micromegas.Conformance.Differential;

/// <summary>A table whose rows lie in pieces of a chosen size, so that several workers have something to do on few rows.</summary>
internal sealed class ChunkedTable(IReadOnlyList<MemoryTable> pieces) : ITable, IDisposable
{
    public Schema Schema => pieces[0].Schema;

    public TableStatistics? Statistics => new(pieces.Sum(static piece => piece.RowCount), true);

    public async ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        var plans = new List<ScanPlan>();
        foreach (var piece in pieces)
        {
            plans.Add(await piece.PlanScanAsync(request, cancellationToken));
        }
        return new Plan(plans);
    }

    public void Dispose()
    {
        foreach (var piece in pieces)
        {
            piece.Dispose();
        }
    }

    private sealed class Plan(IReadOnlyList<ScanPlan> plans) : ScanPlan
    {
        public override IReadOnlyList<bool> ExactPredicates => plans[0].ExactPredicates;

        public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (var plan in plans)
            {
                await foreach (var morsel in plan.OpenAsync(context, cancellationToken))
                {
                    yield return morsel;
                }
            }
        }
    }
}
