using Micromegas.Samples.Quickstart;

// dotnet run --project samples/Quickstart [DIRECTORY]
string directory = args.Length > 0 ? args[0] : Path.Combine("artifacts", "quickstart");
await Tour.RunAsync(directory, Console.Out);
