using System.Diagnostics;
using Micromegas.Benchmarks.Engines;
using Micromegas.Benchmarks.Statements;

namespace Micromegas.Benchmarks.Measuring;

/// <summary>Runs two engines in turn, so that whatever else the machine does meets both.</summary>
/// <param name="ours">Our engine.</param>
/// <param name="duckDb">The yardstick.</param>
/// <param name="warmUps">Rounds that are not counted.</param>
/// <param name="rounds">Rounds that count: the median of their ratios.</param>
internal sealed class Race(IBenchmarkEngine ours, IBenchmarkEngine duckDb, int warmUps, int rounds)
{
    public Measurement Run(BenchmarkStatement statement)
    {
        try
        {
            if (RowComparison.Difference(ours.Rows(statement.Sql), duckDb.Rows(statement.DuckDbSql), statement.Check) is { } difference)
            {
                return new(statement, double.NaN, double.NaN, difference);
            }
        }
#pragma warning disable CA1031 // One statement that an engine cannot answer must not hide the others; its error is printed and fails the run.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new(statement, double.NaN, double.NaN, $"{exception.GetType().Name}: {exception.Message}");
        }

        GC.Collect();
        for (var i = 0; i < warmUps; i++)
        {
            duckDb.Run(statement.DuckDbSql);
            ours.Run(statement.Sql);
        }

        var times = new List<(double Ours, double DuckDb)>();
        var processor = new List<(double Ours, double DuckDb)>();
        for (var i = 0; i < rounds; i++)
        {
            var yardstick = Time(duckDb, statement.DuckDbSql);
            var own = Time(ours, statement.Sql);
            times.Add((own.Time, yardstick.Time));
            processor.Add((own.Processor, yardstick.Processor));
        }

        return new(statement, times.Min(static round => round.Ours), times.Min(static round => round.DuckDb))
        {
            Ratio = MedianRatio(times),
            ProcessorRatio = MedianRatio(processor),
        };
    }

    private static double MedianRatio(List<(double Ours, double DuckDb)> rounds)
    {
        var ratios = rounds.Select(static round => round.DuckDb / round.Ours).Order().ToArray();
        return (ratios[(ratios.Length - 1) / 2] + ratios[ratios.Length / 2]) / 2;
    }

    private static (double Time, double Processor) Time(IBenchmarkEngine engine, string sql)
    {
        var start = Stopwatch.GetTimestamp();
        var processor = ProcessorTime.Milliseconds;
        engine.Run(sql);
        return (Stopwatch.GetElapsedTime(start).TotalMilliseconds, ProcessorTime.Milliseconds - processor);
    }
}
