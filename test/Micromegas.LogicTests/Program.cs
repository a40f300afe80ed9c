using Micromegas.LogicTests;
using Micromegas.Testing;

LogicOptions options;
try
{
    options = LogicOptions.Parse(args, Directory.EnumerateFiles(Repository.PathOf("test", "slt"), "*.slt"));
}
catch (FormatException exception)
{
    Console.Error.WriteLine($"eng/slt: {exception.Message}");
    Console.Error.WriteLine("usage: eng/slt [--setting NAME]… [--show N] [FILE…]");
    return 2;
}

var records = 0;
var failures = new List<LogicFailure>();
foreach (var path in options.Files)
{
    var file = LogicFile.Read(path);
    records += file.Records.Count;
    foreach (var setting in options.Settings)
    {
        var failed = await LogicRun.RunAsync(file, setting);
        failures.AddRange(failed.Select(failure => failure with { Reason = $"[{setting}] {failure.Reason}" }));
        Console.WriteLine($"{file.Name,-28} {setting,-16} {file.Records.Count - failed.Count,5} passed {failed.Count,5} failed");
    }
}
foreach (var failure in failures.Take(options.Show))
{
    Console.WriteLine(failure);
}
Console.WriteLine($"slt: {records} records under {options.Settings.Count} settings, {failures.Count} failed");
return failures.Count == 0 && records > 0 ? 0 : 1;
