using Micromegas.Benchmarks.Engines;
using Micromegas.Benchmarks.Measuring;
using Micromegas.Benchmarks.Rows;
using Micromegas.Benchmarks.Statements;
using Micromegas.Testing;

namespace Micromegas.Conformance.Benchmarks;

/// <summary>The benchmark compares answers before times, and its yardstick really answers.</summary>
public sealed class BenchmarkTests
{
    private const long Nanosecond = 1_795_366_873_537_906_000;

    private static readonly BenchmarkStatement Statement = BenchmarkStatement.Common("one", "SELECT 1");

    [SharedFact("bench", "parquet")]
    public void The_yardstick_answers_every_statement()
    {
        var files = GoalRows.UpstreamFiles()!;
        using var duckDb = new DuckDbEngine(files, threads: 2);
        var bounds = duckDb.Rows("SELECT min(time), max(time) FROM log_entries")[0];

        foreach (var statement in TelemetryStatements.Over((long)(Int128)bounds[0]!, (long)(Int128)bounds[1]!))
        {
            Assert.True(duckDb.Run(statement.DuckDbSql) > 0, statement.Name);
        }
    }

    [Fact]
    public void The_window_is_the_same_in_both_dialects()
    {
        var window = TelemetryStatements.Over(Nanosecond, Nanosecond + 1_000_000_000).Single(statement => statement.Name == "5 % window");

        Assert.Contains("BETWEEN TIMESTAMP '2026-11-22 17:01:14.012906000' AND TIMESTAMP '2026-11-22 17:01:14.062906999'", window.Sql, StringComparison.Ordinal);
        Assert.Contains("BETWEEN TIMESTAMPTZ '2026-11-22 17:01:14.012906000+00' AND TIMESTAMPTZ '2026-11-22 17:01:14.062906000+00'", window.DuckDbSql, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_answers_are_equal()
    {
        object?[][] rows = [[(Int128)1, "a", 0.1 + 0.2], [(Int128)2, null, 1.0]];
        object?[][] same = [[(Int128)1, "a", 0.3], [(Int128)2, null, 1.0]];

        Assert.Null(RowComparison.Difference(rows, same, RowCheck.Ordered));
        Assert.Null(RowComparison.Difference([.. rows.Reverse()], rows, RowCheck.AnyOrder));
        Assert.Null(RowComparison.Difference([[(Int128)1, "a"]], [[(Int128)1, "b"]], RowCheck.FirstColumn));
    }

    [Fact]
    public void Differences_are_seen()
    {
        object?[][] rows = [[(Int128)1, "a"], [(Int128)2, "b"]];

        Assert.NotNull(RowComparison.Difference(rows, [[(Int128)1, "a"]], RowCheck.AnyOrder));
        Assert.NotNull(RowComparison.Difference(rows, [.. rows.Reverse()], RowCheck.Ordered));
        Assert.NotNull(RowComparison.Difference(rows, [[(Int128)1, "a"], [(Int128)2, "c"]], RowCheck.AnyOrder));
        Assert.NotNull(RowComparison.Difference(rows, [[(Int128)1, "a"], [(Int128)3, "b"]], RowCheck.FirstColumn));
        Assert.NotNull(RowComparison.Difference([[1.0]], [[1.0001]], RowCheck.Ordered));
    }

    [Fact]
    public void A_statement_without_comparison_is_told_and_leaves_the_others()
    {
        var report = new RaceReport("all", "", [new(Statement, 2, 6), new(Statement, 4, 2), new(Statement, double.NaN, double.NaN, "no such function")]);
        var text = new StringWriter { NewLine = "\n" };

        report.Write(text);

        Assert.False(report.Complete);
        Assert.Equal("geomean 1.22 worst 0.50", report.LastLine);
        Assert.Contains("no such function", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("geomean 1.22 worst 0.50", text.ToString(), StringComparison.Ordinal);
    }
}
