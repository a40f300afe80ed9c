using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Engine.Tests.Execution;

namespace Micromegas.Engine.Tests.Operators;

/// <summary>Build sides with keys of all types, NULLs and duplicates: however they are indexed, and by however many workers, the pairs are those of a dictionary.</summary>
public sealed class JoinIndexTests : IDisposable
{
    /// <summary>Build sides are indexed by one worker as keys of any kind; by all as numbers, where they are.</summary>
    private static readonly EngineOptions[] Paths =
    [
        new() { Threads = 1, ManyBuildRows = int.MaxValue },
        new() { Threads = 3, ManyBuildRows = int.MaxValue },
        new() { Threads = 1, ManyBuildRows = 1 },
        new() { Threads = 2, ManyBuildRows = 1, BatchSize = 77 },
        new() { Threads = 8, ManyBuildRows = 1 },
    ];

    private readonly WorkerPool pool = new(8);

    public static TheoryData<string> Keys => [.. KeyTypes.Keys];

    private static Dictionary<string, (DataType Type, Func<Random, int, object?> Value)> KeyTypes { get; } = new()
    {
        ["int8"] = (DataType.Int8, static (random, range) => random.Next(3) == 0 ? (sbyte)random.Next(-100, 100) : null),
        ["uint16"] = (DataType.UInt16, static (random, range) => (ushort)random.Next(range)),
        ["int32"] = (DataType.Int32, static (random, range) => random.Next(-range, range)),
        ["uint32"] = (DataType.UInt32, static (random, range) => uint.MaxValue - (uint)random.Next(range)),
        ["int64"] = (DataType.Int64, static (random, range) => (random.Next(range) - (range / 2)) * 4_294_967_296L),
        ["uint64"] = (DataType.UInt64, static (random, range) => ulong.MaxValue - (ulong)random.Next(range)),
        ["timestamp"] = (DataType.TimestampNanosecond, static (random, range) => 1_750_000_000_000_000_000 + (random.Next(range) * 1_000_000L)),
        ["date"] = (DataType.Date32, static (random, range) => random.Next(range)),
        ["float32"] = (DataType.Float32, static (random, range) => random.Next(100) switch
        {
            0 => float.NaN, 1 => BitConverter.UInt32BitsToSingle(0xFFC0_1234), 2 => -0f, 3 => 0f, _ => random.Next(range) / 4f,
        }),
        ["float64"] = (DataType.Float64, static (random, range) => random.Next(100) switch
        {
            0 => double.NaN, 1 => BitConverter.UInt64BitsToDouble(0xFFF8_0000_0000_1234), 2 => -0.0, 3 => 0.0, _ => random.Next(range) / 4.0,
        }),
        ["boolean"] = (DataType.Boolean, static (random, range) => random.Next(range) < range / 50 ? random.Next(2) == 0 : null),
        ["text"] = (DataType.Utf8, static (random, range) => $"key {random.Next(range)}"),
        ["dictionary"] = (DataType.DictionaryUtf8, static (random, range) => $"key {random.Next(range)}"),
        ["number dictionary"] = (DataType.Dictionary(DataType.Int32, DataType.Int64), static (random, range) => (long)random.Next(range)),
    };

