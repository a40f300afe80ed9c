using System.Numerics;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Functions;

/// <summary>Finds the value of a rank without sorting.</summary>
internal static unsafe class RankSelection<T, TRank>
    where T : unmanaged
    where TRank : struct, IRank<T>
{
    /// <summary>From this many items on a sample tells where the rank lies.</summary>
    public const int Many = 4096;

    private const int SampleSize = 512;

    /// <summary>Places in the sample around the rank's: four standard deviations.</summary>
    private const int Margin = 48;

    /// <summary>
    /// Copies the items around a rank: those between two of a sorted sample. One pass without branches that depend on values takes the place of several that
    /// guess wrong at every other item (after Floyd and Rivest, Algorithm 489).
    /// </summary>
    /// <param name="items">At least <see cref="Many"/> items.</param>
    /// <param name="rank">The rank; the item behind it must be among the copied ones too, if there is one.</param>
    /// <param name="target">Room for as many items.</param>
    /// <param name="below">Items that are less than those copied.</param>
    /// <returns>How many were copied; 0 when the sample misled.</returns>
    public static int Narrow(ReadOnlySpan<T> items, int rank, T* target, out int below)
    {
        var sample = stackalloc T[SampleSize];
        var step = (double)items.Length / SampleSize;
        for (var i = 0; i < SampleSize; i++)
        {
            sample[i] = items[(int)(i * step)];
        }
        new Span<T>(sample, SampleSize).Sort(static (left, right) => TRank.Compare(left, right));
        var place = (int)(rank / step);
        var hasLow = place >= Margin;
        var hasHigh = place + Margin < SampleSize;
        var low = sample[hasLow ? place - Margin : 0];
        var high = sample[hasHigh ? place + Margin : SampleSize - 1];
        var count = 0;
        below = 0;
        foreach (var item in items)
        {
            var isBelow = hasLow & TRank.IsLess(item, low);
            var isAbove = hasHigh & TRank.IsLess(high, item);
            target[count] = item;
            count += isBelow | isAbove ? 0 : 1;
            below += isBelow ? 1 : 0;
        }
        return rank >= below && Math.Min(rank + 1, items.Length - 1) < below + count ? count : 0;
    }

    /// <summary>Brings the item of a rank to its place, smaller ones before and larger ones behind it.</summary>
    public static void Select(Span<T> items, int rank)
    {
        int low = 0, high = items.Length - 1;
        var limit = 2 * BitOperations.Log2((uint)items.Length + 1) + 8;
        while (high - low > 16)
        {
            Interruption.ThrowIfRequested();
            if (--limit == 0)
            {
                break;
            }
            var pivot = Middle(items[low], items[low + ((high - low) / 2)], items[high]);
            int i = low, j = high;
            while (i <= j)
            {
                while (TRank.IsLess(items[i], pivot))
                {
                    i++;
                }
                while (TRank.IsLess(pivot, items[j]))
                {
                    j--;
                }
                if (i <= j)
                {
                    (items[i], items[j]) = (items[j], items[i]);
                    i++;
                    j--;
                }
            }
            if (rank <= j)
            {
                high = j;
            }
            else if (rank >= i)
            {
                low = i;
            }
            else
            {
                return;
            }
        }
        // A short rest, or one that pivots did not shrink.
        items[low..(high + 1)].Sort(static (left, right) => TRank.Compare(left, right));
    }

    private static T Middle(T a, T b, T c)
    {
        if (TRank.IsLess(b, a))
        {
            (a, b) = (b, a);
        }
        return !TRank.IsLess(c, b) ? b : TRank.IsLess(c, a) ? a : c;
    }
}
