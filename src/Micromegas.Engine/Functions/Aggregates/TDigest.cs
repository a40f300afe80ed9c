namespace Micromegas.Engine.Functions;

/// <summary>
/// A merging t-digest (Dunning): centroids that are narrow at both ends and wide in the middle, so that extreme quantiles stay exact. Values are
/// buffered, and merged into the centroids in sorted order. The interpolation is the one upstream uses, so small inputs give the same answers.
/// </summary>
internal sealed class TDigest(int size)
{
    /// <summary>Centroids where the call does not say how many.</summary>
    public const int DefaultCentroids = 100;

    private const int BufferSize = 512;

    private double[] means = [];
    private double[] weights = [];
    private int count;
    private double[] bufferedMeans = [];
    private double[] bufferedWeights = [];
    private double[] mergedMeans = [];
    private double[] mergedWeights = [];
    private int buffered;
    private double totalWeight;

    /// <summary>Whether every buffered weight is 1; then the values are sorted without them.</summary>
    private bool isUnweighted = true;

    public double Minimum { get; private set; } = double.PositiveInfinity;

    public double Maximum { get; private set; } = double.NegativeInfinity;

    public bool IsEmpty => count == 0 && buffered == 0;

    public long Bytes => 96 + ((means.Length + weights.Length + bufferedMeans.Length + bufferedWeights.Length + mergedMeans.Length + mergedWeights.Length) * 8L);

    public void Add(double value, double weight)
    {
        if (buffered == bufferedMeans.Length)
        {
            if (buffered >= BufferSize)
            {
                Merge();
            }
            else
            {
                Array.Resize(ref bufferedMeans, Math.Max(8, Math.Min(buffered * 2, BufferSize)));
                Array.Resize(ref bufferedWeights, bufferedMeans.Length);
            }
        }
        bufferedMeans[buffered] = value;
        bufferedWeights[buffered++] = weight;
        isUnweighted &= weight == 1;
        Minimum = Math.Min(Minimum, value);
        Maximum = Math.Max(Maximum, value);
    }

    /// <summary>Takes over the centroids of another digest.</summary>
    public void AddBounds(double minimum, double maximum)
    {
        Minimum = Math.Min(Minimum, minimum);
        Maximum = Math.Max(Maximum, maximum);
    }

    /// <summary>The centroids, in order of their means.</summary>
    public void Export(Action<double, double> centroid)
    {
        Merge();
        for (var i = 0; i < count; i++)
        {
            centroid(means[i], weights[i]);
        }
    }

    /// <summary>The value below which a share of the weight lies.</summary>
    public double Quantile(double share)
    {
        Merge();
        if (share <= 0)
        {
            return Minimum;
        }
        if (share >= 1)
        {
            return Maximum;
        }
        var rank = share * totalWeight;
        int at;
        double below;
        if (share > 0.5)
        {
            at = 0;
            below = totalWeight;
            for (var i = count - 1; i >= 0; i--)
            {
                below -= weights[i];
                if (rank >= below)
                {
                    at = i;
                    break;
                }
            }
        }
        else
        {
            at = count - 1;
            below = 0;
            for (var i = 0; i < count; i++)
            {
                if (rank < below + weights[i])
                {
                    at = i;
                    break;
                }
                below += weights[i];
            }
        }
        var low = at > 0 ? means[at - 1] : Minimum;
        var high = at < count - 1 ? means[at + 1] : Maximum;
        var delta = count == 1 ? 0
            : at == 0 ? means[1] - means[0]
            : at == count - 1 ? means[at] - means[at - 1]
            : (means[at + 1] - means[at - 1]) / 2;
        var value = means[at] + (((rank - below) / weights[at]) - 0.5) * delta;
        return double.IsNaN(value) || !(low <= high) ? value : Math.Clamp(value, low, high);
    }

    private void Merge()
    {
        if (buffered == 0)
        {
            return;
        }
        if (mergedMeans.Length < count + buffered)
        {
            mergedMeans = new double[size + 1 + Math.Max(BufferSize, buffered)];
            mergedWeights = new double[mergedMeans.Length];
        }
        if (isUnweighted)
        {
            SpreadSort.Sort(bufferedMeans.AsSpan(0, buffered), mergedMeans);
        }
        else
        {
            bufferedMeans.AsSpan(0, buffered).Sort(bufferedWeights.AsSpan(0, buffered));
        }
        var total = MergeSorted();
        buffered = 0;
        isUnweighted = true;
        Compress(total);
    }

    /// <summary>Merges centroids and buffer, both in order, into one list; gives its length. NaN comes first, as in sorting.</summary>
    private int MergeSorted()
    {
        int left = 0, right = 0, to = 0;
        var total = 0.0;
        while (left < count || right < buffered)
        {
            var takesLeft = right == buffered || (left < count && !(means[left] > bufferedMeans[right]) && !double.IsNaN(bufferedMeans[right]));
            (mergedMeans[to], mergedWeights[to]) = takesLeft ? (means[left], weights[left++]) : (bufferedMeans[right], bufferedWeights[right++]);
            total += mergedWeights[to++];
        }
        totalWeight = total;
        return to;
    }

    /// <summary>Joins neighbours in the merged list as far as the size allows; what is left are the centroids.</summary>
    private void Compress(int total)
    {
        var (allMeans, allWeights) = (mergedMeans, mergedWeights);
        var into = 0;
        var step = 1;
        var limit = Limit(step++) * totalWeight;
        var soFar = allWeights[0];
        for (var i = 1; i < total; i++)
        {
            soFar += allWeights[i];
            if (soFar <= limit)
            {
                var weight = allWeights[into] + allWeights[i];
                allMeans[into] += (allMeans[i] - allMeans[into]) * (allWeights[i] / weight);
                allWeights[into] = weight;
                continue;
            }
            limit = Limit(step++) * totalWeight;
            into++;
            (allMeans[into], allWeights[into]) = (allMeans[i], allWeights[i]);
        }
        count = into + 1;
        if (means.Length < count)
        {
            means = new double[Math.Max(count, size + 1)];
            weights = new double[means.Length];
        }
        allMeans.AsSpan(0, count).CopyTo(means);
        allWeights.AsSpan(0, count).CopyTo(weights);
    }

    /// <summary>The share of the weight that the first <paramref name="step"/> centroids may hold.</summary>
    private double Limit(int step)
    {
        var ratio = (double)step / size;
        if (ratio >= 1)
        {
            return 1;
        }
        return ratio >= 0.5 ? 1 - (2 * (1 - ratio) * (1 - ratio)) : 2 * ratio * ratio;
    }
}
