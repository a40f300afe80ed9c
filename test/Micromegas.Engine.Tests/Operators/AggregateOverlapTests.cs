using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Aggregation;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;
using Micromegas.Engine.Tests.Expressions;

namespace Micromegas.Engine.Tests.Operators;

/// <summary>Two workers' tables of many groups are read as they are, those that both have once.</summary>
public sealed class AggregateOverlapTests
{
    private const int Rows = 6_000;

    private readonly QueryContext context = new(new EngineOptions { Threads = 2 }, MemoryBudget.Unlimited(), CancellationToken.None);
    private readonly PlanColumn text = new("s", DataType.Utf8);
    private readonly PlanColumn number = new("n", DataType.Int64);
    private readonly PlanColumn value = new("v", DataType.Float64);

    public static TheoryData<int, int> Overlaps => new() { { 0, Rows }, { Rows / 3, Rows }, { Rows, Rows }, { -1, Rows }, { 100, 2_500 } };

    /// <param name="shift">How far the second worker's groups are behind the first's.</param>
    /// <param name="count">How many rows the second worker has.</param>
    [Theory]
    [MemberData(nameof(Overlaps))]
    public async Task Groups_of_both_are_delivered_once(int shift, int count)
    {
        foreach (PlanColumn[] keys in (PlanColumn[][])[[text], [number], [text, number]])
        {
            var spec = Spec(keys, "count", "sum", "avg", "min", "stddev");
            using var state = new AggregateState(spec, "test");
            var first = Enumerable.Range(0, Rows).Select(static i => Row(i)).ToArray();
            var second = Enumerable.Range(shift, count).Select(static i => Row(i)).ToArray();
            state.Add(Table(spec, first));
            state.Add(Table(spec, second));
            state.Prepare(CancellationToken.None);

            var overlap = Assert.Single(state.Overlaps);
            await Task.WhenAll(Task.Run(() => overlap.Work(CancellationToken.None)), Task.Run(() => overlap.Work(CancellationToken.None)));
            var expected = first.Concat(second)
                .GroupBy(row => keys.Length == 2 ? (row.S, row.N) : keys[0] == text ? (row.S, null) : ((string?)null, row.N))
                .Select(group => (object?[])
                [
                    .. keys.Select(key => key == text ? group.Key.Item1 : (object?)group.Key.Item2),
                    (long)group.Count(), group.Sum(static row => row.V), group.Average(static row => row.V), group.Min(static row => row.V),
                    group.Count() < 2 ? null : Math.Sqrt(group.Sum(row => Math.Pow(row.V - group.Average(static other => other.V), 2)) / (group.Count() - 1)),
                ]);
            Assert.Equal(expected.Select(Text).Order(StringComparer.Ordinal), Read(state).Select(Text).Order(StringComparer.Ordinal));
        }
    }

    /// <summary>Texts of keys that nobody looks at are not put together; whether they are null is known.</summary>
    [Fact]
    public void Values_of_keys_that_are_only_counted_are_spared()
    {
        var spec = Spec([text, number], "count");
        var all = Table(spec, Many());
        var spared = new AggregateSpec(spec.Aggregate, spec.Input, context, spec.Statistics) { Wanted = new HashSet<PlanColumn> { spec.Aggregate.Keys[1].Column } };
        Assert.Equal([false, true], new[] { spared.IsWanted(0), spared.IsWanted(1) });
        for (var key = 0; key < 2; key++)
        {
            using var values = all.FinishKey(key, 0, 2_000, isWanted: true);
            using var presence = all.FinishKey(key, 0, 2_000, spared.IsWanted(key));
            Assert.Equal(Enumerable.Range(0, 2_000).Select(values.IsNull), Enumerable.Range(0, 2_000).Select(presence.IsNull));
            Assert.Contains(true, Enumerable.Range(0, 2_000).Select(presence.IsNull));
            Assert.Equal(key == 0 ? "" : values.GetValue(0), presence.GetValue(0));
        }
        all.Dispose();
    }

