using Micromegas.Benchmarks.Data;
using Micromegas.Benchmarks.Engines;
using Micromegas.Benchmarks.Statements;
using Micromegas.Testing;

namespace Micromegas.Benchmarks.Rows;

/// <summary>All rows of the table of goals.</summary>
internal sealed class GoalRows(RecipeFiles recipe)
{
    private IReadOnlyList<BenchmarkStatement>? recipeStatements;

    /// <summary>The rows in the order of the table; the first one's mean is the benchmark's last line.</summary>
    public IEnumerable<GoalRow> All()
    {
        var scans = Recipe(metadata: false);
        yield return new("recipe", "Recipe, files written by DuckDB", recipe.DuckDbWritten, scans) { Goal = "mean ≥ 3.0, worst ≥ 1.5" };
        yield return new("own", "Recipe, files written by us, read by both", recipe.OwnLayout, scans) { Goal = "mean ≥ 6, worst ≥ 3 (Q6 ≥ 2.5, Q11b ≥ 1.5)" };
        yield return new("metadata", "Recipe, statements that metadata, dictionaries or bounds answer", recipe.DuckDbWritten, Recipe(metadata: true)) { Goal = "mean ≥ 10, worst ≥ 4" };
        if (UpstreamFiles() is { } upstream)
        {
            yield return new("upstream", "One process's events, files written by upstream", upstream, UpstreamStatements(upstream)) { Goal = "mean ≥ 3.0, worst ≥ 1.2" };
        }
        yield return new("sorted", "Recipe sorted by time, no runs", recipe.TimeSorted, scans) { Goal = "mean ≥ 2.5, worst ≥ 1.2" };
        yield return new("thread", "Recipe, one thread each", recipe.DuckDbWritten, scans) { Threads = 1, Goal = "mean ≥ 3.0, worst ≥ 1.5" };
        yield return new("reopened", "Recipe, files opened and footers read for each statement", recipe.DuckDbWritten, scans) { KeepsFooters = false };
        yield return new("joins", "Joins of the recipe's tables, files written by DuckDB", recipe.DuckDbWritten, Joins(recipe.DuckDbWritten));
    }

    /// <summary>The statements whose cost must grow as the rows do.</summary>
    public IEnumerable<BenchmarkStatement> Growing() => Recipe(metadata: false).Where(static statement => statement.Name is "Q4" or "Q5" or "Q6" or "Q7" or "Q11" or "Q14");

    /// <summary>The two tables of one process that lie beside the repository; null where they do not.</summary>
    public static TableFiles? UpstreamFiles()
    {
        var folder = Path.Combine(Repository.Shared, "bench", "parquet");
        string[] tables = ["log_entries", "measures"];
        return Directory.Exists(folder)
            ? new TableFiles("one process", tables.ToDictionary(static table => table, table => new[] { Path.Combine(folder, table + ".parquet") }))
            : null;
    }

    private static IReadOnlyList<BenchmarkStatement> UpstreamStatements(TableFiles files)
    {
        using var engine = new MicromegasEngine(files, 2);
        var bounds = engine.Rows("SELECT min(time), max(time) FROM log_entries")[0];
        return TelemetryStatements.Over((long)(Int128)bounds[0]!, (long)(Int128)bounds[1]!);
    }

    private IReadOnlyList<BenchmarkStatement> Recipe(bool metadata)
    {
        recipeStatements ??= RecipeOver(recipe.DuckDbWritten);
        return [.. recipeStatements.Where(statement => RecipeStatements.AnsweredByMetadata.Contains(statement.Name) == metadata)];
    }

    private static IReadOnlyList<BenchmarkStatement> RecipeOver(TableFiles files)
    {
        using var engine = new MicromegasEngine(files, 2);
        var bounds = engine.Rows("SELECT min(time), max(time) FROM measures")[0];
        return RecipeStatements.Over((long)(Int128)bounds[0]!, (long)(Int128)bounds[1]!, ProcessInTheMiddle(engine));
    }

    private static IReadOnlyList<BenchmarkStatement> Joins(TableFiles files)
    {
        using var engine = new MicromegasEngine(files, 2);
        return JoinStatements.Over(ProcessInTheMiddle(engine));
    }

    private static string ProcessInTheMiddle(MicromegasEngine engine)
    {
        var processes = engine.Rows("SELECT process_id, count(*) AS c FROM measures GROUP BY process_id ORDER BY c DESC, process_id");
        return (string)processes[processes.Count / 2][0]!;
    }
}
