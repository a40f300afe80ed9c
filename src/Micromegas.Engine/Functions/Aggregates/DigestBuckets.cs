using System.Numerics;
using System.Runtime.Intrinsics;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Functions;

/// <summary>
/// Deals many values out between the centroids of a digest instead of sorting them: two buckets lie between two neighbours, half as wide as the centroids
/// are, and of a bucket only number and mean go into the digest. A bucket that holds more than one centroid may hold at its place (values are not
/// distributed as before) is put in order, and its values go in one by one; so no point is wider than what the digest itself would have joined.
/// </summary>
internal sealed unsafe class DigestBuckets(bool isVectorized) : IDisposable
{
    /// <summary>From this many values on dealing out is cheaper than sorting.</summary>
    private const int FewestValues = 512;

    /// <summary>Fewer centroids say too little about where values lie.</summary>
    private const int FewestCentroids = 8;

    private const int BlockSize = 16;
    private const int BlockCount = 16;
    private const int BucketCount = BlockSize * BlockCount;

    /// <summary>Sums of any number of values up to this one, and differences of them, are finite.</summary>
    private const double Largest = 1e290;

    private NativeBuffer? memory;

    public static bool IsVectorized => Vector512.IsHardwareAccelerated;

    /// <summary>Lists the points of a digest and further values, in order.</summary>
    /// <param name="digest">The digest; only its bounds change.</param>
    /// <param name="values">The values, of weight 1.</param>
    /// <param name="scratch">As long as <paramref name="values"/>.</param>
    /// <param name="means">The points; has room for all of them.</param>
    /// <param name="weights">Their weights; has room for all of them.</param>
    /// <returns>False for few values, and for those that have no place between others; nothing was done then.</returns>
    public bool TryMerge(TDigest digest, ReadOnlySpan<double> values, Span<double> scratch, NativeList<double> means, NativeList<double> weights)
    {
        var centroids = digest.Means;
        if (values.Length < FewestValues || centroids.Length < FewestCentroids || (2 * centroids.Length) - 1 >= BucketCount
            || !(Math.Abs(centroids[0]) < Largest && Math.Abs(centroids[^1]) < Largest) || !TryFindBounds(values, out var minimum, out var maximum))
        {
            return false;
        }
        digest.AddBounds(minimum, maximum);
        var work = Work(values.Length);
        SetSplitters(work, centroids);
        new Span<Bucket>(work.Buckets, BucketCount).Clear();
        fixed (double* items = values)
        {
            if (isVectorized)
            {
                Deal(items, values.Length, work);
            }
            else
            {
                DealByHalving(items, values.Length, work);
            }
            fixed (double* room = scratch)
            {
                if (FindLarge(digest, work, values.Length) > 0)
                {
                    Gather(items, values.Length, work, room);
                }
                List(digest, work, room, means, weights);
            }
        }
        return true;
    }

    public void Dispose()
    {
        memory?.Dispose();
        memory = null;
    }

    private Workspace Work(int valueCount)
    {
        var fixedBytes = (BucketCount * (sizeof(double) + sizeof(double) + sizeof(Bucket) + sizeof(int))) + (BlockCount * sizeof(double));
        if (memory is null || memory.Capacity < fixedBytes + (valueCount * (1L + sizeof(int))))
        {
            memory?.Dispose();
            memory = BufferPool.Shared.Rent(fixedBytes + (valueCount * (1L + sizeof(int))));
        }
        Workspace work;
        work.Splitters = (double*)memory.Pointer;
        work.LastOfBlocks = work.Splitters + BucketCount;
        work.Bases = work.LastOfBlocks + BlockCount;
        work.Buckets = (Bucket*)(work.Bases + BucketCount);
        work.Starts = (int*)(work.Buckets + BucketCount);
        work.Rows = work.Starts + BucketCount;
        work.Places = (byte*)(work.Rows + valueCount);
        return work;
    }

    /// <summary>False where some value is NaN, infinite or nearly so.</summary>
    private static bool TryFindBounds(ReadOnlySpan<double> values, out double minimum, out double maximum) =>
        FiniteRange.TryFind(values, out minimum, out maximum) && Math.Abs(minimum) < Largest && Math.Abs(maximum) < Largest;

    /// <summary>Means and the middles between them; a value's bucket is the number of splitters that are not above it.</summary>
    private static void SetSplitters(in Workspace work, ReadOnlySpan<double> centroids)
    {
        var splitters = work.Splitters;
        var bases = work.Bases;
        var count = 0;
        var last = centroids[0];
        bases[0] = last;
        for (var i = 0; i < centroids.Length; i++)
        {
            // Means that rounding has put out of order by a bit are in order here.
            var mean = Math.Max(centroids[i], last);
            if (i > 0)
            {
                splitters[count++] = last = last + ((mean - last) / 2);
                bases[count] = last;
            }
            splitters[count++] = last = mean;
            bases[count] = last;
        }
        new Span<double>(splitters + count, BucketCount - count).Fill(double.PositiveInfinity);
        for (var block = 0; block < BlockCount; block++)
        {
            work.LastOfBlocks[block] = splitters[(block * BlockSize) + BlockSize - 1];
        }
    }

