using System.Globalization;
using Micromegas.Columnar;

namespace Micromegas.Engine.Tests.Operators;

/// <summary>Generated windows against a twin that looks at each row's frame anew.</summary>
public sealed class WindowFramesTests : IDisposable
{
    private readonly OperatorRun run = new();
    private readonly Row[] rows;

    public WindowFramesTests()
    {
        var random = new Random(11);
        rows = [.. Enumerable.Range(0, 900).Select(id => new Row(
            id,
            id < 300 ? random.Next(30) : 30 + random.Next(3),
            random.Next(12) == 0 ? null : random.Next(60) - 20,
            random.Next(5) == 0 ? null : random.Next(9) - 3))];
        run.Add(
            "w",
            rows,
            (new Field("id", DataType.Int64, false), static row => row.Id),
            (new Field("p", DataType.Int32, false), static row => row.P),
            (new Field("k", DataType.Int64), static row => row.K),
            (new Field("x", DataType.Int64), static row => row.X));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Generated_windows(int seed)
    {
        var random = new Random(seed);
        var options = OperatorRun.Settings;
        for (var i = 0; i < 16; i++)
        {
            var window = Window.Generate(random);
            // Small batches cost most and show little that the others do not.
            var setting = options[random.Next(options.Length)];
            if (setting.BatchSize == 1)
            {
                setting = setting with { BatchSize = 61 };
            }
            var found = (await run.RunAsync(window.Sql, setting)).Select(OperatorRun.Text).Order(StringComparer.Ordinal);
            var wanted = window.Evaluate(rows).Select(OperatorRun.Text).Order(StringComparer.Ordinal);
            Assert.True(wanted.SequenceEqual(found), $"seed {seed}, window {i}: {window.Sql}\n{FirstDifference(wanted, found)}");
        }
    }

    public void Dispose() => run.Dispose();

    private static string FirstDifference(IEnumerable<string> wanted, IEnumerable<string> found) =>
        wanted.Zip(found).Where(static pair => pair.First != pair.Second).Select(static pair => $"wanted {pair.First}, found {pair.Second}").FirstOrDefault() ?? "different row counts";

    internal sealed record Row(long Id, int P, long? K, long? X);

    /// <summary>A window call in SQL and as the twin understands it.</summary>
    private sealed record Window(string Function, bool Partitioned, bool Unique, bool Descending, bool NullsFirst, string Unit, Bound Start, Bound End, string Exclude, bool Filter, bool IgnoreNulls)
    {
        private static readonly string[] Aggregates = ["sum(x)", "count(*)", "count(x)", "min(x)", "max(x)", "count(DISTINCT x)", "sum(DISTINCT x)", "avg(x)"];
        private static readonly string[] Positions = ["first_value(x)", "last_value(x)", "nth_value(x, 3)", "nth_value(x, -2)", "array_agg(x)"];

        public string Sql
        {
            get
            {
                var order = $"ORDER BY k {(Descending ? "DESC" : "ASC")} NULLS {(NullsFirst ? "FIRST" : "LAST")}{(Unique ? ", id" : "")}";
                var exclude = Exclude.Length == 0 ? "" : $" EXCLUDE {Exclude}";
                return $"SELECT id, {Function}{(IgnoreNulls ? " IGNORE NULLS" : "")}{(Filter ? " FILTER (WHERE id % 3 <> 0)" : "")} OVER ("
                    + $"{(Partitioned ? "PARTITION BY p " : "")}{order} {Unit} BETWEEN {Start.Text(true)} AND {End.Text(false)}{exclude}) FROM w";
            }
        }

        public static Window Generate(Random random)
        {
            var unit = random.Next(3) switch { 0 => "ROWS", 1 => "RANGE", _ => "GROUPS" };
            var start = random.Next(4) == 0 ? new Bound(null) : new Bound(random.Next(9) - 5);
            var end = random.Next(4) == 0 ? new Bound(null) : new Bound(Math.Max((start.Distance ?? -9) + random.Next(8), random.Next(7) - 3));
            if (start.Distance > end.Distance)
            {
                end = start;
            }
            // Only rows without ties have an order of their own; a RANGE with offsets takes one key.
            var unique = unit == "ROWS" || (unit == "GROUPS" && random.Next(2) == 0);
            var isPosition = unique && random.Next(3) == 0;
            var function = isPosition ? Positions[random.Next(Positions.Length)] : Aggregates[random.Next(Aggregates.Length)];
            var isAggregate = !isPosition || function == "array_agg(x)";
            return new Window(
                function,
                random.Next(4) > 0,
                unique,
                random.Next(2) == 0,
                random.Next(2) == 0,
                unit,
                start,
                end,
                random.Next(3) == 0 ? random.Next(3) switch { 0 => "CURRENT ROW", 1 => "GROUP", _ => "TIES" } : "",
                isAggregate && random.Next(3) == 0,
                isPosition && random.Next(2) == 0);
        }

        public IEnumerable<object?[]> Evaluate(Row[] all)
        {
            foreach (var partition in all.GroupBy(row => Partitioned ? row.P : 0))
            {
                Row[] sorted = [.. partition.OrderBy(row => row.K is null == NullsFirst ? 0 : 1).ThenBy(row => Descending ? -(row.K ?? 0) : row.K ?? 0).ThenBy(static row => row.Id)];
                int[] groups = new int[sorted.Length];
                for (var i = 1; i < sorted.Length; i++)
                {
                    groups[i] = groups[i - 1] + (Unique || sorted[i].K != sorted[i - 1].K ? 1 : 0);
                }
                for (var current = 0; current < sorted.Length; current++)
                {
                    var frame = new List<Row>();
                    for (var other = 0; other < sorted.Length; other++)
                    {
                        if (IsInFrame(sorted, groups, current, other) && !IsExcluded(groups, current, other) && (!Filter || sorted[other].Id % 3 != 0))
                        {
                            frame.Add(sorted[other]);
                        }
                    }
                    yield return [sorted[current].Id, Compute(frame)];
                }
            }
        }

        private bool IsInFrame(Row[] sorted, int[] groups, int current, int other)
        {
            if (Unit == "RANGE" && (sorted[current].K is null || sorted[other].K is null))
            {
                // NULLs are peers of one another and at no distance from anything else.
                var order = groups[other].CompareTo(groups[current]);
                return (order >= 0 || Start.Distance is null) && (order <= 0 || End.Distance is null);
            }
            long distance = Unit switch
            {
                "ROWS" => other - current,
                "GROUPS" => groups[other] - groups[current],
                _ => (sorted[other].K!.Value - sorted[current].K!.Value) * (Descending ? -1 : 1),
            };
            return (Start.Distance is null || distance >= Start.Distance) && (End.Distance is null || distance <= End.Distance);
        }

        private bool IsExcluded(int[] groups, int current, int other) => Exclude switch
        {
            "CURRENT ROW" => other == current,
            "GROUP" => groups[other] == groups[current],
            "TIES" => groups[other] == groups[current] && other != current,
            _ => false,
        };

        private object? Compute(List<Row> frame)
        {
            if (IgnoreNulls)
            {
                frame = frame.FindAll(static row => row.X is not null);
            }
            long[] values = [.. frame.Where(static row => row.X is not null).Select(static row => row.X!.Value)];
            return Function switch
            {
                "sum(x)" => values.Length == 0 ? null : values.Sum(),
                "count(*)" => (long)frame.Count,
                "count(x)" => (long)values.Length,
                "min(x)" => values.Length == 0 ? null : values.Min(),
                "max(x)" => values.Length == 0 ? null : values.Max(),
                "count(DISTINCT x)" => (long)values.Distinct().Count(),
                "sum(DISTINCT x)" => values.Length == 0 ? null : values.Distinct().Sum(),
                "avg(x)" => values.Length == 0 ? null : (double)values.Sum() / values.Length,
                "first_value(x)" => frame.FirstOrDefault()?.X,
                "last_value(x)" => frame.LastOrDefault()?.X,
                "nth_value(x, 3)" => frame.ElementAtOrDefault(2)?.X,
                "nth_value(x, -2)" => frame.Count < 2 ? null : frame[^2].X,
                _ => frame.Count == 0 ? null : frame.Select(static row => (object?)row.X).ToArray(),
            };
        }
    }

    /// <summary>A frame bound as a distance from the current row; null is unbounded.</summary>
    private sealed record Bound(int? Distance)
    {
        public string Text(bool isStart) => Distance switch
        {
            null => isStart ? "UNBOUNDED PRECEDING" : "UNBOUNDED FOLLOWING",
            0 => "CURRENT ROW",
            < 0 => string.Create(CultureInfo.InvariantCulture, $"{-Distance} PRECEDING"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{Distance} FOLLOWING"),
        };
    }
}
