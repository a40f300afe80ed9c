using System.Diagnostics;
using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Benchmarks.Measuring;
using Micromegas.Data;

namespace Micromegas.Benchmarks.Memory;

/// <summary>What a statement held at most, measured in a process of its own.</summary>
/// <param name="Native">Bytes that the pool of native buffers held, rented or not.</param>
/// <param name="Managed">By how much the managed heap grew.</param>
/// <param name="Resident">By how much the process grew, compiled code included; 0 where the system does not say.</param>
/// <param name="Spilled">Bytes written to temporary files.</param>
/// <param name="Rows">Rows of the result.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record MemoryRun(long Native, long Managed, long Resident, long Spilled, long Rows, double Seconds)
{
    /// <summary>The argument that makes this program the measured process.</summary>
    public const string Mode = "--memory-run";

    private const long MiB = 1 << 20;

    /// <summary>The share of the limit that was held.</summary>
    public double ShareOf(long limit) => (Native + Managed) / (double)limit;

    /// <summary>Runs a statement in a new process, whose garbage collector has a fixed budget for new objects: what it lets lie is not the statement's.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="limit">Bytes that it may hold.</param>
    /// <param name="threads">Threads that run it.</param>
    /// <param name="file">The file of the scans; null for a statement that needs none.</param>
    /// <exception cref="InvalidOperationException">The statement failed; its message is in the exception's.</exception>
    public static MemoryRun Start(MemoryCase statement, long limit, int threads, string? file)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            typeof(MemoryRun).Assembly.Location, Mode, statement.SqlFor(limit),
            (limit / MiB).ToString(CultureInfo.InvariantCulture), threads.ToString(CultureInfo.InvariantCulture), file ?? "",
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment["DOTNET_GCgen0size"] = "80000";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The measured process did not start.");
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var figures = output.Trim().Split(' ');
        return process.ExitCode == 0
            ? new MemoryRun(Number(0), Number(1), Number(2), Number(3), Number(4), double.Parse(figures[5], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException(error.Result.Trim());

        long Number(int index) => long.Parse(figures[index], CultureInfo.InvariantCulture);
    }

    /// <summary>The measured process.</summary>
    /// <param name="arguments">The statement, the limit in MiB, the number of threads, the file or nothing.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        var settings = $"Memory Limit={arguments[1]}MiB;Command Memory Limit={arguments[1]}MiB;Threads={arguments[2]};Command Timeout=0";
        var builder = new MicromegasDataSourceBuilder(settings);
        if (arguments[3].Length > 0)
        {
            builder.AddParquet("file", arguments[3]);
        }
        try
        {
            var source = builder.Build();
            await using (source.ConfigureAwait(false))
            {
                // What a first statement brings along (compiled code, tables of functions) is not this one's.
                await MeasureAsync(source, "SELECT i % 10 AS k, count(*), max(i) FROM generate_series(1, 10000) AS g(i) GROUP BY k ORDER BY k").ConfigureAwait(false);
                var run = await MeasureAsync(source, arguments[0]).ConfigureAwait(false);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{run.Native} {run.Managed} {run.Resident} {run.Spilled} {run.Rows} {run.Seconds:0.00}"));
                return 0;
            }
        }
        catch (MicromegasException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.SqlState}: {exception.Message}").ConfigureAwait(false);
            return 1;
        }
    }

    private static async Task<MemoryRun> MeasureAsync(MicromegasDataSource source, string sql)
    {
        using var connection = source.OpenConnection();
        using var command = new MicromegasCommand(null, connection);
#pragma warning disable CA2100 // The statement is this program's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        BufferPool.Shared.Trim();
        BufferPool.Shared.ResetPeak();
        var native = BufferPool.Shared.HeldBytes;
        using var heap = new HeapWatch();
        var resident = new ResidentMemory();
        var start = Stopwatch.GetTimestamp();
        var rows = 0L;
        var reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await foreach (var batch in reader.ReadBatchesAsync().ConfigureAwait(false))
            {
                rows += batch.RowCount;
            }
        }
        var statistics = command.Statistics;
        return new MemoryRun(
            BufferPool.Shared.PeakHeldBytes - native, heap.Growth, resident.Growth, statistics?.SpilledBytes ?? 0, rows, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    /// <summary>Looks at the managed heap all the time.</summary>
    private sealed class HeapWatch : IDisposable
    {
        private readonly long before = GC.GetTotalMemory(forceFullCollection: true);
        private readonly Thread thread;
        private long most;
        private volatile bool ended;

        public HeapWatch()
        {
            thread = new Thread(Watch) { IsBackground = true };
            thread.Start();
        }

        public long Growth => Math.Max(0, Volatile.Read(ref most) - before);

        public void Dispose()
        {
            ended = true;
            thread.Join();
        }

        private void Watch()
        {
            while (!ended)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
                Thread.Sleep(1);
            }
        }
    }
}