    [Fact]
    public void State_that_may_grow_and_small_tables_are_merged()
    {
        var lists = Spec([text], "array_agg");
        Assert.False(AggregateOverlap.Pays(Table(lists, Many()), Table(lists, Many())));
        var counts = Spec([text], "count");
        Assert.True(AggregateOverlap.Pays(Table(counts, Many()), Table(counts, Many())));
        Assert.False(AggregateOverlap.Pays(Table(counts, Many()), Table(counts, [.. Many().Take(10)])));
        var none = Spec([], "count");
        Assert.False(AggregateOverlap.Pays(Table(none, Many()), Table(none, Many())));
    }

    [Fact]
    public void A_number_of_rows_shares_the_state_of_calls_over_a_column()
    {
        using var shared = Table(Spec([text], "count", "avg"), Many());
        Assert.All(shared.Accumulators.ToArray(), static accumulator => Assert.IsType<FusedAccumulator>(accumulator));
        Assert.Equal(0, shared.Accumulators[0].MemoryBytes);
        using var alone = Table(Spec([text], "count"), Many());
        Assert.IsType<CountAccumulator>(alone.Accumulators[0]);
    }

    [Fact]
    public void Looking_up_ends_when_it_is_cancelled()
    {
        var spec = Spec([text], "count");
        using var overlap = new AggregateOverlap(Table(spec, Many()), Table(spec, Many()));
        Assert.Throws<OperationCanceledException>(() => overlap.Work(new CancellationToken(true)));
    }

    private static TestRow[] Many() => [.. Enumerable.Range(0, Rows).Select(static i => Row(i))];

    /// <summary>Texts and numbers repeat at different distances, and some are null.</summary>
    private static TestRow Row(int i) => new(i % 5000 == 17 ? null : $"text {i % 5000}", i % 1001 == 3 ? null : i % 4000, i % 64);

    private static string Text(object?[] row) => string.Join('|', row.Select(static cell => cell is double number ? number.ToString("F6", System.Globalization.CultureInfo.InvariantCulture) : cell));

    private AggregateSpec Spec(PlanColumn[] keys, params string[] functions)
    {
        var calls = functions.Select(name =>
        {
            var function = FunctionRegistry.BuiltIn.FindAggregate(name)!;
            BoundExpression[] inputs = name == "count" ? [] : [new BoundColumn(value)];
            var arguments = new FunctionArguments([.. inputs.Select(static input => input.Type)], [.. inputs.Select(static _ => (Scalar?)null)], [.. inputs.Select(static _ => true)]);
            var signature = function.Resolve(arguments);
            return new AggregateCall(new PlanColumn(name, signature.ReturnType), function, signature, arguments, inputs, false, null, []);
        }).ToArray();
        var aggregate = new LogicalAggregate(
            new LogicalValues([text, number, value], []), [.. keys.Select(static key => new Assignment(new PlanColumn(key.Name, key.Type), new BoundColumn(key)))], calls);
        return new AggregateSpec(aggregate, [text, number, value], context, new OperatorStatistics());
    }

    private AggregateTable Table(AggregateSpec spec, TestRow[] rows)
    {
        var table = new AggregateTable(spec, 0);
        CallInput[] calls = [.. spec.Aggregate.Aggregates.Select(call => new CallInput(call, spec.Input, context))];
        foreach (var some in rows.Chunk(1_000))
        {
            using var texts = TestData.Column(DataType.Utf8, [.. some.Select(static row => row.S)]);
            using var numbers = TestData.Column(DataType.Int64, [.. some.Select(static row => (object?)row.N)]);
            using var values = TestData.Column(DataType.Float64, [.. some.Select(static row => (object?)row.V)]);
            var batch = TestData.Batch(texts, numbers, values);
            table.Update([.. spec.Aggregate.Keys.Select(key => key.Column.Name == "s" ? texts : numbers)], batch, calls);
        }
        foreach (var call in calls)
        {
            call.Dispose();
        }
        return table;
    }

    private unsafe List<object?[]> Read(AggregateState state)
    {
        var rows = new List<object?[]>();
        var source = new AggregateSource(state);
        using var reader = source.CreateReader();
        while (reader.Next(new WorkerContext(context, 0), out var batch) == Supply.Ready)
        {
            foreach (var row in new RowSet(batch!.Selection, batch.RowCount, null))
            {
                rows.Add([.. batch.Columns.Select(column => column.GetValue(row))]);
            }
        }
        return rows;
    }

    private sealed record TestRow(string? S, long? N, double V);
}
