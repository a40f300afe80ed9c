using Micromegas.Samples.DataTools;

// dotnet run --project samples/DataTools [DIRECTORY]: a lake through the tools that .NET programs read databases with.
string directory = args.Length > 0 ? args[0] : Path.Combine("artifacts", "data-tools");
await Tools.RunAsync(directory, Console.Out);
