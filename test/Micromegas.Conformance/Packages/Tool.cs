using System.Diagnostics;
using System.Text;

namespace Micromegas.Conformance.Packages;

/// <summary>Runs a program and gives its output; a failure shows all of it.</summary>
internal static class Tool
{
    /// <summary>Far longer than any of them takes, also on a loaded machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    public static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // What the test host's own build left in the environment is not meant for other builds.
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        var output = new StringBuilder();
        try
        {
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            output.Append(await process.StandardOutput.ReadToEndAsync(limit.Token));
            var errorText = await error;
            await process.WaitForExitAsync(limit.Token);
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}{errorText}");
            return output.ToString();
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} takes more than {Limit}:\n{output}");
        }
    }
}
