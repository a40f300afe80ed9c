using Micromegas.Data;
using Microsoft.EntityFrameworkCore;
using static Micromegas.EntityFrameworkCore.Tests.QuerySql;

namespace Micromegas.EntityFrameworkCore.Tests;

/// <summary>The SQL of LINQ operators.</summary>
public class OperatorSqlTests
{
    [Fact]
    public void Entities_select_the_columns_of_the_view() => Is(
        static c => c.Set<LogStat>(),
        """SELECT "l"."count", "l"."level", "l"."process_id", "l"."target", "l"."time_bin" FROM "log_stats" AS "l" """);

    [Fact]
    public void Where_compares_levels_times_and_texts()
    {
        var since = new DateTime(2026, 11, 22, 0, 0, 0, DateTimeKind.Utc);
        Is(
            c => c.LogEntries.Where(e => e.Level <= TelemetryLevel.Error && e.Time >= since && e.Message == "boom"),
            """
            -- @p='2026-11-22T00:00:00.000000000Z' (DbType = DateTime2)
            SELECT * FROM "log_entries" AS "l"
            WHERE "l"."level" <= 2 AND "l"."time" >= @p AND "l"."msg" = 'boom'
            """);
    }

    [Fact]
    public void Constant_times_keep_nine_digits() => Is(
        static c => c.LogEntries.Where(e => e.Time >= new NanoTimestamp(5)).Select(e => e.Message),
        """SELECT "l"."msg" FROM "log_entries" AS "l" WHERE "l"."time" >= TIMESTAMP '1970-01-01T00:00:00.000000005Z'""");

    [Fact]
    public void View_instances_compose()
    {
        var (word, count) = ("slow", 5);
        Is(
            c => c.LogEntries("p1").Where(e => e.Message.StartsWith(word)).OrderByDescending(e => e.Time).ThenBy(e => e.Target).Skip(1).Take(count)
                .Select(e => new { e.Time, e.Message }),
            """
            -- p0='p1'
            -- @word='slow'
            -- @p3='5'
            -- @p2='1'
            SELECT "m"."time" AS "Time", "m"."msg" AS "Message"
            FROM ( SELECT * FROM view_instance('log_entries', @p0) ) AS "m"
            WHERE starts_with("m"."msg", @word)
            ORDER BY "m"."time" DESC, "m"."target"
            LIMIT @p3 OFFSET @p2
            """);
    }

    [Fact]
    public void View_instances_of_other_sets() => Is(
        static c => c.ThreadSpans("s1").Where(s => s.Duration > 1000).Select(s => new { s.Name, s.Begin, s.End }),
        """
        -- p0='s1'
        SELECT "m"."name" AS "Name", "m"."begin" AS "Begin", "m"."end" AS "End"
        FROM ( SELECT * FROM view_instance('thread_spans', @p0) ) AS "m"
        WHERE "m"."duration" > 1000
        """);

    [Fact]
    public void Skip_alone_is_an_offset() => Is(
        static c => c.LogEntries.OrderBy(e => e.Time).Select(e => e.Message).Skip(3),
        """-- @p='3' SELECT "l"."msg" FROM "log_entries" AS "l" ORDER BY "l"."time" OFFSET @p""");

    [Fact]
    public void Groups_with_all_aggregates() => Is(
        static c => c.Measures.GroupBy(m => m.Name).OrderBy(g => g.Key).Select(g => new
        {
            g.Key,
            Count = g.Count(),
            Long = g.LongCount(),
            Sum = g.Sum(m => m.Value),
            Average = g.Average(m => m.Value),
            Least = g.Min(m => m.Value),
            Last = g.Max(m => m.Time),
        }),
        """
        SELECT "m"."name" AS "Key", COUNT(*) AS "Count", COUNT(*) AS "Long", COALESCE(SUM("m"."value"), 0.0) AS "Sum", AVG("m"."value") AS "Average",
            MIN("m"."value") AS "Least", MAX("m"."time") AS "Last"
        FROM "measures" AS "m" GROUP BY "m"."name" ORDER BY "m"."name"
        """);

    [Fact]
    public void Groups_with_predicates_and_having() => Is(
        static c => c.LogEntries.GroupBy(e => e.ProcessId).Where(g => g.Count() > 3)
            .Select(g => new { g.Key, Errors = g.Count(e => e.Level <= TelemetryLevel.Error), Targets = string.Join(",", g.Select(e => e.Target)) }),
        """
        SELECT "l"."process_id" AS "Key", COUNT(CASE WHEN "l"."level" <= 2 THEN 1 END) AS "Errors", COALESCE(string_agg("l"."target", ','), '') AS "Targets"
        FROM "log_entries" AS "l" GROUP BY "l"."process_id" HAVING COUNT(*) > 3
        """);

