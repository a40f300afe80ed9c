namespace Micromegas.Engine.Functions;

/// <summary>Counts of values in bins of equal width, with the moments of all values (spec/sql.md §3).</summary>
internal sealed class Histogram(double start, double end, ulong[] bins)
{
    public double Start { get; } = start;

    public double End { get; } = end;

    public double Min { get; set; } = double.MaxValue;

    public double Max { get; set; } = double.MinValue;

    public double Sum { get; set; }

    public double SumOfSquares { get; set; }

    public ulong Count { get; set; }

    public ulong[] Bins { get; } = bins;

    /// <summary>A histogram without values.</summary>
    /// <exception cref="EngineException">The bounds or the number of bins are not acceptable.</exception>
    public static Histogram Create(double start, double end, long bins)
    {
        if (bins < 1)
        {
            throw Bad($"make_histogram: nb_bins must be >= 1, got {bins}");
        }
        if (bins > 1 << 24)
        {
            throw Bad($"make_histogram: nb_bins must be <= {1 << 24}, got {bins}");
        }
        if (!double.IsFinite(start))
        {
            throw Bad($"make_histogram: start must be finite, got {start}");
        }
        if (!double.IsFinite(end))
        {
            throw Bad($"make_histogram: end must be finite, got {end}");
        }
        return start <= end ? new Histogram(start, end, new ulong[bins]) : throw Bad($"make_histogram: start ({start}) must be <= end ({end})");
    }

    public void Add(double value)
    {
        Min = value < Min ? value : Min;
        Max = value > Max ? value : Max;
        Sum += value;
        SumOfSquares += value * value;
        Count++;
        var width = (End - Start) / Bins.Length;
        var bin = Math.Floor((value - Start) / width);
        // Saturating conversion: NaN and negatives count as 0, what is too large as the last bin.
        Bins[bin >= Bins.Length ? Bins.Length - 1 : bin > 0 ? (int)bin : 0]++;
    }

    /// <exception cref="EngineException">The bounds or the number of bins differ.</exception>
    public void Merge(Histogram other)
    {
        if (Start != other.Start || End != other.End || Bins.Length != other.Bins.Length)
        {
            throw Bad("Error merging incompatible histograms");
        }
        Min = other.Min < Min ? other.Min : Min;
        Max = other.Max > Max ? other.Max : Max;
        Sum += other.Sum;
        SumOfSquares += other.SumOfSquares;
        Count += other.Count;
        for (var i = 0; i < Bins.Length; i++)
        {
            Bins[i] += other.Bins[i];
        }
    }

    /// <summary>Interpolates inside the first bin at which the running count reaches <paramref name="ratio"/> of all.</summary>
    public double Quantile(double ratio)
    {
        var wanted = Count * ratio;
        double running = 0;
        for (var i = 0; i < Bins.Length; i++)
        {
            double bin = Bins[i];
            running += bin;
            if (running >= wanted && bin > 0)
            {
                var inside = (wanted - (running - bin)) / bin;
                var low = Start + (i * (End - Start) / Bins.Length);
                var high = Start + ((i + 1) * (End - Start) / Bins.Length);
                return ((1 - inside) * low) + (inside * high);
            }
        }
        return End;
    }

    /// <summary>Variance of a sample.</summary>
    public double Variance
    {
        get
        {
            double count = Count;
            var mean = Sum / count;
            return ((SumOfSquares / count) - (mean * mean)) * (count / (count - 1));
        }
    }

    private static EngineException Bad(string message) => new(SqlState.InvalidParameterValue, message);
}
