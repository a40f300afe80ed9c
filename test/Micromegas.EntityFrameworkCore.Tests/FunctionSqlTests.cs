using System.Text.RegularExpressions;
using Micromegas.Data;
using Microsoft.EntityFrameworkCore;
using static Micromegas.EntityFrameworkCore.Tests.QuerySql;

namespace Micromegas.EntityFrameworkCore.Tests;

/// <summary>The SQL of methods and members.</summary>
public class FunctionSqlTests
{
    private static void Where(System.Linq.Expressions.Expression<Func<LogEntry, bool>> predicate, string expected)
        => Is(c => c.LogEntries.Where(predicate).Select(static e => e.Message), $"""SELECT "l"."msg" FROM "log_entries" AS "l" WHERE {expected}""");

    private static void Value<T>(System.Linq.Expressions.Expression<Func<Measure, T>> selector, string expected)
        => Is(c => c.Measures.Select(selector), $"""SELECT {expected} FROM "measures" AS "m" """);

    [Fact]
    public void Texts()
    {
        Where(static e => e.Message.Contains("x"), """contains("l"."msg", 'x')""");
        Where(static e => e.Message.Contains('x'), """contains("l"."msg", 'x')""");
        Where(static e => e.Message.Contains("X", StringComparison.OrdinalIgnoreCase), """contains(lower("l"."msg"), lower('X'))""");
        Where(static e => e.Message.StartsWith("x") || e.Message.EndsWith("y"), """starts_with("l"."msg", 'x') OR ends_with("l"."msg", 'y')""");
        Where(static e => e.Message.ToUpper() == "X" || e.Message.ToLowerInvariant() == "x", """upper("l"."msg") = 'X' OR lower("l"."msg") = 'x'""");
        Where(static e => e.Message.Length > 3, """character_length("l"."msg") > 3""");
        Where(static e => e.Message.Substring(2) == "a" || e.Message.Substring(0, 3) == "b", """substr("l"."msg", 3) = 'a' OR substr("l"."msg", 1, 3) = 'b'""");
        Where(static e => e.Message.Trim('"') == "y" || e.Message.TrimStart('a', 'b') == "c", """btrim("l"."msg", '"') = 'y' OR ltrim("l"."msg", 'ab') = 'c'""");
        Where(static e => e.Message.Replace("a", "b") == "c", """replace("l"."msg", 'a', 'b') = 'c'""");
        Where(static e => e.Message.IndexOf("q") > 1, """(strpos("l"."msg", 'q') - 1) > 1""");
        Where(static e => string.IsNullOrEmpty(e.Message), """ "l"."msg" = '' """);
        Where(static e => e.Target + ": " + e.Message == "a: b", """(("l"."target" || ': ') || "l"."msg") = 'a: b'""");
        Where(static e => string.Equals(e.Target, "A", StringComparison.OrdinalIgnoreCase), """lower("l"."target") = lower('A')""");
        Where(static e => e.Message.PadLeft(5) == "x", """lpad("l"."msg", 5) = 'x'""");
        Where(static e => string.Compare(e.Message, "x") > 0, """ "l"."msg" > 'x' """);
        Where(static e => e.Message == "it's", """ "l"."msg" = 'it''s' """);
    }

    [Fact]
    public void Patterns()
    {
        Where(static e => EF.Functions.Like(e.Message, "%x%"), """ "l"."msg" LIKE '%x%' """);
        Where(static e => EF.Functions.Like(e.Message, "%\\%%", "\\"), """ "l"."msg" LIKE '%\%%' ESCAPE '\' """);
        Where(static e => EF.Functions.ILike(e.Target, "A%"), """lower("l"."target") LIKE 'a%'""");
        Where(static e => Regex.IsMatch(e.Message, "a+"), """regexp_like("l"."msg", 'a+')""");
        Where(static e => Regex.IsMatch(e.Message, "a+", RegexOptions.IgnoreCase | RegexOptions.Singleline), """regexp_like("l"."msg", 'a+', 'is')""");
    }

    [Fact]
    public void Properties()
    {
        Where(static e => e.Properties["k"] == "v", """property_get("l"."properties", 'k') = 'v'""");
        Where(static e => e.ProcessProperties.ContainsKey("k"), """property_get("l"."process_properties", 'k') IS NOT NULL""");
        Where(static e => e.Properties.GetValueOrDefault("k") == "v", """property_get("l"."properties", 'k') = 'v'""");
        Where(static e => EF.Functions.PropertyGet(e.Properties, "k") == null, """property_get("l"."properties", 'k') IS NULL""");
        Where(static e => e.Properties.Count > 1, """properties_length("l"."properties") > 1""");
        Is(
            static c => c.LogEntries.GroupBy(e => e.Properties["k"]).Select(g => new { g.Key, N = g.Count() }),
            """
            SELECT "l0"."Key", COUNT(*) AS "N"
            FROM ( SELECT property_get("l"."properties", 'k') AS "Key" FROM "log_entries" AS "l" ) AS "l0" GROUP BY "l0"."Key"
            """);
    }

