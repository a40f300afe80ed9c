using System.Runtime.CompilerServices;

namespace Micromegas.Engine.Functions;

/// <summary>
/// A merging t-digest (Dunning): centroids that are narrow at both ends and wide in the middle, so that extreme quantiles stay exact. Values are
/// collected elsewhere and merged in order (<see cref="DigestMerger"/>). The interpolation is the one upstream uses, so small inputs give the same answers.
/// </summary>
internal sealed unsafe class TDigest(int size)
{
    /// <summary>Centroids where the call does not say how many.</summary>
    public const int DefaultCentroids = 100;

    private readonly double evenPart = 2.0 / ((double)size * size);
    private readonly double growingPart = 4 * Math.Sqrt(0.5) / size;
    private double[] means = [];
    private double[] weights = [];
    private int count;

    public double Minimum { get; private set; } = double.PositiveInfinity;

    public double Maximum { get; private set; } = double.NegativeInfinity;

    public double TotalWeight { get; private set; }

    public bool IsEmpty => count == 0;

    /// <summary>Means of the centroids, in order.</summary>
    public ReadOnlySpan<double> Means => means.AsSpan(0, count);

    /// <summary>Weights of the centroids.</summary>
    public ReadOnlySpan<double> Weights => weights.AsSpan(0, count);

    public long Bytes => 112 + ((means.Length + weights.Length) * 8L);

    /// <summary>Takes notice of values that are, or were elsewhere, between two others.</summary>
    public void AddBounds(double minimum, double maximum)
    {
        Minimum = Math.Min(Minimum, minimum);
        Maximum = Math.Max(Maximum, maximum);
    }

    /// <summary>The value below which a share of the weight lies.</summary>
    public double Quantile(double share)
    {
        if (share <= 0)
        {
            return Minimum;
        }
        if (share >= 1)
        {
            return Maximum;
        }
        var rank = share * TotalWeight;
        int at;
        double below;
        if (share > 0.5)
        {
            at = 0;
            below = TotalWeight;
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

    /// <summary>Puts points in the place of the centroids: neighbours are joined as far as the size allows.</summary>
    /// <param name="allMeans">The points in order; overwritten.</param>
    /// <param name="allWeights">Their weights; overwritten.</param>
    /// <param name="total">How many; one at least.</param>
    /// <param name="weight">The sum of the weights.</param>
    public void Compress(double* allMeans, double* allWeights, int total, double weight)
    {
        TotalWeight = weight;
        var into = 0;
        var step = 1;
        var limit = Limit(step++) * weight;
        var soFar = allWeights[0];
        for (var i = 1; i < total; i++)
        {
            soFar += allWeights[i];
            if (soFar <= limit)
            {
                var joined = allWeights[into] + allWeights[i];
                allMeans[into] += (allMeans[i] - allMeans[into]) * (allWeights[i] / joined);
                allWeights[into] = joined;
                continue;
            }
            limit = Limit(step++) * weight;
            into++;
            (allMeans[into], allWeights[into]) = (allMeans[i], allWeights[i]);
        }
        count = into + 1;
        if (means.Length < count)
        {
            means = new double[Math.Max(count, size + 1)];
            weights = new double[means.Length];
        }
        new ReadOnlySpan<double>(allMeans, count).CopyTo(means);
        new ReadOnlySpan<double>(allWeights, count).CopyTo(weights);
    }

    /// <summary>The weight that a centroid may have where so much lies before it, or behind it, whichever is less: from one limit to the next.</summary>
    /// <param name="before">The weight.</param>
    /// <param name="total">The weight of all.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double WeightAt(double before, double total) =>
        (evenPart * total) + (growingPart * Math.Sqrt(Math.Max(before, 0) * total));

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
