using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Functions;

/// <summary>Merges what was collected of a group into its t-digest. One serves all groups: what merging needs is larger than a digest.</summary>
/// <param name="isVectorized">Whether values are dealt out with vectors; what the processor does well when null.</param>
internal sealed unsafe class DigestMerger(bool? isVectorized = null) : IDisposable
{
    private readonly NativeList<double> means = new();
    private readonly NativeList<double> weights = new();
    private readonly NativeList<double> pointMeans = new();
    private readonly NativeList<double> pointWeights = new();
    private readonly NativeList<double> scratch = new();
    private readonly DigestBuckets buckets = new(isVectorized ?? DigestBuckets.IsVectorized);

    public long Bytes => means.Bytes + weights.Bytes + pointMeans.Bytes + pointWeights.Bytes + scratch.Bytes;

    /// <summary>Adds values, and what was counted.</summary>
    /// <param name="digest">The digest.</param>
    /// <param name="values">Values in any order; they are put into another.</param>
    /// <param name="weightsOfValues">Their weights; empty where all are 1.</param>
    /// <param name="cells">Counts of further values.</param>
    /// <param name="group">The group of the digest in there.</param>
    public void Merge(TDigest digest, Span<double> values, Span<double> weightsOfValues, DigestCells cells, int group)
    {
        pointMeans.Count = pointWeights.Count = 0;
        cells.Take(group, digest, pointMeans, pointWeights);
        scratch.EnsureCapacity(values.Length);
        var room = new Span<double>(scratch.Items, values.Length);
        if (weightsOfValues.IsEmpty && pointMeans.Count == 0 && TryDeal(digest, values, room))
        {
            return;
        }
        AddBounds(digest, values);
        if (weightsOfValues.IsEmpty)
        {
            SpreadSort.Sort(values, room);
        }
        else
        {
            values.Sort(weightsOfValues);
        }
        if (pointMeans.Count > 0)
        {
            Weave(pointMeans.Span, pointWeights.Span, values, weightsOfValues);
            pointMeans.Exchange(means);
            pointWeights.Exchange(weights);
            values = pointMeans.Span;
            weightsOfValues = pointWeights.Span;
        }
        MergeSorted(digest, values, weightsOfValues);
    }

    /// <summary>Adds points that are in order.</summary>
    /// <param name="digest">The digest.</param>
    /// <param name="points">The points.</param>
    /// <param name="weightsOfPoints">Their weights; empty where all are 1.</param>
    public void MergeSorted(TDigest digest, ReadOnlySpan<double> points, ReadOnlySpan<double> weightsOfPoints)
    {
        if (points.Length > 0)
        {
            var total = Weave(digest.Means, digest.Weights, points, weightsOfPoints);
            digest.Compress(means.Items, weights.Items, means.Count, total);
        }
    }

    public void Dispose()
    {
        means.Dispose();
        weights.Dispose();
        pointMeans.Dispose();
        pointWeights.Dispose();
        scratch.Dispose();
        buckets.Dispose();
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

    /// <summary>Many values need not be sorted where centroids tell where they lie.</summary>
    private bool TryDeal(TDigest digest, ReadOnlySpan<double> values, Span<double> room)
    {
        var most = digest.Means.Length + values.Length;
        means.EnsureCapacity(most);
        weights.EnsureCapacity(most);
        means.Count = weights.Count = 0;
        if (!buckets.TryMerge(digest, values, room, means, weights))
        {
            return false;
        }
        digest.Compress(means.Items, weights.Items, means.Count, digest.TotalWeight + values.Length);
        return true;
    }

    /// <summary>Lists points and values, both in order, in one. NaN comes first, as in sorting. Gives the sum of the weights.</summary>
    private double Weave(ReadOnlySpan<double> points, ReadOnlySpan<double> weightsOfPoints, ReadOnlySpan<double> values, ReadOnlySpan<double> weightsOfValues)
    {
        var count = points.Length + values.Length;
        means.Count = weights.Count = 0;
        means.EnsureCapacity(count);
        weights.EnsureCapacity(count);
        means.Count = weights.Count = count;
        var one = 1.0;
        ReadOnlySpan<double> ones = new(in one);
        var stride = weightsOfValues.IsEmpty ? 0 : 1;
        var (left, right, total) = (0, 0, 0.0);
        var mean = means.Items;
        var weight = weights.Items;
        fixed (double* leftMeans = points, leftWeights = weightsOfPoints, rightMeans = values, rightWeights = weightsOfValues.IsEmpty ? ones : weightsOfValues)
        {
            for (; right < values.Length && double.IsNaN(rightMeans[right]); right++)
            {
                *mean++ = rightMeans[right];
                total += *weight++ = rightWeights[right * stride];
            }
            // Which of both comes next cannot be foreseen: no branch asks for it.
            while (left < points.Length && right < values.Length)
            {
                var isRight = leftMeans[left] > rightMeans[right];
                var takesRight = *(byte*)&isRight;
                *mean++ = Choose(leftMeans[left], rightMeans[right], -(long)takesRight);
                total += *weight++ = Choose(leftWeights[left], rightWeights[right * stride], -(long)takesRight);
                right += takesRight;
                left += 1 - takesRight;
            }
            for (; left < points.Length; left++)
            {
                *mean++ = leftMeans[left];
                total += *weight++ = leftWeights[left];
            }
            for (; right < values.Length; right++)
            {
                *mean++ = rightMeans[right];
                total += *weight++ = rightWeights[right * stride];
            }
        }
        return total;
    }

    private static double Choose(double first, double second, long mask) =>
        BitConverter.Int64BitsToDouble((BitConverter.DoubleToInt64Bits(first) & ~mask) | (BitConverter.DoubleToInt64Bits(second) & mask));
}
