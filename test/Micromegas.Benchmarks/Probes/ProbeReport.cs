using System.Globalization;
using Micromegas.Benchmarks.Data;
using Micromegas.Benchmarks.Engines;
using Micromegas.Benchmarks.Measuring;
using Micromegas.Benchmarks.Rows;
using Micromegas.Benchmarks.Statements;
using Micromegas.Columnar;

namespace Micromegas.Benchmarks.Probes;

/// <summary>What the table of goals asks beside ratios: growth, memory, allocation, first statement.</summary>
internal static class ProbeReport
{
    private const int Rounds = 5;
    private const string MemoryLimit = "256MB";

    /// <summary>Measures everything and prints each figure as it comes; one line a figure.</summary>
    public static IReadOnlyList<string> Measure(GoalRows rows, RecipeFiles recipe, TextWriter output)
    {
        var lines = new List<string>();
        foreach (var line in Lines(rows, recipe))
        {
            output.WriteLine(line);
            lines.Add(line);
        }
        return lines;
    }

    private static IEnumerable<string> Lines(GoalRows rows, RecipeFiles recipe)
    {
        yield return Growth(rows, recipe.DuckDbWritten);
        yield return Allocation(rows, recipe.DuckDbWritten);
        if (OperatingSystem.IsLinux())
        {
            yield return Memory(rows);
        }
        yield return First(rows);
        yield return PlanningProbe.Measure();
    }

    private static string Growth(GoalRows rows, TableFiles files)
    {
        int[] sizes = [5, 10, 20];
        var parts = new List<string>();
        foreach (var statement in rows.Growing())
        {
            var perFile = sizes.Select(size => Best(files.First(size), statement) / size).ToArray();
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{statement.Name} {(perFile[^1] / perFile[0]) - 1:+0%;-0%}"));
        }
        return $"Growth, processor time a row from a quarter of the rows to all (goal: within 15 %): {string.Join(", ", parts)}.";
    }

    private static double Best(TableFiles files, BenchmarkStatement statement)
    {
        using var engine = new MicromegasEngine(files, 2);
        var best = double.MaxValue;
        for (var i = 0; i <= Rounds; i++)
        {
            var start = ProcessorTime.Milliseconds;
            engine.Run(statement.Sql);
            best = i == 0 ? best : Math.Min(best, ProcessorTime.Milliseconds - start);
        }
        return best;
    }

    /// <summary>The difference between all rows and half of them: what a statement costs once is not counted.</summary>
    private static string Allocation(GoalRows rows, TableFiles files)
    {
        var parts = new List<string>();
        foreach (var statement in rows.Growing())
        {
            var (half, halfRows) = Allocated(files.First(10), statement);
            var (all, allRows) = Allocated(files, statement);
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{statement.Name} {(all - half) / ((allRows - halfRows) / (double)Batch.MaxRows):0}"));
        }
        return $"Managed bytes allocated a batch of {Batch.MaxRows} rows, steady state (goal: under 100): {string.Join(", ", parts)}.";
    }

    private static (long Bytes, long Rows) Allocated(TableFiles files, BenchmarkStatement statement)
    {
        using var engine = new MicromegasEngine(files, 2);
        engine.Run(statement.Sql);
        engine.Run(statement.Sql);
        var runs = new long[Rounds];
        for (var i = 0; i < runs.Length; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            engine.Run(statement.Sql);
            runs[i] = GC.GetTotalAllocatedBytes(precise: true) - before;
        }
        Array.Sort(runs);
        var bytes = runs[runs.Length / 2];
        var table = statement.Sql.Contains("log_entries", StringComparison.Ordinal) ? "log_entries" : "measures";
        return (bytes, (long)(Int128)engine.Rows($"SELECT count(*) FROM {table}")[0][0]!);
    }

    private static string Memory(GoalRows rows)
    {
        var figures = rows.All()
            .Where(static row => row.Name is "recipe" or "metadata" or "upstream")
            .SelectMany(static row => row.Statements.Select(statement => (statement.Name, Bytes: MemoryOf(statement, row.Files))))
            .OrderByDescending(static figure => figure.Bytes)
            .ToArray();
        var most = string.Join(", ", figures.Take(3).Select(static figure => string.Create(CultureInfo.InvariantCulture, $"{figure.Name} {(double.IsPositiveInfinity(figure.Bytes) ? "refused" : $"{figure.Bytes / 1e6:0} MB")}")));
        return $"Most memory above the idle process under Memory Limit={MemoryLimit} (goal: below 282 MB): {most}.";
    }

    /// <summary>Infinity for a statement that the limit does not let run.</summary>
    private static double MemoryOf(BenchmarkStatement statement, TableFiles files)
    {
        try
        {
            return ProcessProbe.Start(ProcessProbe.PeakMemory, statement.Sql, MemoryLimit, files);
        }
        catch (InvalidOperationException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return double.PositiveInfinity;
        }
    }

    private static string First(GoalRows rows)
    {
        var row = rows.All().FirstOrDefault(static row => row.Name == "upstream") ?? rows.All().First();
        var milliseconds = Enumerable.Range(0, Rounds).Min(_ => ProcessProbe.Start(ProcessProbe.FirstStatement, row.Statements[1].Sql, null, row.Files));
        return string.Create(CultureInfo.InvariantCulture, $"First statement of a fresh process, from the process's start, compiled just in time: {milliseconds:0} ms on the machine of this table.");
    }
}
