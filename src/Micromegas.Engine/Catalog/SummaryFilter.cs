using System.Runtime.CompilerServices;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Catalog;

/// <summary>Takes out of a scan the morsels whose metadata tell all that is asked, and keeps what they tell.</summary>
/// <param name="tableOrdinals">The columns that are asked about; -1 = none.</param>
/// <param name="suffices">Whether a summary tells enough.</param>
internal sealed class SummaryFilter(IReadOnlyList<int> tableOrdinals, Func<MorselSummary, bool> suffices)
{
    private readonly int[] asked = [.. tableOrdinals.Select(static ordinal => Math.Max(ordinal, 0))];
    private readonly List<MorselSummary> taken = [];

    /// <summary>The summaries of the morsels that were taken out; complete when the scan has ended.</summary>
    public IReadOnlyList<MorselSummary> Taken => taken;

    public ScanPlan Apply(ScanPlan plan) => new Filtered(plan, this);

    /// <summary>Takes all morsels of a plan, if that can be told now and their metadata suffice; else none.</summary>
    public bool TryTakeAll(ScanPlan plan)
    {
        if (plan.Morsels is not { } morsels)
        {
            return false;
        }
        foreach (var morsel in morsels)
        {
            if (!Take(morsel))
            {
                taken.Clear();
                return false;
            }
        }
        foreach (var morsel in morsels)
        {
            morsel.Dispose();
        }
        return true;
    }

    private bool Take(Morsel morsel)
    {
        if (morsel.Summarize(asked) is not { } summary || !suffices(summary))
        {
            return false;
        }
        taken.Add(summary);
        return true;
    }

    private sealed class Filtered(ScanPlan plan, SummaryFilter filter) : ScanPlan
    {
        public override IReadOnlyList<bool> ExactPredicates => plan.ExactPredicates;

        public override long? RowEstimate => plan.RowEstimate;

        public override IReadOnlyList<string> Details => plan.Details;

        public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var morsel in plan.OpenAsync(context, cancellationToken).ConfigureAwait(false))
            {
                if (filter.Take(morsel))
                {
                    morsel.Dispose();
                    continue;
                }
                yield return morsel;
            }
        }
    }
}