    [Fact]
    public void Lists() => Is(
        static c => c.Streams.Where(s => s.Tags!.Contains("cpu")).Select(s => s.StreamId),
        """SELECT "s"."stream_id" FROM "streams" AS "s" WHERE array_has("s"."tags", 'cpu')""");

    [Fact]
    public void Instants()
    {
        Where(static e => e.Time.Year == 2026 && e.Time.Hour == 16, """date_part('year', "l"."time") = 2026 AND date_part('hour', "l"."time") = 16""");
        Where(static e => e.Time.Date == new NanoTimestamp(2026, 11, 22, 0, 0, 0, 0), """date_trunc('day', "l"."time") = TIMESTAMP '2026-11-22T00:00:00.000000000Z'""");
        Where(static e => e.Time.DayOfWeek == DayOfWeek.Sunday, """date_part('dow', "l"."time") = 0""");
        Where(static e => e.Time > DateTime.UtcNow.AddHours(-1), """ "l"."time" > CAST(now() + arrow_cast(-3600000000000, 'Duration(ns)') AS TIMESTAMP)""");
        Where(static e => e.InsertTime - e.Time > TimeSpan.FromSeconds(1), """("l"."insert_time" - "l"."time") > arrow_cast(1000000000, 'Duration(ns)')""");
        Where(static e => e.Time + TimeSpan.FromSeconds(1) < e.InsertTime, """("l"."time" + arrow_cast(1000000000, 'Duration(ns)')) < "l"."insert_time" """);
        Where(static e => e.Time.Add(TimeSpan.FromSeconds(1)) < e.InsertTime, """("l"."time" + arrow_cast(1000000000, 'Duration(ns)')) < "l"."insert_time" """);
        Value(static m => EF.Functions.DateTrunc("hour", m.Time), """date_trunc('hour', "m"."time")""");
        Value(static m => EF.Functions.DateBin(new MicromegasInterval(1, 0, 0), m.Time), """date_bin(INTERVAL '1 mons', "m"."time")""");
        Value(static m => m.Time.UnixNanoseconds, """CAST("m"."time" AS BIGINT)""");
    }

    [Fact]
    public void Time_variables()
    {
        var stride = TimeSpan.FromSeconds(10);
        Is(c => c.Measures.Select(m => m.Time.Floor(stride)), """-- @stride='00:00:10' SELECT date_bin(CAST(@stride AS INTERVAL), "m"."time") FROM "measures" AS "m" """);
        var offset = new DateTimeOffset(2026, 11, 22, 18, 54, 0, TimeSpan.FromHours(2));
        Is(
            c => c.LogEntries.Where(e => e.Time < offset).Select(e => e.Message),
            """-- @p='2026-11-22T16:54:00.000000000Z' (DbType = DateTime2) SELECT "l"."msg" FROM "log_entries" AS "l" WHERE "l"."time" < @p""");
    }

    [Fact]
    public void Numbers()
    {
        Value(static m => Math.Abs(m.Value), """abs("m"."value")""");
        Value(static m => Math.Round(m.Value, 2), """round("m"."value", 2)""");
        Value(static m => Math.Pow(m.Value, 2), """power("m"."value", 2.0)""");
        Value(static m => Math.Log(m.Value) + Math.Log(m.Value, 2), """ln("m"."value") + log(2.0, "m"."value")""");
        Value(static m => Math.Max(m.Value, 1.5), """greatest("m"."value", 1.5)""");
        Value(static m => Math.Sign(m.Value), """CAST(signum("m"."value") AS INT)""");
        Value(static m => double.IsNaN(m.Value), """isnan("m"."value")""");
        Value(static m => (int)m.Value, """CAST("m"."value" AS INT)""");
        Value(static m => m.Value.ToString(), """CAST("m"."value" AS VARCHAR)""");
        Value(static m => (decimal)m.Value + 1.50m, """CAST("m"."value" AS DECIMAL(38,10)) + CAST('1.50' AS DECIMAL(38,2))""");
        Value(static m => m.Value * 2 - 1, """("m"."value" * 2.0) - 1.0""");
        Value(static m => m.Value > double.PositiveInfinity, """ "m"."value" > CAST('inf' AS DOUBLE)""");
        Value(static m => m.Value > 1 ? true : m.Name == "x", """CASE WHEN "m"."value" > 1.0 THEN TRUE ELSE "m"."name" = 'x' END""");
    }

    [Fact]
    public void Functions_refuse_to_run_in_the_client()
    {
        Assert.Throws<InvalidOperationException>(() => EF.Functions.Median([1.0]));
        Assert.Throws<InvalidOperationException>(() => EF.Functions.ILike("a", "b"));
    }
}
