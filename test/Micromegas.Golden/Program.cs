using Micromegas.Golden;
using Micromegas.Golden.Answers;
using Micromegas.Golden.Lakes;
using Micromegas.Golden.Running;
using Micromegas.Testing;

GoldenOptions options;
try
{
    options = GoldenOptions.Parse(args);
}
catch (FormatException exception)
{
    Console.Error.WriteLine($"eng/golden: {exception.Message}");
    Console.Error.WriteLine("usage: eng/golden [--lake DIR] [--catalog global|jit|merged] [--group G,…] [--show N] [--raise] FILE…");
    return 2;
}

var report = new GoldenReport([.. (await GoldenRun.RunAsync(options)).SelectMany(file => file.Report.Answers)]);
report.Write(Console.Out, options.Show);
return report.Total.Failed == 0 && report.Answers.Count > 0 ? 0 : 1;