    public void Dispose() => pool.Dispose();

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Every_kind_of_join_finds_the_same_pairs(string key)
    {
        var (type, value) = KeyTypes[key];
        foreach (var (seed, range, nulls, probes, rows) in new[] { (1, 4_000, 10, 1_500, 2_500), (2, 40, 4, 60, 150), (3, 1_000_000, 0, 900, 700) })
        {
            var random = new Random(seed);
            // Large ranges have matches because left rows take their keys from right ones.
            var right = Side(rows, nulls, random, () => value(random, range));
            var left = Side(probes, nulls, random, () => random.Next(2) == 0 ? right[random.Next(rows)].Key : value(random, range));
            using var leftTable = Table(type, left, random);
            using var rightTable = Table(type, right, random);
            var pairs = Pairs(left, right);
            foreach (var kind in new[] { JoinKind.Inner, JoinKind.Left, JoinKind.Right, JoinKind.Full, JoinKind.LeftSemi, JoinKind.LeftAnti })
            {
                foreach (var hasCondition in new[] { false, true })
                {
                    var expected = Expected(kind, left, right, hasCondition ? [.. pairs.Where(static pair => pair.Left.Id > pair.Right.Id)] : pairs);
                    foreach (var options in Paths)
                    {
                        Assert.Equal(expected, await RunAsync(Join(leftTable, rightTable, kind, hasCondition), options));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("int32")]
    [InlineData("timestamp")]
    [InlineData("text")]
    public async Task Many_rows_are_indexed_by_all_workers(string key)
    {
        var (type, value) = KeyTypes[key];
        var random = new Random(5);
        var right = Side(150_000, 50, random, () => value(random, 400_000));
        // One key has very many rows.
        right = [.. right.Select((row, i) => i % 9 == 0 ? row with { Key = right[0].Key ?? value(random, 10) } : row)];
        var left = Side(3_000, 50, random, () => random.Next(200) switch
        {
            0 => right[0].Key,
            < 100 => right[random.Next(right.Length)].Key is { } some && !some.Equals(right[0].Key) ? some : null,
            _ => value(random, 400_000),
        });
        using var leftTable = Table(type, left, random);
        using var rightTable = Table(type, right, random);
        var expected = Expected(JoinKind.Full, left, right, Pairs(left, right));
        foreach (var threads in new[] { 1, 2, 8 })
        {
            Assert.Equal(expected, await RunAsync(Join(leftTable, rightTable, JoinKind.Full, false), new EngineOptions { Threads = threads }));
        }
    }

    [Fact]
    public async Task Rows_of_a_key_come_in_their_order()
    {
        using var left = Table(DataType.Int64, [new Row(0, 7L)], new Random(1));
        using var right = Table(DataType.Int64, [.. Enumerable.Range(0, 30_000).Select(static id => new Row(id, (long)(id % 100)))], new Random(1));
        var rows = await TestPlans.RunAsync(Join(left, right, JoinKind.Inner, false), new EngineOptions { Threads = 1, ManyBuildRows = 1 }, pool);
        Assert.Equal(Enumerable.Range(0, 300).Select(static i => (i * 100L) + 7), rows.Select(static row => (long)row[2]!));
    }

    [Fact]
    public async Task A_mark_knows_what_it_does_not_know()
    {
        using var left = Table(DataType.Int64, [new Row(0, 1L), new Row(1, 5L), new Row(2, null)], new Random(1));
        using var some = Table(DataType.Int64, [new Row(0, 1L), new Row(1, null)], new Random(1));
        using var nulls = Table(DataType.Int64, [new Row(0, null)], new Random(1));
        foreach (var options in Paths)
        {
            Assert.Equal([true, null, null], await MarksAsync(left, some, options));
            Assert.Equal([null, null, null], await MarksAsync(left, nulls, options));
        }
    }

    [Fact]
    public async Task Memory_is_given_back_and_what_is_too_large_spills()
    {
        var random = new Random(6);
        var rows = Side(60_000, 30, random, () => (long)random.Next(50_000));
        using var table = Table(DataType.Int64, rows, random);
        var expected = Expected(JoinKind.LeftSemi, rows, rows, [.. rows.Where(static row => row.Key is not null).Select(static row => (row, row))]);
        foreach (var (limit, spills) in new[] { (64L << 20, false), (2L << 20, true) })
        {
            var context = TestPlans.Context(new EngineOptions { Threads = 2, ManyBuildRows = 1 }, new MemoryBudget(limit));
            await using (var result = QueryExecution.Start(Join(table, table, JoinKind.LeftSemi, false), context, pool))
            {
                Assert.Equal(expected, Sorted(await result.ReadAllAsync()));
            }
            Assert.Equal(spills, context.Statistics.SpilledBytes > 0);
            Assert.Equal(0, context.Budget.Used);
        }
    }

    private async Task<IEnumerable<object?>> MarksAsync(MemoryTable left, MemoryTable right, EngineOptions options)
    {
        var (l, r) = (TestPlans.Scan(left), TestPlans.Scan(right));
        var plan = new LogicalJoin(l, r, JoinKind.LeftMark, [new JoinKey(l.Column("key"), r.Column("key"))], null) { Mark = new Plans.PlanColumn("mark", DataType.Boolean, true) };
        return (await TestPlans.RunAsync(plan, options, pool)).OrderBy(static row => row[0]).Select(static row => row[2]);
    }

    private async Task<string[]> RunAsync(LogicalPlan plan, EngineOptions options) =>
        Sorted(await TestPlans.RunAsync(plan, options, pool));

    private static string[] Sorted(List<object?[]> rows) => [.. rows.Select(OperatorRun.Text).Order(StringComparer.Ordinal)];

    private static LogicalJoin Join(MemoryTable left, MemoryTable right, JoinKind kind, bool hasCondition)
    {
        var (l, r) = (TestPlans.Scan(left), TestPlans.Scan(right));
        var condition = hasCondition ? new BoundComparison(ComparisonOperator.GreaterThan, l.Column("id"), r.Column("id")) : null;
        return new LogicalJoin(l, r, kind, [new JoinKey(l.Column("key"), r.Column("key"))], condition);
    }

    private static Row[] Side(int count, int nulls, Random random, Func<object?> key) =>
        [.. Enumerable.Range(0, count).Select(id => new Row(id, nulls > 0 && random.Next(nulls) == 0 ? null : key()))];

    /// <summary>A table in pieces of all sizes.</summary>
    private static MemoryTable Table(DataType type, Row[] rows, Random random)
    {
        (Field Field, Func<Row, object?> Value)[] columns = [(new Field("id", DataType.Int64, false), static row => row.Id), (new Field("key", type), static row => row.Key)];
        var table = new MemoryTable(new Schema(columns.Select(static column => column.Field).ToArray()));
        for (var start = 0; start < rows.Length;)
        {
            var count = Math.Min(rows.Length - start, random.Next(1, rows.Length > 10_000 ? 20_000 : 1_000));
            using var part = MemoryTable.FromRows(rows.AsSpan(start, count).ToArray(), columns);
            foreach (var chunk in part.HoldChunks())
            {
                table.Append(chunk.Rows);
                chunk.Release();
            }
            start += count;
        }
        return table;
    }

    private static (Row Left, Row Right)[] Pairs(Row[] left, Row[] right)
    {
        var byKey = right.Where(static row => row.Key is not null).ToLookup(static row => Identity(row.Key!));
        return [.. left.Where(static row => row.Key is not null).SelectMany(row => byKey[Identity(row.Key!)].Select(match => (row, match)))];
    }

    /// <summary>As equality of keys has it: one NaN, -0.0 and 0.0 apart (spec/sql.md §5.4).</summary>
    private static object Identity(object key) => key switch
    {
        double number => double.IsNaN(number) ? "NaN" : BitConverter.DoubleToInt64Bits(number),
        float number => float.IsNaN(number) ? "NaN" : BitConverter.SingleToInt32Bits(number),
        _ => key,
    };

    private static string[] Expected(JoinKind kind, Row[] left, Row[] right, (Row Left, Row Right)[] pairs)
    {
        var leftMatched = pairs.Select(static pair => pair.Left.Id).ToHashSet();
        var rightMatched = pairs.Select(static pair => pair.Right.Id).ToHashSet();
        var rows = kind is JoinKind.LeftSemi or JoinKind.LeftAnti
            ? left.Where(row => leftMatched.Contains(row.Id) == (kind == JoinKind.LeftSemi)).Select(static row => new object?[] { row.Id, row.Key })
            : pairs.Select(static pair => new object?[] { pair.Left.Id, pair.Left.Key, pair.Right.Id, pair.Right.Key });
        if (kind is JoinKind.Left or JoinKind.Full)
        {
            rows = rows.Concat(left.Where(row => !leftMatched.Contains(row.Id)).Select(static row => new object?[] { row.Id, row.Key, null, null }));
        }
        if (kind is JoinKind.Right or JoinKind.Full)
        {
            rows = rows.Concat(right.Where(row => !rightMatched.Contains(row.Id)).Select(static row => new object?[] { null, null, row.Id, row.Key }));
        }
        return [.. rows.Select(OperatorRun.Text).Order(StringComparer.Ordinal)];
    }

    private sealed record Row(long Id, object? Key);
}
