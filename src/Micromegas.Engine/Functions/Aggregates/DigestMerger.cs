using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Functions;

/// <summary>Merges collected values into t-digests. One serves all groups: what merging needs is larger than a digest.</summary>
/// <param name="size">Centroids of the digests.</param>
/// <param name="isVectorized">Whether buckets are found with vectors; what the processor does well when null.</param>
internal sealed unsafe class DigestMerger(int size, bool? isVectorized = null) : IDisposable
{
    private readonly NativeList<double> means = new();
    private readonly NativeList<double> weights = new();
    private readonly NativeList<double> scratch = new();
    private readonly DigestBuckets buckets = new(isVectorized ?? DigestBuckets.IsVectorized);

    public long Bytes => means.Bytes + weights.Bytes + scratch.Bytes;

    /// <summary>Adds values of weight 1; they are put into another order.</summary>
    public void Merge(TDigest digest, Span<double> values)
    {
        if (values.Length == 0)
        {
            return;
        }
        Reserve(digest, values.Length);
        scratch.EnsureCapacity(values.Length);
        if (buckets.TryMerge(digest, values, new Span<double>(scratch.Items, values.Length), means, weights))
        {
            digest.Compress(means.Items, weights.Items, means.Count, digest.TotalWeight + values.Length);
            return;
        }
        AddBounds(digest, values);
        SpreadSort.Sort(values, new Span<double>(scratch.Items, values.Length));
        MergeSorted(digest, values, []);
    }

    /// <summary>Adds weighted values; they are put into another order.</summary>
    public void Merge(TDigest digest, Span<double> values, Span<double> weightsOfValues)
    {
        if (values.Length == 0)
        {
            return;
        }
        Reserve(digest, values.Length);
        AddBounds(digest, values);
        values.Sort(weightsOfValues);
        MergeSorted(digest, values, weightsOfValues);
    }

    public void Dispose()
    {
        means.Dispose();
        weights.Dispose();
        scratch.Dispose();
        buckets.Dispose();
    }

    private void Reserve(TDigest digest, int more)
    {
        var most = Math.Max(size + 1, digest.Means.Length) + more;
        means.EnsureCapacity(most);
        weights.EnsureCapacity(most);
        means.Count = weights.Count = 0;
    }

    private static void AddBounds(TDigest digest, ReadOnlySpan<double> values)
    {
        var (minimum, maximum) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
        }
        digest.AddBounds(minimum, maximum);
    }

    /// <summary>Merges centroids and values, both in order. NaN comes first, as in sorting.</summary>
    private void MergeSorted(TDigest digest, ReadOnlySpan<double> values, ReadOnlySpan<double> weightsOfValues)
    {
        var knownMeans = digest.Means;
        var knownWeights = digest.Weights;
        int left = 0, right = 0;
        var total = 0.0;
        while (left < knownMeans.Length || right < values.Length)
        {
            var takesLeft = right == values.Length || (left < knownMeans.Length && !(knownMeans[left] > values[right]) && !double.IsNaN(values[right]));
            var weight = takesLeft ? knownWeights[left] : weightsOfValues.IsEmpty ? 1 : weightsOfValues[right];
            means.Add(takesLeft ? knownMeans[left++] : values[right++]);
            weights.Add(weight);
            total += weight;
        }
        digest.Compress(means.Items, weights.Items, means.Count, total);
    }
}
