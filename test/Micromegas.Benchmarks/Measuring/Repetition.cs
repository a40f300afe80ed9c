using System.Diagnostics;
using System.Globalization;
using Micromegas.Benchmarks.Engines;
using Micromegas.Benchmarks.Statements;

namespace Micromegas.Benchmarks.Measuring;

/// <summary>Our engine alone, the same statement again and again.</summary>
internal static class Repetition
{
    public static void Run(IBenchmarkEngine ours, IEnumerable<BenchmarkStatement> statements, int times, TextWriter output)
    {
        foreach (var statement in statements)
        {
            var best = (Time: double.MaxValue, Processor: double.MaxValue);
            var allocated = 0L;
            for (var i = 0; i < times; i++)
            {
                var before = GC.GetTotalAllocatedBytes(precise: false);
                var start = Stopwatch.GetTimestamp();
                var processor = ProcessorTime.Milliseconds;
                ours.Run(statement.Sql);
                allocated = GC.GetTotalAllocatedBytes(precise: false) - before;
                best = (
                    Math.Min(best.Time, Stopwatch.GetElapsedTime(start).TotalMilliseconds),
                    Math.Min(best.Processor, ProcessorTime.Milliseconds - processor));
            }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{statement.Name,-26} {best.Time,8:0.00} ms, processor {best.Processor,8:0.00} ms, {allocated / 1000,8} KB allocated"));
        }
    }
}
