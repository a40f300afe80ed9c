using Micromegas.Columnar;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Tests.Expressions;

namespace Micromegas.Engine.Tests.Functions;

/// <summary>Approximate percentiles: few values give upstream's answer to the last bit, many stay within what a t-digest promises.</summary>
public unsafe class DigestTests
{
    private const int Size = TDigest.DefaultCentroids;

    private static readonly double[] Shares = [0, 0.001, 0.05, 0.5, 0.6, 0.95, 0.999, 1];

    public static TheoryData<string> Shapes =>
        ["uniform", "exponential", "heavy", "constant", "clusters", "ascending", "descending", "tiny", "few", "normal", "drifting", "outliers", "huge", "zeros", "twosided", "narrowing", "negative", "atoms"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Few_values_give_what_one_compression_of_sorted_values_gives(string shape)
    {
        foreach (var count in (int[])[1, 2, 3, 99, 100, 101, 300, 512])
        {
            var values = Values(shape, count);
            foreach (var share in Shares)
            {
                Assert.Equal(OneCompression(values, share), Single(values, share, 7));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Many_values_stay_within_the_width_of_a_centroid(string shape)
    {
        var values = Values(shape, 20_000);
        var sorted = values.Order().ToArray();
        foreach (var share in Shares)
        {
            AssertNear(sorted, share, Single(values, share, 2048), 1, "at once");
            AssertNear(sorted, share, Single(values, share, 100), 1, "in pieces of 100");
            AssertNear(sorted, share, Merged(values, share, 2), 1.5, "merged of 2");
            AssertNear(sorted, share, Merged(values, share, 7), 1.5, "merged of 7");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_hundred_thousand_values_stay_there_too(string shape)
    {
        var values = Values(shape, 100_000);
        var sorted = values.Order().ToArray();
        using var accumulator = New(0.5, false);
        Feed(accumulator, values, 2048);
        var state = accumulator.ExportState(0, 1);
        Assert.Equal(100_000, ((FlatVector<double>)((ListVector)state[3]).Items).Span.ToArray().Sum());
        foreach (var share in Shares)
        {
            using var other = New(share, false);
            var group = 0;
            other.ImportState(state, &group, 1);
            AssertNear(sorted, share, Result(other), 1.5, "exported");
        }
        foreach (var column in state)
        {
            column.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Vectors_and_halving_find_the_same_buckets(string shape)
    {
        var values = Values(shape, 20_000);
        using var cells = new DigestCells();
        cells.Resize(1);
        using var vectors = new DigestMerger(isVectorized: true);
        using var halving = new DigestMerger(isVectorized: false);
        var (left, right) = (new TDigest(Size), new TDigest(Size));
        foreach (var piece in values.Chunk(2048))
        {
            vectors.Merge(left, [.. piece], [], cells, 0);
            halving.Merge(right, [.. piece], [], cells, 0);
        }
        Assert.Equal(left.Means, right.Means);
        Assert.Equal(left.Weights, right.Weights);
        Assert.Equal(20_000, left.Weights.ToArray().Sum());
        Assert.True(left.Means.Length <= Size + 1);
    }

    [Fact]
    public void Equal_values_are_answered_exactly()
    {
        foreach (var value in (double[])[0.1, -7.3, 1e300, 0])
        {
            Assert.All(Shares, share => Assert.Equal(value, Single([.. Enumerable.Repeat(value, 30_000)], share, 2048)));
        }
        // Three values, each a third: every share inside of one is exactly that value.
        var thirds = Enumerable.Range(0, 30_000).Select(static i => (i % 3 * 0.1) + 0.1).ToArray();
        Assert.Equal(0.1, Single(thirds, 0.2, 2048));
        Assert.Equal(0.2, Single(thirds, 0.5, 2048), 1e-12);
        Assert.Equal(0.30000000000000004, Single(thirds, 0.9, 2048));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.MaxValue)]
    public void Values_without_a_place_take_the_way_of_sorting(double odd)
    {
        var values = Values("uniform", 20_000);
        values[15_000] = odd;
        var median = Single(values, 0.5, 2048);
        Assert.Equal(50, median, tolerance: 2.0);
        Assert.Equal(double.IsNaN(odd) ? double.NaN : values.Min(), Single(values, 0, 2048));
        Assert.Equal(double.IsNaN(odd) ? double.NaN : values.Max(), Single(values, 1, 2048));
    }

    [Fact]
    public void Weights_and_values_of_weight_one_meet_in_a_group()
    {
        // What was exported is weighted; more rows come before and after it.
        var values = Values("normal", 9_000);
        var sorted = values.Order().ToArray();
        using var first = New(0.5, false);
        Feed(first, values.AsSpan(0, 4_000), 512);
        using var second = New(0.5, false);
        Feed(second, values.AsSpan(4_000, 100), 512);
        Import(second, first);
        Feed(second, values.AsSpan(4_100), 512);
        AssertNear(sorted, 0.5, Result(second), 1.5, "mixed");
        Assert.True(second.MemoryBytes > 0);
    }

    [Fact]
    public void A_weight_counts_as_so_many_values()
    {
        var values = Values("normal", 300);
        using var weighted = New(0.9, true);
        using var column = TestData.Column(DataType.Float64, [.. values.Cast<object?>()]);
        using var weights = TestData.Column(DataType.Float64, [.. values.Select(static (_, i) => (object?)(double)((i % 3) + 1))]);
        weighted.UpdateSingle([column, weights], null, values.Length);
        var repeated = values.SelectMany(static (value, i) => Enumerable.Repeat(value, (i % 3) + 1)).Order().ToArray();
        AssertNear(repeated, 0.9, Result(weighted), 1, "weighted");
    }

    [Fact]
    public void Groups_rows_and_runs_are_collected_alike()
    {
        var values = Values("exponential", 40_000);
        var groupOf = values.Select(static (_, i) => i / 50 % 20).ToArray();
        using var byRow = New(0.95, false);
        using var byRun = New(0.95, false);
        using var selected = New(0.95, false);
        foreach (var accumulator in (DigestAccumulator[])[byRow, byRun, selected])
        {
            accumulator.Resize(20);
        }
        for (var start = 0; start < values.Length; start += 2_000)
        {
            using var column = TestData.Column(DataType.Float64, [.. values.AsSpan(start, 2_000).ToArray().Cast<object?>()]);
            var runs = Enumerable.Range(0, 40).Select(i => new DictionaryRun((i + 1) * 50, groupOf[start + (i * 50)])).ToArray();
            using var every = TestData.Select([.. Enumerable.Range(0, 2_000)]);
            fixed (int* groups = groupOf.AsSpan(start))
            {
                byRow.Update([column], groups, null, 2_000);
                selected.Update([column], groups, every, 2_000);
            }
            Assert.True(byRun.TryUpdateRuns([column], runs, 2_000));
        }
        using var first = byRow.Finish(0, 20);
        using var second = byRun.Finish(0, 20);
        using var third = selected.Finish(0, 20);
        for (var group = 0; group < 20; group++)
        {
            Assert.Equal(first.GetValue(group), second.GetValue(group));
            Assert.Equal(first.GetValue(group), third.GetValue(group));
        }
    }

    [Fact]
    public void Many_groups_of_some_values_take_little_memory()
    {
        const int Groups = 2_000;
        using var accumulator = New(0.5, false);
        accumulator.Resize(Groups);
        var groupOf = Enumerable.Range(0, Groups).ToArray();
        using var column = FlatVector<double>.Allocate(DataType.Float64, Groups);
        column.Span.Fill(1);
        fixed (int* groups = groupOf)
        {
            for (var i = 0; i < 100; i++)
            {
                accumulator.Update([column], groups, null, Groups);
            }
        }
        Assert.InRange(accumulator.MemoryBytes, Groups * 100 * sizeof(double), Groups * 2_048L);
    }

    private static double Single(double[] values, double share, int pieces)
    {
        using var accumulator = New(share, false);
        Feed(accumulator, values, pieces);
        return Result(accumulator);
    }

    private static double Merged(double[] values, double share, int parts)
    {
        using var whole = New(share, false);
        foreach (var part in values.Chunk((values.Length + parts - 1) / parts))
        {
            using var accumulator = New(share, false);
            Feed(accumulator, part, 2048);
            Import(whole, accumulator);
        }
        return Result(whole);
    }

    private static DigestAccumulator New(double share, bool hasWeight)
    {
        var accumulator = new DigestAccumulator(DataType.Float64, share, Size, hasWeight);
        accumulator.Resize(1);
        return accumulator;
    }

    private static void Feed(DigestAccumulator accumulator, ReadOnlySpan<double> values, int pieces)
    {
        for (var start = 0; start < values.Length; start += pieces)
        {
            var piece = values.Slice(start, Math.Min(pieces, values.Length - start));
            using var column = FlatVector<double>.Allocate(DataType.Float64, piece.Length);
            piece.CopyTo(column.Span);
            accumulator.UpdateSingle([column], null, piece.Length);
        }
    }

    private static void Import(DigestAccumulator into, DigestAccumulator from)
    {
        var state = from.ExportState(0, 1);
        var group = 0;
        into.ImportState(state, &group, 1);
        foreach (var column in state)
        {
            column.Dispose();
        }
    }

    private static double Result(DigestAccumulator accumulator)
    {
        using var result = accumulator.Finish(0, 1);
        return (double)result.GetValue(0)!;
    }

    /// <summary>How far the share's rank is from the ranks that the answer has, against the widest centroid at that place.</summary>
    private static void AssertNear(double[] sorted, double share, double answer, double widths, string how)
    {
        var below = 0;
        while (below < sorted.Length && sorted[below] < answer)
        {
            below++;
        }
        var notAbove = below;
        while (notAbove < sorted.Length && sorted[notAbove] <= answer)
        {
            notAbove++;
        }
        var rank = share * sorted.Length;
        var distance = rank < below ? below - rank : rank > notAbove ? rank - notAbove : 0;
        var width = new TDigest(Size).WeightAt(Math.Min(share, 1 - share) * sorted.Length, sorted.Length);
        Assert.True(distance <= Math.Max(1, widths * width), $"{how}: {share} gave {answer}, {distance} ranks away where {widths} centroids hold {widths * width}");
    }

    /// <summary>Upstream's algorithm, as plainly as can be: sort all, join neighbours up to the limits, interpolate.</summary>
    private static double OneCompression(double[] values, double share)
    {
        var sorted = values.Order().ToArray();
        var points = new List<(double Mean, double Weight)>();
        var step = 1;
        var limit = Limit(step++) * sorted.Length;
        var soFar = 0.0;
        foreach (var value in sorted)
        {
            soFar++;
            if (points.Count > 0 && soFar <= limit)
            {
                var (mean, weight) = points[^1];
                points[^1] = (mean + ((value - mean) * (1 / (weight + 1))), weight + 1);
                continue;
            }
            if (points.Count > 0)
            {
                limit = Limit(step++) * sorted.Length;
            }
            points.Add((value, 1));
        }
        if (share is <= 0 or >= 1)
        {
            return share <= 0 ? sorted[0] : sorted[^1];
        }
        var rank = share * sorted.Length;
        var at = 0;
        var below = 0.0;
        if (share > 0.5)
        {
            at = points.Count - 1;
            below = sorted.Length - points[at].Weight;
            while (rank < below)
            {
                below -= points[--at].Weight;
            }
        }
        else
        {
            while (at < points.Count - 1 && rank >= below + points[at].Weight)
            {
                below += points[at++].Weight;
            }
        }
        var delta = points.Count == 1 ? 0
            : at == 0 ? points[1].Mean - points[0].Mean
            : at == points.Count - 1 ? points[at].Mean - points[at - 1].Mean
            : (points[at + 1].Mean - points[at - 1].Mean) / 2;
        var low = at > 0 ? points[at - 1].Mean : sorted[0];
        var high = at < points.Count - 1 ? points[at + 1].Mean : sorted[^1];
        return Math.Clamp(points[at].Mean + ((((rank - below) / points[at].Weight) - 0.5) * delta), low, high);
    }

    private static double Limit(int step) => step >= Size ? 1
        : step >= Size / 2 ? 1 - (2 * (1 - ((double)step / Size)) * (1 - ((double)step / Size)))
        : 2 * ((double)step / Size) * ((double)step / Size);

    private static double[] Values(string shape, int count)
    {
        var random = new Random(shape.Length);
        return [.. Enumerable.Range(0, count).Select(i => Next(shape, i, random))];
    }

    private static double Next(string shape, int i, Random random) => shape switch
    {
        "uniform" => random.NextDouble() * 100,
        "exponential" => -Math.Log(1 - random.NextDouble()),
        "heavy" => Math.Pow(1 - random.NextDouble(), -3),
        "constant" => 0.1,
        "clusters" => random.Next(2) == 0 ? random.NextDouble() : 1000 + random.NextDouble(),
        "ascending" => i,
        "descending" => -i,
        "tiny" => random.Next(1000) * double.Epsilon,
        "few" => random.Next(5),
        "normal" => Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6,
        "drifting" => (i * 0.001) + random.NextDouble(),
        "zeros" => random.Next(2) == 0 ? 0 : random.NextDouble(),
        "twosided" => Math.Tan(Math.PI * (random.NextDouble() - 0.5)),
        // What the first values tell is wrong.
        "narrowing" => i < 700 ? random.NextDouble() : 0.45 + (random.NextDouble() * 0.1),
        "negative" => -Math.Exp(4 * random.NextDouble() * random.NextDouble()),
        "atoms" => random.Next(3) == 0 ? 200 + random.Next(5) : random.NextDouble() * 300,
        "outliers" => random.Next(100) == 0 ? 1e9 * random.NextDouble() : random.NextDouble(),
        _ => (random.NextDouble() - 0.5) * 1e299,
    };
}
