using System.Diagnostics;
using Micromegas.Benchmarks.Engines;
using Micromegas.Benchmarks.Statements;

namespace Micromegas.Benchmarks.Measuring;

/// <summary>Runs two engines in turn, so that whatever else the machine does meets both.</summary>
/// <param name="ours">Our engine.</param>
/// <param name="duckDb">The yardstick.</param>
/// <param name="warmUps">Rounds that are not counted.</param>
/// <param name="rounds">Rounds of which the best counts.</param>
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

        var (ourBest, duckDbBest) = (double.MaxValue, double.MaxValue);
        for (var i = 0; i < rounds; i++)
        {
            duckDbBest = Math.Min(duckDbBest, Time(duckDb, statement.DuckDbSql));
            ourBest = Math.Min(ourBest, Time(ours, statement.Sql));
        }

        return new(statement, ourBest, duckDbBest);
    }

    private static double Time(IBenchmarkEngine engine, string sql)
    {
        var start = Stopwatch.GetTimestamp();
        engine.Run(sql);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
