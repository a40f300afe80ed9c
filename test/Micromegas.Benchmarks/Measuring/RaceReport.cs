using System.Globalization;

namespace Micromegas.Benchmarks.Measuring;

/// <summary>The measurements of one row of the table of goals.</summary>
internal sealed class RaceReport(string title, string goal, IReadOnlyList<Measurement> measurements)
{
    public string Title => title;

    public string Goal => goal;

    public IReadOnlyList<Measurement> Measurements => measurements;

    public bool Complete => measurements.All(static measurement => measurement.Problem is null);

    /// <summary>What scripts read.</summary>
    public string LastLine => string.Create(CultureInfo.InvariantCulture, $"geomean {Mean:0.00} worst {Worst:0.00}");

    /// <summary>Geometric mean of the ratios, 0 without any.</summary>
    public double Mean => MeanOf(Ratios);

    /// <summary>Geometric mean of the ratios of processor time.</summary>
    public double ProcessorMean => MeanOf(measurements.Where(static measurement => measurement.Problem is null).Select(static measurement => measurement.ProcessorRatio));

    public double Worst => Ratios.DefaultIfEmpty().Min();

    private IEnumerable<double> Ratios => measurements.Where(static measurement => measurement.Problem is null).Select(static measurement => measurement.Ratio);

    /// <summary>Prints times and ratios for people who wait for them.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine(title);
        output.WriteLine($"{"statement",-26} {"ours, ms",10} {"DuckDB, ms",11} {"ratio",8} {"CPU ratio",10}");
        foreach (var measurement in measurements)
        {
            output.WriteLine(measurement.Problem is { } problem
                ? $"{measurement.Statement.Name,-26} {problem}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{measurement.Statement.Name,-26} {measurement.Ours,10:0.0} {measurement.DuckDb,11:0.0} {measurement.Ratio,8:0.00} {measurement.ProcessorRatio,10:0.00}"));
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{LastLine}, of processor time {ProcessorMean:0.00}"));
        output.WriteLine();
    }

    /// <summary>One line a statement: row, statement, ratio, ratio of processor time.</summary>
    public IEnumerable<string> Figures() => measurements.Select(measurement => string.Create(
        CultureInfo.InvariantCulture, $"{title}\t{measurement.Statement.Name}\t{measurement.Ratio:0.000}\t{measurement.ProcessorRatio:0.000}\t{measurement.Problem}"));

    private static double MeanOf(IEnumerable<double> ratios) => ratios.Any() ? Math.Exp(ratios.Average(Math.Log)) : 0;
}
