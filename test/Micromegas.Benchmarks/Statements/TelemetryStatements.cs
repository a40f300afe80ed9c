using System.Globalization;

namespace Micromegas.Benchmarks.Statements;

/// <summary>The telemetry questions that are asked of one process's logs and metrics (a million and three quarters of a million rows).</summary>
internal static class TelemetryStatements
{
    /// <summary>The statements over files whose events lie between two instants, in nanoseconds since the epoch.</summary>
    public static IReadOnlyList<BenchmarkStatement> Over(long firstNanosecond, long lastNanosecond)
    {
        var length = lastNanosecond - firstNanosecond;
        // Whole microseconds: DuckDB compares no finer.
        var windowBegin = Microsecond(firstNanosecond + (length / 40 * 19));
        var windowEnd = Microsecond(firstNanosecond + (length / 40 * 21));
        return
        [
            BenchmarkStatement.Common("count", "SELECT count(*) FROM log_entries"),
            BenchmarkStatement.Common("count by level", "SELECT level, count(*) FROM log_entries GROUP BY level ORDER BY level"),
            BenchmarkStatement.Common("count by target, level", "SELECT target, level, count(*) FROM log_entries GROUP BY target, level ORDER BY 1, 2"),
            BenchmarkStatement.Common("LIKE", "SELECT count(*) FROM log_entries WHERE msg LIKE '%slow: 12%'"),
            // DuckDB's name for a search that need not match the whole text.
            new(
                "regular expression",
                "SELECT count(*) FROM log_entries WHERE regexp_like(msg, 'shard [0-9]+ moved')",
                "SELECT count(*) FROM log_entries WHERE regexp_matches(msg, 'shard [0-9]+ moved')"),
            BenchmarkStatement.Common("last 100", "SELECT time, level, msg FROM log_entries ORDER BY time DESC LIMIT 100", RowCheck.FirstColumn),
            // The window's end belongs to it: for DuckDB that is the whole last microsecond, for us its first nanosecond, hence the 999.
            new(
                "5 % window",
                $"SELECT count(*) FROM log_entries WHERE time BETWEEN TIMESTAMP '{Text(windowBegin)}' AND TIMESTAMP '{Text(windowEnd + 999)}'",
                $"SELECT count(*) FROM log_entries WHERE time BETWEEN TIMESTAMPTZ '{Text(windowBegin)}+00' AND TIMESTAMPTZ '{Text(windowEnd)}+00'"),
            // time_bucket costs DuckDB three times as much as dividing the integers does.
            new(
                "count by 100 ms, level",
                "SELECT date_bin(INTERVAL '100 milliseconds', time), level, count(*) FROM log_entries GROUP BY 1, 2 ORDER BY 1, 2",
                "SELECT epoch_ns(time) // 100000000 * 100000000, level, count(*) FROM log_entries GROUP BY 1, 2 ORDER BY 1, 2"),
            BenchmarkStatement.Common(
                "metrics by name",
                "SELECT name, count(*), avg(value), min(value), max(value) FROM measures GROUP BY name ORDER BY name"),
            new(
                "one metric by 50 ms",
                "SELECT date_bin(INTERVAL '50 milliseconds', time), avg(value), max(value) FROM measures WHERE name = 'load_time' GROUP BY 1 ORDER BY 1",
                "SELECT epoch_ns(time) // 50000000 * 50000000, avg(value), max(value) FROM measures WHERE name = 'load_time' GROUP BY 1 ORDER BY 1"),
            BenchmarkStatement.Common("median by name", "SELECT name, median(value) FROM measures GROUP BY name ORDER BY name"),
            BenchmarkStatement.Common("distinct messages", "SELECT count(DISTINCT msg) FROM log_entries"),
            BenchmarkStatement.Common(
                "first words",
                "SELECT split_part(msg, ' ', 1), count(*) FROM log_entries GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20"),
            BenchmarkStatement.Common(
                "half a million rows",
                "SELECT time, level, msg FROM log_entries WHERE level = 4 LIMIT 1000000",
                RowCheck.AnyOrder),
        ];
    }

    private static long Microsecond(long nanoseconds) => nanoseconds - (nanoseconds % 1000);

    private static string Text(long nanoseconds)
    {
        var time = DateTime.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        return string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-dd HH:mm:ss}.{nanoseconds % 1_000_000_000:000000000}");
    }
}
