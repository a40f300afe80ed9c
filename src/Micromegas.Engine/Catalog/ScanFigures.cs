using System.Globalization;

namespace Micromegas.Engine.Catalog;

/// <summary>What a scan fetched, and how often it paid to look at dictionaries before the rest: for EXPLAIN ANALYZE, and for the scan to decide whether to look again. Thread-safe.</summary>
public sealed class ScanFigures
{
    private long fetched;
    private int looks;
    private int exclusions;

    /// <summary>Row groups of which nothing but dictionaries was fetched, because none of their values satisfies a predicate.</summary>
    public int ExcludedByDictionary => Volatile.Read(ref exclusions);

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
                yield return string.Create(CultureInfo.InvariantCulture, $"row groups excluded by dictionaries fetched first={ExcludedByDictionary} of {Volatile.Read(ref looks)}");
            }
        }
    }

    internal void CountFetched(long bytes) => Interlocked.Add(ref fetched, bytes);

    /// <summary>
    /// Whether to look at dictionaries first: the bytes that this may spare, times the part of the looks that spared them so far (one in two before there was any), against what a look costs.
    /// </summary>
    /// <param name="rest">Bytes that need not be fetched when the dictionaries exclude the row group.</param>
    /// <param name="cost">What the look costs, in bytes that arrive meanwhile.</param>
    internal bool IsLookWorth(long rest, long cost) =>
        (double)rest * (Volatile.Read(ref exclusions) + 1) > (double)cost * (Volatile.Read(ref looks) + 2);

    internal void CountLook(bool excludes)
    {
        if (excludes)
        {
            Interlocked.Increment(ref exclusions);
        }
        Interlocked.Increment(ref looks);
    }
}
