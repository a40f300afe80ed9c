using System.Globalization;

namespace Micromegas.Engine.Catalog;

/// <summary>What a scan fetched, and how often it paid to look at predicates' columns before the others: for EXPLAIN ANALYZE, and for the scan to decide whether to look again. Thread-safe.</summary>
public sealed class ScanFigures
{
    /// <summary>Looks in vain after which no more are made.</summary>
    private const int MostVain = 4;

    private long fetched;
    private int looks;
    private int exclusions;
    private int narrowed;

    /// <summary>In a few words; none when nothing was fetched.</summary>
    internal IEnumerable<string> Details
    {
        get
        {
            if (Volatile.Read(ref fetched) > 0)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"bytes fetched={Volatile.Read(ref fetched)}");
            }
            if (Volatile.Read(ref looks) > 0)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"row groups looked at first={Volatile.Read(ref looks)} excluded={Volatile.Read(ref exclusions)} narrowed={Volatile.Read(ref narrowed)}");
            }
        }
    }

    internal void CountFetched(long bytes) => Interlocked.Add(ref fetched, bytes);

    /// <summary>
    /// Whether to look at the predicates' columns first: the bytes that this may spare, times the part of the looks that spared some so far (one in two before there was any), against what a look
    /// costs. Several looks in vain are enough.
    /// </summary>
    /// <param name="rest">Bytes that need not be fetched when no row satisfies the predicates.</param>
    /// <param name="cost">What the look costs, in bytes that arrive meanwhile.</param>
    internal bool IsLookWorth(long rest, long cost)
    {
        var (tried, paid) = (Volatile.Read(ref looks), Volatile.Read(ref exclusions) + Volatile.Read(ref narrowed));
        return (paid > 0 || tried < MostVain) && (double)rest * (paid + 1) > (double)cost * (tried + 2);
    }

    /// <summary>A row group's predicates were looked at first.</summary>
    /// <param name="excludes">Whether no row satisfies them.</param>
    /// <param name="narrows">Whether not all rows may.</param>
    internal void CountLook(bool excludes, bool narrows)
    {
        if (narrows)
        {
            Interlocked.Increment(ref excludes ? ref exclusions : ref narrowed);
        }
        Interlocked.Increment(ref looks);
    }
}
