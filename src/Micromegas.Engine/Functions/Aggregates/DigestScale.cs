using System.Runtime.CompilerServices;

namespace Micromegas.Engine.Functions;

/// <summary>
/// Divides the range of a group's values into cells: where a value lies in them is read off the leading bits of a floating-point number. What is added to a value
/// first decides between cells of equal width (all sums then have one exponent) and cells that widen in proportion to the distance from one end.
/// </summary>
internal struct DigestScale
{
    public const int MostCells = 512;

    /// <summary>Bits of a place that say where in its cell a value lies.</summary>
    public const int FractionBits = 9;

    /// <summary>Each end of the values that lies outside of the cells, as a share of all.</summary>
    private const double OuterShare = 0.0025;

    /// <summary>A scale of which full cells would refuse less than this share of the values is good enough.</summary>
    private const double SmallShare = 0.04;

    /// <summary>Where the best scale would refuse more than this, counting does not pay.</summary>
    private const double LargeShare = 0.25;

    /// <summary>Sums and differences of values up to this one are finite.</summary>
    private const double Largest = 1e290;

    /// <summary>1, or -1 where cells widen downwards.</summary>
    private double factor;
    private double offset;

    /// <summary>The bits of the first cell's lower end.</summary>
    private ulong first;

    /// <summary>From bits to a place.</summary>
    private int shift;

    /// <summary>The number of cells; 0 where there are none.</summary>
    public int CellCount;

    /// <summary>Whether cells lie in the order of values, not in the opposite one.</summary>
    public readonly bool IsAscending => factor > 0;

    /// <summary>The cell of a value, and below the last <see cref="FractionBits"/> its place in there. NaN, infinity and what is outside lie far above the last cell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ulong Place(double value) => (BitConverter.DoubleToUInt64Bits(Math.FusedMultiplyAdd(value, factor, offset)) - first) >> shift;

    /// <summary>The cell of a value; -1 or <see cref="CellCount"/> where it lies before or behind all.</summary>
    public readonly int CellOf(double value)
    {
        var cell = Place(value) >> FractionBits;
        return cell < (uint)CellCount ? (int)cell : (value * factor) + offset < BitConverter.UInt64BitsToDouble(first) ? -1 : CellCount;
    }

    /// <summary>The value at a place, whose part within the cell need not be whole.</summary>
    public readonly double ValueAt(int cell, double fraction) =>
        (BitConverter.UInt64BitsToDouble(first + ((ulong)cell << (FractionBits + shift)) + (ulong)(fraction * (1L << shift))) - offset) * factor;

    /// <summary>Finds cells that suit a distribution; false where there are none.</summary>
    public static bool TryFind(TDigest digest, out DigestScale scale)
    {
        scale = default;
        var means = digest.Means;
        if (!(Math.Abs(means[0]) < Largest && Math.Abs(means[^1]) < Largest))
        {
            return false;
        }
        var (low, high) = (MeanAt(digest, OuterShare), MeanAt(digest, 1 - OuterShare));
        if (low == high)
        {
            // One value is nearly all there is: any cell will do.
            var around = Math.Max(Math.Abs(low), 1) / (1 << 20);
            return scale.TrySet(1, (2 * around) - low, around, 3 * around);
        }
        // A power of two that is no less: sums of it and whole numbers are exact.
        var width = high - low;
        var unit = Math.ScaleB(1, Math.ILogB(width) + 1);
        var best = double.PositiveInfinity;
        for (var step = 0; step <= 16 && best > SmallShare; step += 4)
        {
            var nearest = Math.ScaleB(unit, -step);
            for (var direction = 1; direction >= (step == 0 ? 1 : -1) && best > SmallShare; direction -= 2)
            {
                var candidate = default(DigestScale);
                if (candidate.TrySet(direction, nearest - (direction > 0 ? low : -high), nearest, nearest + width)
                    && candidate.RefusedShare(digest) is var refused && refused < best)
                {
                    best = refused;
                    scale = candidate;
                }
            }
        }
        if (best >= LargeShare)
        {
            scale = default;
        }
        return scale.CellCount > 0;
    }

    /// <summary>The mean of the centroid that holds a share's rank.</summary>
    private static double MeanAt(TDigest digest, double share)
    {
        var means = digest.Means;
        var weights = digest.Weights;
        var rank = share * digest.TotalWeight;
        var at = 0;
        for (; at < means.Length - 1 && rank >= weights[at]; at++)
        {
            rank -= weights[at];
        }
        return means[at];
    }

    /// <param name="direction">1, or -1 for the order opposite to the values'.</param>
    /// <param name="added">What is added to values.</param>
    /// <param name="from">The first cell begins here.</param>
    /// <param name="to">Some cell includes this.</param>
    /// <returns>False where floating-point numbers are not dense enough.</returns>
    private bool TrySet(int direction, double added, double from, double to)
    {
        factor = direction;
        offset = added;
        first = BitConverter.DoubleToUInt64Bits(from);
        var span = BitConverter.DoubleToUInt64Bits(to) - first;
        shift = Math.Max(0, 64 - FractionBits - System.Numerics.BitOperations.LeadingZeroCount(span / MostCells));
        CellCount = (int)(span >> (shift + FractionBits)) + 1;
        // Within a cell values must lie in proportion to their bits, and the fraction must be there.
        return double.IsNormal(from) && shift > 0 && shift + FractionBits <= 52;
    }

    /// <summary>The share of values whose cells would be full soon, as the centroids have it.</summary>
    private readonly double RefusedShare(TDigest digest)
    {
        var means = digest.Means;
        var weights = digest.Weights;
        var total = digest.TotalWeight;
        var (below, refused) = (weights[0] / 2, 0.0);
        for (var i = 1; i < means.Length; i++)
        {
            var weight = (weights[i - 1] + weights[i]) / 2;
            var (from, to) = (Place(means[i - 1]), Place(means[i]));
            var end = (ulong)CellCount << FractionBits;
            // Of equal means nothing is to be learnt.
            if (from < end && to < end && means[i - 1] != means[i])
            {
                var limit = digest.WeightAt(Math.Min(below, total - below - weight), total);
                refused += weight * (1 << FractionBits) > limit * Math.Abs((long)(to - from)) ? weight : 0;
            }
            below += weight;
        }
        return refused / total;
    }
}