    /// <summary>Sixteen splitters tell the block, the block's sixteen the bucket.</summary>
    private static void Deal(double* values, int count, in Workspace work)
    {
        var splitters = work.Splitters;
        var bases = work.Bases;
        var buckets = work.Buckets;
        var places = work.Places;
        var low = Vector512.Load(work.LastOfBlocks);
        var high = Vector512.Load(work.LastOfBlocks + 8);
        for (var i = 0; i < count; i++)
        {
            var value = values[i];
            var all = Vector512.Create(value);
            var block = NotAbove(low, high, all) * BlockSize;
            var place = block + NotAbove(Vector512.Load(splitters + block), Vector512.Load(splitters + block + 8), all);
            places[i] = (byte)place;
            buckets[place].Sum += value - bases[place];
            buckets[place].Count++;
        }
    }

    private static int NotAbove(Vector512<double> low, Vector512<double> high, Vector512<double> value) =>
        BitOperations.PopCount((uint)(Vector512.LessThanOrEqual(low, value).ExtractMostSignificantBits() | (Vector512.LessThanOrEqual(high, value).ExtractMostSignificantBits() << 8)));

    private static void DealByHalving(double* values, int count, in Workspace work)
    {
        var splitters = work.Splitters;
        var bases = work.Bases;
        var buckets = work.Buckets;
        var places = work.Places;
        for (var i = 0; i < count; i++)
        {
            var value = values[i];
            var place = 0;
            for (var half = BucketCount / 2; half > 0; half /= 2)
            {
                place += splitters[place + half - 1] <= value ? half : 0;
            }
            places[i] = (byte)place;
            buckets[place].Sum += value - bases[place];
            buckets[place].Count++;
        }
    }

    /// <summary>Marks buckets that hold too much, and gives each its place among the values that are gathered. Gives their number of values.</summary>
    private static int FindLarge(TDigest digest, in Workspace work, int valueCount)
    {
        var known = digest.Weights;
        var total = digest.TotalWeight + valueCount;
        var below = 0.0;
        var gathered = 0;
        for (var place = 0; place < 2 * known.Length; place++)
        {
            if ((place & 1) != 0)
            {
                below += known[place / 2];
            }
            var count = work.Buckets[place].Count;
            work.Starts[place] = -1;
            if (count > 1 && count > digest.WeightAt(Math.Min(below, total - below - count), total))
            {
                work.Starts[place] = gathered;
                gathered += (int)count;
            }
            below += count;
        }
        return gathered;
    }

    /// <summary>Copies the values of large buckets, bucket by bucket.</summary>
    private static void Gather(double* values, int count, in Workspace work, double* target)
    {
        var rows = work.Rows;
        var found = 0;
        for (var i = 0; i < count; i++)
        {
            rows[found] = i;
            found += work.Starts[work.Places[i]] >= 0 ? 1 : 0;
        }
        for (var i = 0; i < found; i++)
        {
            var row = rows[i];
            target[work.Starts[work.Places[row]]++] = values[row];
        }
    }

    private static void List(TDigest digest, in Workspace work, double* gathered, NativeList<double> means, NativeList<double> weights)
    {
        var knownMeans = digest.Means;
        var knownWeights = digest.Weights;
        for (var place = 0; place < 2 * knownMeans.Length; place++)
        {
            if ((place & 1) != 0)
            {
                means.Add(knownMeans[place / 2]);
                weights.Add(knownWeights[place / 2]);
            }
            ref var bucket = ref work.Buckets[place];
            if (bucket.Count == 0)
            {
                continue;
            }
            if (work.Starts[place] < 0)
            {
                means.Add(work.Bases[place] + (bucket.Sum / bucket.Count));
                weights.Add(bucket.Count);
                continue;
            }
            // Gathering has moved the start to the end.
            var values = new Span<double>(gathered + work.Starts[place] - bucket.Count, (int)bucket.Count);
            if (values.ContainsAnyExcept(values[0]))
            {
                values.Sort();
            }
            foreach (var value in values)
            {
                means.Add(value);
                weights.Add(1);
            }
        }
    }

    /// <summary>The number of values of a bucket, and the sum of what they are above its lower end.</summary>
    private struct Bucket
    {
        public double Sum;
        public long Count;
    }

    private struct Workspace
    {
        /// <summary>In order; infinity behind the last.</summary>
        public double* Splitters;

        /// <summary>Every sixteenth splitter.</summary>
        public double* LastOfBlocks;

        /// <summary>The lower end of each bucket.</summary>
        public double* Bases;

        public Bucket* Buckets;

        /// <summary>Where a bucket's values are gathered; -1 where they are not.</summary>
        public int* Starts;

        public int* Rows;

        /// <summary>The bucket of each value.</summary>
        public byte* Places;
    }
}
