using System.Diagnostics;
using System.Globalization;
using Micromegas.Benchmarks.Data;
using Micromegas.Benchmarks.Engines;
using Micromegas.Benchmarks.Measuring;

namespace Micromegas.Benchmarks.Probes;

/// <summary>Figures that need a process of their own: what a first statement takes, and the most memory that a statement holds.</summary>
internal static class ProcessProbe
{
    public const string FirstStatement = "first";
    public const string PeakMemory = "memory";

    /// <summary>The probe's side: prints one number.</summary>
    /// <param name="arguments">Name of the probe, the statement, memory limit or empty, then <c>table=file;file…</c>.</param>
    public static int Run(IReadOnlyList<string> arguments)
    {
        var files = new TableFiles("probe", arguments.Skip(3).Select(static table => table.Split('=', 2)).ToDictionary(static pair => pair[0], static pair => pair[1].Split(';')));
        var limit = arguments[2].Length == 0 ? null : arguments[2];
        var figure = arguments[0] == FirstStatement ? MeasureFirst(files, arguments[1]) : MeasureMemory(files, arguments[1], limit);
        Console.WriteLine(figure.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>Runs a probe in a new process and gives its number.</summary>
    /// <exception cref="InvalidOperationException">The probe failed; its output is in the message.</exception>
    public static double Start(string probe, string sql, string? memoryLimit, TableFiles files)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };

        // As programs start by default.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["DOTNET_ReadyToRun"] = "1";
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ProcessProbe).Assembly.Location);
        }
        foreach (var argument in new[] { "--probe", probe, sql, memoryLimit ?? "" }.Concat(files.Tables.Select(static table => $"{table.Key}={string.Join(';', table.Value)}")))
        {
            start.ArgumentList.Add(argument);
        }
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The probe did not start.");
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? double.Parse(output, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"The probe of {sql} failed: {error.Result}");
    }

    /// <summary>Milliseconds from the start of the process to the last row of its first statement.</summary>
    private static double MeasureFirst(TableFiles files, string sql)
    {
        using var engine = new MicromegasEngine(files, 2);
        engine.Run(sql);
        using var process = Process.GetCurrentProcess();
        return (DateTime.Now - process.StartTime).TotalMilliseconds;
    }

    /// <summary>Bytes that the process held at most while the statement ran, beyond what it held before. Linux only: the kernel keeps the figure.</summary>
    private static double MeasureMemory(TableFiles files, string sql, string? memoryLimit)
    {
        using var engine = new MicromegasEngine(files, 2, memoryLimit: memoryLimit);
        engine.Run("SELECT 1");
        GC.Collect();
        var resident = new ResidentMemory();
        engine.Run(sql);
        return resident.Growth;
    }
}
