using Micromegas.Data;

namespace Micromegas.Samples.DataTools;

/// <summary>Writes a few log lines into a lake, and reads them with one tool after the other.</summary>
public static class Tools
{
    /// <summary>Log lines that each run writes.</summary>
    public const int Lines = 1000;

    /// <summary>Tries all tools.</summary>
    /// <param name="directory">Where the lake is, or will be.</param>
    /// <param name="output">Takes what was found.</param>
    public static async Task RunAsync(string directory, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        MicromegasLake lake = await MicromegasLake.CreateAsync(directory);
        await WriteAsync(lake);
        string connectionString = new MicromegasConnectionStringBuilder { DataSource = lake.Directory }.ConnectionString;
        await WithDapper.RunAsync(connectionString, output);
        WithDataTables.Run(connectionString, output);
        await WithInjection.RunAsync(connectionString, output);
        await WithJson.RunAsync(connectionString, output);
        await WithParallelLoops.RunAsync(connectionString, output);
    }

    private static async Task WriteAsync(MicromegasLake lake)
    {
        await using TelemetryWriter telemetry = lake.CreateWriter(new TelemetryWriterOptions { Exe = "data-tools" });
        for (int i = 0; i < Lines; i++)
        {
            telemetry.Log(i % 100 == 0 ? TelemetryLevel.Error : TelemetryLevel.Info, i % 2 == 0 ? "shop.basket" : "shop.payment", $"Order {i}");
        }
    }
}
