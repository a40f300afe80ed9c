using System.Globalization;
using Micromegas.Benchmarks;
using Micromegas.Benchmarks.Data;
using Micromegas.Benchmarks.Engines;
using Micromegas.Benchmarks.Materializing;
using Micromegas.Benchmarks.Measuring;
using Micromegas.Benchmarks.Memory;
using Micromegas.Benchmarks.Probes;
using Micromegas.Benchmarks.Provider;
using Micromegas.Benchmarks.Rows;
using Micromegas.Testing;

if (args is [MemoryRun.Mode, .. var statement])
{
    return await MemoryRun.RunAsync(statement);
}
if (args is ["--memory", .. var what])
{
    // A limit in MiB, or a part of a statement's name.
    var limits = what.Where(static word => long.TryParse(word, out _)).Select(static word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray();
    var name = what.FirstOrDefault(static word => !long.TryParse(word, out _));
    return await MemoryReport.RunAsync(name, limits, Repository.PathOf("docs", "memory.md"), Console.Out) ? 0 : 1;
}
if (args is ["--materialize", .. var views])
{
    return MaterializationRace.Run(views, Console.Out);
}
if (args is ["--provider", .. var reads])
{
    // A number: our side alone, so many times.
    return await ProviderRace.RunAsync(reads is [var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 0, Console.Out);
}
if (args is ["--merge", .. var sizes])
{
    return MergeProbe.Run(sizes, Console.Out);
}
if (args is ["--planning"])
{
    Console.WriteLine(PlanningProbe.Measure());
    return 0;
}
BenchmarkOptions options;
try
{
    options = BenchmarkOptions.Parse(args);
}
catch (Exception exception) when (exception is ArgumentException or FormatException)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
if (options.Probe.Count > 0)
{
    return ProcessProbe.Run(options.Probe);
}
var recipe = new RecipeFiles(options.Measures, options.Logs);
recipe.Make(Console.Error.WriteLine);
var rows = new GoalRows(recipe);
var reports = new List<RaceReport>();
foreach (var row in rows.All().Where(row => options.Rows.Count == 0 || options.Rows.Contains(row.Name)))
{
    var statements = row.Statements.Where(statement => options.Only is null || statement.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase)).ToArray();
    using var ours = new MicromegasEngine(row.Files, row.Threads, row.KeepsFooters);
    if (options.Repeat > 0)
    {
        Repetition.Run(ours, statements, options.Repeat, Console.Out);
        continue;
    }
    using var duckDb = new DuckDbEngine(row.Files, row.Threads, row.KeepsFooters);
    var race = new Race(ours, duckDb, options.WarmUps, options.Rounds);
    var report = new RaceReport(row.Title, row.Goal, [.. statements.Select(race.Run)]);
    report.Write(Console.Out);
    reports.Add(report);
}
if (options.Repeat > 0)
{
    return 0;
}
if (options.Figures is { } path)
{
    File.WriteAllLines(path, reports.SelectMany(static report => report.Figures()));
}
if (options.IsComplete)
{
    var probes = ProbeReport.Measure(rows, recipe, Console.Out);
    BenchmarkPage.Update(
        Repository.PathOf("docs", "benchmarks.md"),
        $"Against DuckDB {DuckDbEngine.Version}; {options.Measures:N0} metrics and {options.Logs:N0} log entries of the recipe.",
        reports,
        probes);
}
Console.WriteLine(reports[0].LastLine);
return reports.All(static report => report.Complete) ? 0 : 1;
