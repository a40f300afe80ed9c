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
    public static Histogram Create(double start, double end, long bins, string function = "make_histogram")
    {
        if (bins < 1)
        {
            throw Bad($"{function}: nb_bins must be >= 1, got {bins}");
        }
        if (bins > 1 << 24)
        {
            throw Bad($"{function}: nb_bins must be <= {1 << 24}, got {bins}");
        }
        if (!double.IsFinite(start))
        {
            throw Bad($"{function}: start must be finite, got {start}");
        }
        if (!double.IsFinite(end))
        {
            throw Bad($"{function}: end must be finite, got {end}");
        }
        return start <= end ? new Histogram(start, end, new ulong[bins]) : throw Bad($"{function}: start ({start}) must be <= end ({end})");
    }

    public void Add(double value)
    {
        Min = value < Min ? value : Min;
        Max = value > Max ? value : Max;
        Sum += value;
        SumOfSquares += value * value;
        Count++;
        Bins[BinOf(value)]++;
    }

    /// <summary>Adds values that lie evenly between two others, both finite; each bin gets its share, and all shares together are all values.</summary>
    /// <exception cref="EngineException">There are too many values.</exception>
    public void AddEvenly(double low, double high, ulong count)
    {
        if (count > ulong.MaxValue - Count)
        {
            throw new EngineException(SqlState.NumericValueOutOfRange, "a histogram counts too many values");
        }
        Min = low < Min ? low : Min;
        Max = high > Max ? high : Max;
        Sum += count * ((low / 2) + (high / 2));
        SumOfSquares += count * (((low * low) + (low * high) + (high * high)) / 3);
        Count += count;
        var last = BinOf(high);
        var added = 0UL;
        for (var bin = BinOf(low); bin < last; bin++)
        {
            var edge = Start + ((bin + 1) * (End - Start) / Bins.Length);
            var below = Math.Min(count, (ulong)Math.Round(count * Math.Clamp((edge - low) / (high - low), 0, 1)));
            Bins[bin] += below - added;
            added = below;
        }
        Bins[last] += count - added;
    }

    private int BinOf(double value)
    {
        var bin = Math.Floor((value - Start) / ((End - Start) / Bins.Length));

        // Saturating conversion: NaN and negatives count as 0, what is too large as the last bin.
        return bin >= Bins.Length ? Bins.Length - 1 : bin > 0 ? (int)bin : 0;
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
