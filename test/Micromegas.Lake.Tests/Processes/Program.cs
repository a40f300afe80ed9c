using System.Globalization;

namespace Micromegas.Lake.Tests.Processes;

/// <summary>Run by itself this assembly is a process that works on a lake; the test host never comes here.</summary>
internal static class Program
{
    public const string Command = "work";

    public static async Task<int> Main(string[] args)
    {
        if (args is not [Command, var store, var catalog, var clock, var seed, var seconds])
        {
            await Console.Error.WriteLineAsync($"{Command} STORE CATALOG CLOCK SEED SECONDS");
            return 2;
        }
        await using LakeWorker worker = await LakeWorker.OpenAsync(
            WorkedLake.AddressOf(store, catalog), new FastClock(long.Parse(clock, CultureInfo.InvariantCulture)), int.Parse(seed, CultureInfo.InvariantCulture));
        await Console.Out.WriteLineAsync("ready");
        await worker.WorkAsync(TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)));
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"done {worker.Steps}"));
        return 0;
    }
}
