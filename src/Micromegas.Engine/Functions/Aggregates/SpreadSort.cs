namespace Micromegas.Engine.Functions;

/// <summary>
/// Sorts some hundred numbers by their place between the least and the greatest: they are dealt out to as many buckets, and what shares a bucket is put in
/// order. A third of the cost of comparing where the numbers are spread at all, or lie in some heaps that are; where they are not, the buckets are sorted by comparing.
/// </summary>
internal static unsafe class SpreadSort
{
    private const int Buckets = 256;

    /// <summary>Fewer numbers are sorted by comparing.</summary>
    private const int Fewest = 48;

    /// <summary>Up to so many numbers of a bucket are put in order one by one.</summary>
    private const int SmallBucket = Fewest;

    /// <summary>Sorts as <see cref="MemoryExtensions.Sort{T}(Span{T})"/> does.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="scratch">As long at least; what it holds is lost.</param>
    public static void Sort(Span<double> values, Span<double> scratch)
    {
        if (values.Length < Fewest || !TryFindScale(values, out var least, out var scale))
        {
            values.Sort();
            return;
        }
        var ends = stackalloc int[Buckets + 1];
        new Span<int>(ends, Buckets + 1).Clear();
        // One bucket behind its own: the sums then are the starts, and after dealing out the ends.
        foreach (var value in values)
        {
            ends[(int)((value - least) * scale) + 1]++;
        }
        for (var bucket = 1; bucket < Buckets; bucket++)
        {
            ends[bucket] += ends[bucket - 1];
        }
        fixed (double* dealt = scratch[..values.Length])
        {
            foreach (var value in values)
            {
                dealt[ends[(int)((value - least) * scale)]++] = value;
            }
        }
        scratch[..values.Length].CopyTo(values);
        var start = 0;
        for (var bucket = 0; bucket < Buckets; bucket++)
        {
            var end = ends[bucket];
            // What lies in heaps far from each other is spread again, heap by heap.
            if (end - start >= Fewest && end - start <= values.Length - (values.Length / 4))
            {
                Sort(values[start..end], scratch);
            }
            else if (end - start > 1)
            {
                SortBucket(values[start..end]);
            }
            start = end;
        }
    }

    private static void SortBucket(Span<double> values)
    {
        if (values.Length > SmallBucket)
        {
            values.Sort();
            return;
        }
        fixed (double* items = values)
        {
            for (var i = 1; i < values.Length; i++)
            {
                var value = items[i];
                var to = i;
                while (to > 0 && items[to - 1] > value)
                {
                    items[to] = items[to - 1];
                    to--;
                }
                items[to] = value;
            }
        }
    }

    /// <summary>False for numbers that have no place between two others: NaN, infinities, all the same.</summary>
    private static bool TryFindScale(ReadOnlySpan<double> values, out double least, out double scale)
    {
        var isFinite = FiniteRange.TryFind(values, out least, out var greatest);
        scale = (Buckets - 1) / (greatest - least);
        return isFinite && double.IsFinite(scale) && scale > 0;
    }
}
