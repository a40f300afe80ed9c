using System.Globalization;
using System.Text;

namespace Micromegas.Benchmarks.Measuring;

/// <summary>The table of a race, for people who wait for it and for <c>docs/benchmarks.md</c>.</summary>
internal sealed class RaceReport(IReadOnlyList<Measurement> measurements)
{
    private const string TableBegin = "<!-- table: written by eng/bench -->";
    private const string TableEnd = "<!-- end of table -->";

    public bool Complete => measurements.All(measurement => measurement.Problem is null);

    private IEnumerable<double> Ratios => measurements.Where(measurement => measurement.Problem is null).Select(measurement => measurement.Ratio);

    /// <summary>Prints times and ratios, and last the line that scripts read.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine($"{"statement",-26} {"ours, ms",10} {"DuckDB, ms",11} {"ratio",8}");
        foreach (var measurement in measurements)
        {
            output.WriteLine(measurement.Problem is { } problem
                ? $"{measurement.Statement.Name,-26} {problem}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{measurement.Statement.Name,-26} {measurement.Ours,10:0.0} {measurement.DuckDb,11:0.0} {measurement.Ratio,8:0.00}"));
        }

        var geomean = Ratios.Any() ? Math.Exp(Ratios.Average(Math.Log)) : 0;
        var worst = Ratios.DefaultIfEmpty().Min();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"geomean {geomean:0.00} worst {worst:0.00}"));
    }

    /// <summary>Replaces the table in a page; the words around it are people's. Ratios only: times are worth nothing on another machine.</summary>
    public void UpdatePage(string path, string description)
    {
        var page = File.ReadAllText(path);
        var begin = page.IndexOf(TableBegin, StringComparison.Ordinal);
        var end = page.IndexOf(TableEnd, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new FormatException($"{path} has no place for the table.");
        }

        var table = new StringBuilder().Append(TableBegin).Append('\n').Append(description).Append("\n\n| Statement | DuckDB / ours |\n|---|---|\n");
        foreach (var measurement in measurements)
        {
            var result = measurement.Problem is null ? measurement.Ratio.ToString("0.00", CultureInfo.InvariantCulture) : "no comparison";
            table.Append(CultureInfo.InvariantCulture, $"| {measurement.Statement.Name}: `{measurement.Statement.Sql}` | {result} |\n");
        }

        if (Ratios.Any())
        {
            table.Append(CultureInfo.InvariantCulture, $"| geometric mean | {Math.Exp(Ratios.Average(Math.Log)):0.00} |\n");
        }

        File.WriteAllText(path, string.Concat(page.AsSpan(0, begin), table.ToString(), page.AsSpan(end)));
    }
}
