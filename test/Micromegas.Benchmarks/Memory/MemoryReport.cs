using System.Globalization;
using System.Text;

namespace Micromegas.Benchmarks.Memory;

/// <summary>Measures the statements under several limits, and writes the table of <c>docs/memory.md</c>.</summary>
internal static class MemoryReport
{
    /// <summary>The share of its limit that a statement may hold (issue "SQL", part 5).</summary>
    public const double Goal = 1.10;

    private const long MiB = 1 << 20;
    private const string TableBegin = "<!-- table: written by eng/bench --memory -->";
    private const string TableEnd = "<!-- end of table -->";

    /// <summary>The limits with the threads that work under them.</summary>
    public static IReadOnlyList<(long Limit, int Threads)> Limits { get; } = [(16 * MiB, 1), (64 * MiB, 2), (256 * MiB, 2)];

    /// <summary>Measures; gives whether every statement keeps to the goal.</summary>
    /// <param name="only">Only statements whose name holds this text; null = all.</param>
    /// <param name="limits">The limits in MiB; none = all.</param>
    /// <param name="page">The page whose table is written when everything was measured; null = none.</param>
    /// <param name="output">Gets a line a figure.</param>
    public static async Task<bool> RunAsync(string? only, IReadOnlyList<long> limits, string? page, TextWriter output)
    {
        var cases = MemoryCase.All.Where(statement => only is null || statement.Name.Contains(only, StringComparison.OrdinalIgnoreCase)).ToArray();
        var chosen = Limits.Where(limit => limits.Count == 0 || limits.Contains(limit.Limit / MiB)).ToArray();
        var rows = cases.ToDictionary(static statement => statement.Name, static _ => new List<string>());
        var good = true;
        foreach (var (limit, threads) in chosen)
        {
            var file = await FileForAsync(cases, limit).ConfigureAwait(false);
            foreach (var statement in cases)
            {
                var (figure, line, kept) = Measure(statement, limit, threads, file);
                good &= kept;
                rows[statement.Name].Add(figure);
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{limit / MiB,3} MiB {statement.Name,-34} {line}")).ConfigureAwait(false);
            }
            if (file is not null)
            {
                File.Delete(file);
            }
        }
        if (page is not null && only is null && chosen.Length == Limits.Count)
        {
            Write(page, rows);
        }
        return good;
    }

    /// <summary>Makes the file for scans under a limit, where a statement needs one.</summary>
    public static async Task<string?> FileForAsync(IEnumerable<MemoryCase> cases, long limit)
    {
        if (cases.FirstOrDefault(static statement => statement.NeedsFile) is not { } first)
        {
            return null;
        }
        var path = Path.Combine(Path.GetTempPath(), $"micromegas-memory-{Guid.NewGuid():N}.parquet");
        await MemoryFile.WriteAsync(path, first.RowsFor(limit)).ConfigureAwait(false);
        return path;
    }

    private static (string Figure, string Line, bool Kept) Measure(MemoryCase statement, long limit, int threads, string? file)
    {
        try
        {
            var run = MemoryRun.Start(statement, limit, threads, statement.NeedsFile ? file : null);
            var share = run.ShareOf(limit);
            return (
                share.ToString("0.00", CultureInfo.InvariantCulture),
                string.Create(CultureInfo.InvariantCulture, $"{share:0.00}  native {run.Native / (double)limit:0.00} managed {run.Managed / (double)limit:0.00} resident {run.Resident / (double)limit:0.00} spilled {run.Spilled / (double)limit:0.0}x {run.Rows} rows {run.Seconds:0.0} s"),
                share <= Goal);
        }
        catch (InvalidOperationException exception)
        {
            return ("refused", exception.Message, false);
        }
    }

    private static void Write(string path, Dictionary<string, List<string>> rows)
    {
        var page = File.ReadAllText(path);
        var begin = page.IndexOf(TableBegin, StringComparison.Ordinal);
        var end = page.IndexOf(TableEnd, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new FormatException($"{path} has no place for the table.");
        }
        var text = new StringBuilder(TableBegin).Append("\n| Statement |");
        foreach (var (limit, threads) in Limits)
        {
            text.Append(CultureInfo.InvariantCulture, $" {limit / MiB} MiB, {threads} worker{(threads > 1 ? "s" : "")} |");
        }
        text.Append("\n|---|").Insert(text.Length, "---|", Limits.Count).Append('\n');
        foreach (var (name, figures) in rows)
        {
            text.Append("| ").Append(name).Append(" | ").AppendJoin(" | ", figures).Append(" |\n");
        }
        File.WriteAllText(path, string.Concat(page.AsSpan(0, begin), text.ToString(), page.AsSpan(end)));
    }
}
