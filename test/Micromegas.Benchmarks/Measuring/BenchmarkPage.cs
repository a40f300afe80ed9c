using System.Globalization;
using System.Text;

namespace Micromegas.Benchmarks.Measuring;

/// <summary>The part of <c>docs/benchmarks.md</c> that the benchmark writes. Ratios only: times are worth nothing on another machine.</summary>
internal static class BenchmarkPage
{
    private const string TableBegin = "<!-- table: written by eng/bench -->";
    private const string TableEnd = "<!-- end of table -->";

    /// <summary>Replaces the tables in a page; the words around them are people's.</summary>
    /// <param name="path">The page.</param>
    /// <param name="description">What was compared.</param>
    /// <param name="reports">The rows of statements.</param>
    /// <param name="probes">The other figures, as lines of a list.</param>
    public static void Update(string path, string description, IReadOnlyList<RaceReport> reports, IReadOnlyList<string> probes)
    {
        var page = File.ReadAllText(path);
        var begin = page.IndexOf(TableBegin, StringComparison.Ordinal);
        var end = page.IndexOf(TableEnd, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new FormatException($"{path} has no place for the tables.");
        }

        var text = new StringBuilder().Append(TableBegin).Append('\n').Append(description).Append('\n');
        WriteSummary(text, reports);
        foreach (var probe in probes)
        {
            text.Append("* ").Append(probe).Append('\n');
        }
        foreach (var report in reports)
        {
            WriteTable(text, report);
        }
        File.WriteAllText(path, string.Concat(page.AsSpan(0, begin), text.ToString(), page.AsSpan(end)));
    }

    private static void WriteSummary(StringBuilder text, IReadOnlyList<RaceReport> reports)
    {
        text.Append("\n| Work | Goal | Geometric mean | Worst | Mean of processor time |\n|---|---|---|---|---|\n");
        foreach (var report in reports)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {report.Title} | {report.Goal} | {report.Mean:0.00} | {report.Worst:0.00} | {report.ProcessorMean:0.00} |\n");
        }
        text.Append('\n');
    }

    private static void WriteTable(StringBuilder text, RaceReport report)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n### {report.Title}\n\n| Statement | DuckDB / ours | Processor time |\n|---|---|---|\n");
        foreach (var measurement in report.Measurements)
        {
            text.Append(measurement.Problem is null
                ? string.Create(CultureInfo.InvariantCulture, $"| {measurement.Statement.Name} | {measurement.Ratio:0.00} | {measurement.ProcessorRatio:0.00} |\n")
                : $"| {measurement.Statement.Name} | no comparison | |\n");
        }
    }
}
