using System.Runtime.CompilerServices;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>
/// The morsels of a scan, taken as long as they are sorted and it is known where they lie: then, if only few of them overlap, their rows can be merged instead of
/// sorted. Otherwise they are the scan's first, and the rest follows.
/// </summary>
/// <param name="plan">The scan.</param>
/// <param name="ordinal">The first column of the order, in the table's schema.</param>
internal sealed class SortedPieces(ScanPlan plan, int ordinal) : ScanPlan, IDisposable
{
    /// <summary>Morsels that are read at a time at most: a merge holds a row group of each.</summary>
    private const int MostAtOnce = 8;

    private readonly List<(Morsel Morsel, Int128 First, Int128 Last)> pieces = [];
    private IAsyncEnumerator<Morsel>? rest;
    private Morsel? unsorted;
    private int taken;

    /// <summary>Whether all morsels can be merged.</summary>
    public bool IsOrdered { get; private set; }

    /// <summary>Of morsels that can be merged: how many there are.</summary>
    public int Count => pieces.Count;

    public override IReadOnlyList<bool> ExactPredicates => plan.ExactPredicates;

    public override long? RowEstimate => plan.RowEstimate;

    public override IReadOnlyList<string> Details => plan.Details;

    public async ValueTask CollectAsync(QueryExecution execution)
    {
        rest = plan.OpenAsync(execution.Context, execution.CancellationToken).GetAsyncEnumerator(execution.CancellationToken);
        while (await rest.MoveNextAsync().ConfigureAwait(false))
        {
            var morsel = rest.Current;
            if (!morsel.IsSorted || morsel.RangeOf(ordinal) is not { } range || ScanBound.ToNumber(range.Min) is not { } first || ScanBound.ToNumber(range.Max) is not { } last)
            {
                unsorted = morsel;
                return;
            }
            pieces.Add((morsel, first, range.MayHaveNulls ? Int128.MaxValue : last));
        }
        // Neighbours in a file touch at most; their order stays theirs.
        (Morsel Morsel, Int128 First, Int128 Last)[] ordered = [.. pieces.OrderBy(static piece => piece.First)];
        var open = new PriorityQueue<int, Int128>();
        foreach (var (_, first, last) in ordered)
        {
            while (open.TryPeek(out _, out var end) && end < first)
            {
                open.Dequeue();
            }
            open.Enqueue(0, last);
            if (open.Count > MostAtOnce)
            {
                return;
            }
        }
        pieces.Clear();
        pieces.AddRange(ordered);
        IsOrdered = true;
    }

    /// <summary>The least value of the order's first column in a morsel; the morsels are in the order of these.</summary>
    public Int128 FirstOf(int index) => pieces[index].First;

    /// <summary>The next morsel to open, which is the caller's then.</summary>
    public Morsel Take() => pieces[taken++].Morsel;

    /// <summary>A morsel that is not taken yet.</summary>
    public Morsel this[int index] => pieces[index].Morsel;

    public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var following = rest!;
        rest = null;
        try
        {
            while (taken < pieces.Count)
            {
                yield return Take();
            }
            if (unsorted is { } first)
            {
                unsorted = null;
                yield return first;
            }
            while (await following.MoveNextAsync().ConfigureAwait(false))
            {
                yield return following.Current;
            }
        }
        finally
        {
            await following.DisposeAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        while (taken < pieces.Count)
        {
            Take().Dispose();
        }
        unsorted?.Dispose();
        unsorted = null;
    }
}
