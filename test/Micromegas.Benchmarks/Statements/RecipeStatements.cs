using System.Globalization;

namespace Micromegas.Benchmarks.Statements;

/// <summary>The questions that are asked of the recipe's metrics, log entries and processes.</summary>
internal static class RecipeStatements
{
    /// <summary>Statements that metadata, dictionaries or bounds answer almost alone; they are reported apart, since they would carry any mean.</summary>
    public static IReadOnlySet<string> AnsweredByMetadata { get; } = new HashSet<string> { "Q1", "Q8", "Q9", "Q10", "Q12" };

    /// <summary>The statements over metrics of a time span, in nanoseconds since the epoch.</summary>
    /// <param name="first">Time of the first metric.</param>
    /// <param name="last">Time of the last metric.</param>
    /// <param name="process">A process in the middle of the table.</param>
    public static IReadOnlyList<BenchmarkStatement> Over(long first, long last, string process)
    {
        var length = (last - first) / 100;
        var wide = Window(first + (length * 30), first + (length * 60));
        var narrow = Window(first + (length * 50), first + (length * 50) + 300_000_000_000);
        return
        [
            BenchmarkStatement.Common("Q1", "SELECT count(*) FROM measures"),
            BenchmarkStatement.Common("Q2", "SELECT count(*) FROM log_entries WHERE level <= 2"),
            BenchmarkStatement.Common("Q3", $"SELECT name, avg(value), min(value), max(value) FROM measures WHERE {wide} GROUP BY name", RowCheck.AnyOrder),
            BenchmarkStatement.Common("Q4", "SELECT process_id, name, count(*), avg(value) FROM measures GROUP BY process_id, name", RowCheck.AnyOrder),
            BenchmarkStatement.Common("Q5", "SELECT target, count(*) AS c FROM log_entries GROUP BY target ORDER BY c DESC, target LIMIT 10"),
            BenchmarkStatement.Common("Q6", "SELECT count(*) FROM log_entries WHERE msg LIKE '%error%'"),
            new(
                "Q7",
                "SELECT count(*), sum(a) FROM (SELECT date_trunc('minute', time) AS b, name, avg(value) AS a FROM measures GROUP BY 1, 2) AS x",
                "SELECT count(*), sum(a) FROM (SELECT epoch_ns(time) // 60000000000 AS b, name, avg(value) AS a FROM measures GROUP BY 1, 2) AS x"),
            new(
                "Q7b",
                "SELECT date_trunc('minute', time) AS b, avg(value) AS a FROM measures WHERE name = 'frame_time_main' GROUP BY 1 ORDER BY 1",
                "SELECT epoch_ns(time) // 60000000000 * 60000000000 AS b, avg(value) AS a FROM measures WHERE name = 'frame_time_main' GROUP BY 1 ORDER BY 1"),
            // Two steps by hand: DuckDB fetches the wide columns of everything otherwise.
            new(
                "Q8",
                "SELECT time, process_id, level, target, msg FROM log_entries WHERE level <= 3 ORDER BY time DESC LIMIT 100",
                "SELECT time, process_id, level, target, msg FROM log_entries WHERE level <= 3 AND time >= (SELECT min(time) FROM (SELECT time FROM log_entries WHERE level <= 3 ORDER BY time DESC LIMIT 100)) ORDER BY time DESC LIMIT 100",
                RowCheck.FirstColumn),
            BenchmarkStatement.Common("Q9", "SELECT count(DISTINCT process_id) FROM measures"),
            BenchmarkStatement.Common(
                "Q10",
                "SELECT p.platform, sum(c), sum(e) FROM (SELECT process_id, count(*) AS c, count(*) FILTER (WHERE level <= 2) AS e FROM log_entries GROUP BY process_id) AS a JOIN processes p ON a.process_id = p.process_id GROUP BY p.platform ORDER BY 1"),
            BenchmarkStatement.Common("Q11", "SELECT count(*), sum(c), max(mx) FROM (SELECT block_id, count(*) AS c, max(value) AS mx FROM measures GROUP BY block_id) AS x"),
            BenchmarkStatement.Common("Q11b", "SELECT count(*), max(c) FROM (SELECT substr(msg, 1, 24) AS k, count(*) AS c FROM log_entries GROUP BY k) AS x"),
            // Both answers are approximations, each its own.
            new(
                "Q12",
                "SELECT name, approx_percentile_cont(value, 0.95) FROM measures GROUP BY name",
                "SELECT name, approx_quantile(value, 0.95) FROM measures GROUP BY name",
                RowCheck.FirstColumnInAnyOrder),
            BenchmarkStatement.Common("Q13", $"SELECT count(*), avg(value) FROM measures WHERE process_id = '{process}' AND name = 'latency_net'"),
            BenchmarkStatement.Common("Q14", "SELECT count(*), avg(value * 2 + 1) FROM measures WHERE value > 50 AND name <> 'frame_time_main'"),
            BenchmarkStatement.Common("Q15", $"SELECT name, avg(value), min(value), max(value) FROM measures WHERE {narrow} GROUP BY name", RowCheck.AnyOrder),
        ];
    }

    private static string Window(long begin, long end) => $"time >= TIMESTAMP '{Text(begin)}' AND time < TIMESTAMP '{Text(end)}'";

    // Whole microseconds, which every dialect reads.
    private static string Text(long nanoseconds)
    {
        var time = DateTime.UnixEpoch.AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        return time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
    }
}