    [Fact]
    public void Groups_by_time_bin() => Is(
        static c => c.Measures.Where(m => m.Name == "frame").GroupBy(m => m.Time.Floor(TimeSpan.FromMinutes(1)))
            .Select(g => new { g.Key, P95 = EF.Functions.ApproxPercentile(g.Select(m => m.Value), 0.95), Median = EF.Functions.Median(g.Select(m => m.Value)) }),
        """
        SELECT "m0"."Key", approx_percentile_cont("m0"."value", 0.95) AS "P95", median("m0"."value") AS "Median"
        FROM ( SELECT "m"."value", date_bin(INTERVAL '1 mins', "m"."time") AS "Key" FROM "measures" AS "m" WHERE "m"."name" = 'frame' ) AS "m0"
        GROUP BY "m0"."Key"
        """);

    [Fact]
    public void Aggregates_of_everything()
    {
        using var context = NewContext();
        Is(static c => c.LogEntries.GroupBy(e => 1).Select(g => g.Max(e => e.Time)), """SELECT MAX("l0"."time") FROM ( SELECT "l"."time", 1 AS "Key" FROM "log_entries" AS "l" ) AS "l0" GROUP BY "l0"."Key" """);
    }

    [Fact]
    public void Distinct_and_union() => Is(
        static c => c.LogEntries.Select(e => e.Target).Distinct().Union(c.Measures.Select(m => m.Target)),
        """SELECT "l"."target" FROM "log_entries" AS "l" UNION SELECT "m"."target" FROM "measures" AS "m" """);

    [Fact]
    public void Inner_join() => Is(
        static c => c.LogEntries.Join(c.Processes, e => e.ProcessId, p => p.ProcessId, (e, p) => new { e.Time, p.Exe, p.Properties }),
        """
        SELECT "l"."time" AS "Time", "p"."exe" AS "Exe", "p"."properties" AS "Properties"
        FROM "log_entries" AS "l" INNER JOIN "processes" AS "p" ON "l"."process_id" = "p"."process_id"
        """);

    [Fact]
    public void Left_join() => Is(
        static c => from p in c.Processes
                    join e in c.LogEntries on p.ProcessId equals e.ProcessId into entries
                    from e in entries.DefaultIfEmpty()
                    select new { p.Exe, e.Message },
        """SELECT "p"."exe" AS "Exe", "l"."msg" AS "Message" FROM "processes" AS "p" LEFT JOIN "log_entries" AS "l" ON "p"."process_id" = "l"."process_id" """);

    [Fact]
    public void Lateral_joins() => Is(
        static c => c.Processes.SelectMany(p => c.LogEntries.Where(e => e.Time > p.StartTime).OrderBy(e => e.Time).Take(2), (p, e) => new { p.Exe, e.Message }),
        """
        SELECT "p"."exe" AS "Exe", "l0"."msg" AS "Message" FROM "processes" AS "p"
        CROSS JOIN LATERAL ( SELECT "l"."msg" FROM "log_entries" AS "l" WHERE "l"."time" > "p"."start_time" ORDER BY "l"."time" LIMIT 2 ) AS "l0"
        """);

    [Fact]
    public void Any_is_exists() => Is(
        static c => c.Processes.Where(p => c.LogEntries.Any(e => e.ProcessId == p.ProcessId && e.Level == TelemetryLevel.Fatal)).Select(p => p.Exe),
        """
        SELECT "p"."exe" FROM "processes" AS "p"
        WHERE EXISTS ( SELECT 1 FROM "log_entries" AS "l" WHERE "l"."process_id" = "p"."process_id" AND "l"."level" = 1)
        """);

    [Fact]
    public void Contains_is_in()
    {
        string[] targets = ["a", "b"];
        List<TelemetryLevel> levels = [TelemetryLevel.Fatal, TelemetryLevel.Error];
        Is(
            c => c.LogEntries.Where(e => targets.Contains(e.Target) && levels.Contains(e.Level)).Select(e => e.Message),
            """
            -- @targets1='a'
            -- @targets2='b'
            -- @levels1='1'
            -- @levels2='2'
            SELECT "l"."msg" FROM "log_entries" AS "l" WHERE "l"."target" IN (@targets1, @targets2) AND "l"."level" IN (@levels1, @levels2)
            """);
        Is(
            static c => c.LogEntries.Where(e => c.Processes.Where(p => p.Exe == "x").Select(p => p.ProcessId).Contains(e.ProcessId)).Select(e => e.Message),
            """
            SELECT "l"."msg" FROM "log_entries" AS "l"
            WHERE "l"."process_id" IN ( SELECT "p"."process_id" FROM "processes" AS "p" WHERE "p"."exe" = 'x' )
            """);
    }

    [Fact]
    public void Conditions() => Is(
        static c => c.Measures.Select(m => m.Value > 1 ? "big" : "small"),
        """SELECT CASE WHEN "m"."value" > 1.0 THEN 'big' ELSE 'small' END FROM "measures" AS "m" """);
}
