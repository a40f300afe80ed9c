using Micromegas.Benchmarks;
using Micromegas.Benchmarks.Engines;
using Micromegas.Benchmarks.Measuring;
using Micromegas.Benchmarks.Statements;
using Micromegas.Data;
using Micromegas.Testing;

const int Threads = 2;
string[] tables = ["log_entries", "measures"];
var quick = args.Contains("--quick");
var only = args.SkipWhile(argument => argument != "--only").Skip(1).FirstOrDefault();
var folder = Path.Combine(Repository.Shared, "bench", "parquet");
if (!Directory.Exists(folder))
{
    Console.Error.WriteLine("eng/bench: its data, ../shared/bench/parquet, are not there");
    return 2;
}

var files = tables.ToDictionary(name => name, name => Path.Combine(folder, name + ".parquet"));
var settings = new MicromegasDataSourceBuilder($"Threads={Threads};Command Timeout=0");
foreach (var (name, file) in files)
{
    settings.AddParquet(name, [file]);
}

await using var source = settings.Build();
using var ours = new MicromegasEngine(source.OpenConnection());
using var duckDb = new DuckDbEngine(files, Threads);
var bounds = ours.Rows("SELECT min(time), max(time) FROM log_entries")[0];
var statements = TelemetryStatements.Over((long)(Int128)bounds[0]!, (long)(Int128)bounds[1]!)
    .Where(statement => only is null || statement.Name.Contains(only, StringComparison.OrdinalIgnoreCase));
var race = quick ? new Race(ours, duckDb, warmUps: 1, rounds: 3) : new Race(ours, duckDb, warmUps: 2, rounds: 7);
var report = new RaceReport([.. statements.Select(race.Run)]);
if (!quick && only is null)
{
    report.UpdatePage(Repository.PathOf("docs", "benchmarks.md"), $"Against DuckDB {DuckDbEngine.Version}, {Threads} threads each.");
}

report.Write(Console.Out);
return report.Complete ? 0 : 1;
