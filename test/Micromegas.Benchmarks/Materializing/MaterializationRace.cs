using System.Diagnostics;
using System.Globalization;
using Micromegas.Data;
using Micromegas.DuckDb;
using Micromegas.Testing;

namespace Micromegas.Benchmarks.Materializing;

/// <summary>
/// How many rows a second of processor time turns from blocks into partitions, against DuckDB's <c>COPY … TO parquet</c> of the same rows from memory; and what a
/// question costs whose partition exists. The blocks are those of <c>../shared/bench/lake</c>.
/// </summary>
internal static class MaterializationRace
{
    private const int Rounds = 5;
    private static readonly string[] Views = ["log_entries", "measures", "thread_spans"];
    private const int RepeatedQuestions = 20;

    /// <param name="words">Views, all three if none is named, and how many rounds count.</param>
    /// <param name="output">Takes the table.</param>
    public static int Run(IReadOnlyList<string> words, TextWriter output)
    {
        string bench = Path.Combine(Repository.Shared, "bench");
        if (!Directory.Exists(bench))
        {
            output.WriteLine($"There is no {bench}: nothing to measure.");
            return 1;
        }
        int rounds = words.Select(static word => int.TryParse(word, out int number) ? number : 0).Append(0).Max() is > 0 and int wanted ? wanted : Rounds;
        string[] views = words.Where(static word => !int.TryParse(word, out _)).ToArray();
        output.WriteLine("| view | ours, rows per processor second / DuckDB's | repeated question, planning ms | in all, ms |");
        output.WriteLine("|---|---|---|---|");
        foreach (string view in views is [] ? Views : views)
        {
            Figures figures = Measure(bench, view, rounds).GetAwaiter().GetResult();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {view} | {figures.DuckDb / figures.Ours:F2} | {figures.Planning:F1} | {figures.Repeated:F1} |"));
        }
        return 0;
    }

    private static async Task<Figures> Measure(string bench, string view, int rounds)
    {
        using var duckDb = DuckDbDatabase.OpenInMemory(2);
        string scratch = Path.Combine(Path.GetTempPath(), "mmd-bench-" + Guid.NewGuid().ToString("N"));
        string folder = Path.Combine(scratch, "lake");
        CopyFolder(Path.Combine(bench, "lake", "store", "blobs"), Path.Combine(folder, "store", "blobs"));
        var figures = new Figures();
        try
        {
            for (int round = 0; round <= rounds; round++)
            {
                // Both write the same rows: DuckDB reads ours into its memory once.
                double ours = await MaterializeAsync(bench, folder, view, figures, round == 0 ? duckDb : null).ConfigureAwait(false);
                double theirs = Processor(() => duckDb.Execute(
                    $"COPY t TO '{Path.Combine(scratch, "copy.parquet")}' (FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE 131072)"));

                // The first round warms up.
                if (round > 0)
                {
                    figures.Ours = Math.Min(figures.Ours, ours);
                    figures.DuckDb = Math.Min(figures.DuckDb, theirs);
                }
            }
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
        return figures;
    }

    private static async Task<double> MaterializeAsync(string bench, string folder, string view, Figures figures, DuckDbDatabase? copy)
    {
        MicromegasLake lake = await MicromegasLake.CreateAsync(folder).ConfigureAwait(false);
        await lake.ImportCatalogAsync(Path.Combine(bench, "lake", "catalog")).ConfigureAwait(false);
        try
        {
            await using MicromegasConnection connection = lake.CreateConnection();
            await connection.OpenAsync().ConfigureAwait(false);
            string process = (string)(await ScalarAsync(connection, "SELECT process_id FROM processes").ConfigureAwait(false))!;
            string question = $"SELECT count(*) FROM view_instance('{view}', '{process}')";
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            await ScalarAsync(connection, question).ConfigureAwait(false);
            double spent = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds;
            copy?.Execute($"CREATE TABLE t AS SELECT * FROM read_parquet('{Path.Combine(folder, "store", "views", view)}/**/*.parquet')");
            for (int i = 0; i < RepeatedQuestions; i++)
            {
                await using MicromegasCommand command = connection.CreateCommand(question);
                long started = Stopwatch.GetTimestamp();
                await command.ExecuteScalarAsync().ConfigureAwait(false);
                figures.Repeated = Math.Min(figures.Repeated, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                figures.Planning = Math.Min(figures.Planning, command.Statistics!.PlanningTime.TotalMilliseconds);
            }
            return spent;
        }
        finally
        {
            await MicromegasLake.CloseAsync(folder).ConfigureAwait(false);
            // The blocks stay for the next round.
            Directory.Delete(Path.Combine(folder, "store", "views"), recursive: true);
            foreach (string file in Directory.EnumerateFiles(folder))
            {
                File.Delete(file);
            }
        }
    }

    private static async Task<object?> ScalarAsync(MicromegasConnection connection, string sql)
    {
        await using MicromegasCommand command = connection.CreateCommand(sql);
        return await command.ExecuteScalarAsync().ConfigureAwait(false);
    }

    private static double Processor(Action work)
    {
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        work();
        return (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds;
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private sealed class Figures
    {
        public double Ours { get; set; } = double.MaxValue;

        public double DuckDb { get; set; } = double.MaxValue;

        public double Planning { get; set; } = double.MaxValue;

        public double Repeated { get; set; } = double.MaxValue;
    }
}
