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
            for (var i = 0; i < times; i++)
            {
                var start = Stopwatch.GetTimestamp();
                var processor = ProcessorTime.Milliseconds;
                ours.Run(statement.Sql);
                best = (
                    Math.Min(best.Time, Stopwatch.GetElapsedTime(start).TotalMilliseconds),
                    Math.Min(best.Processor, ProcessorTime.Milliseconds - processor));
            }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{statement.Name,-26} {best.Time,8:0.00} ms, processor {best.Processor,8:0.00} ms"));
        }
    }
}
