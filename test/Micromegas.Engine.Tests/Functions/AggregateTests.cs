using Micromegas.Columnar;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Tests.Expressions;

namespace Micromegas.Engine.Tests.Functions;

/// <summary>Aggregates: groups, one group, exported and merged state all give what the rows give one by one.</summary>
public unsafe class AggregateTests
{
    public static TheoryData<string> Names() =>
        [.. FunctionRegistry.BuiltIn.AggregateFunctions.Select(static function => function.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Merged_parts_equal_the_whole(string name)
    {
        var random = new Random(name.Length);
        var function = FunctionRegistry.BuiltIn.FindAggregate(name)!;
        foreach (var (types, constants) in Forms(name))
        {
            FunctionSignature signature;
            var arguments = new FunctionArguments(types, constants, [.. types.Select(static _ => true)]);
            try
            {
                signature = function.Resolve(arguments);
            }
            catch (EngineException)
            {
                continue;
            }
            foreach (var withNulls in new[] { false, true })
            {
                const int Rows = 500, Groups = 7;
                var columns = signature.ArgumentTypes.Select((type, i) => constants[i] is { } constant
                    ? TestData.Column(type, [.. Enumerable.Repeat(Convert(constant.Value, type), Rows)])
                    : TestData.Column(type, [.. Enumerable.Range(0, Rows).Select(_ => withNulls && random.Next(3) == 0 ? null : Value(type, random))])).ToArray();
                var groupOf = Enumerable.Range(0, Rows).Select(_ => random.Next(Groups - 1)).ToArray();
                using var whole = function.CreateAccumulator(signature, arguments, TestData.Context());
                whole.Resize(Groups);
                using var first = function.CreateAccumulator(signature, arguments, TestData.Context());
                using var second = function.CreateAccumulator(signature, arguments, TestData.Context());
                first.Resize(Groups);
                second.Resize(Groups);
                using var firstHalf = TestData.Select([.. Enumerable.Range(0, Rows / 2)]);
                using var secondHalf = TestData.Select([.. Enumerable.Range(Rows / 2, Rows / 2)]);
                fixed (int* groups = groupOf)
                {
                    whole.Update(columns, groups, null, Rows);
                    first.Update(columns, groups, firstHalf, Rows);
                    second.Update(columns, groups, secondHalf, Rows);
                }
                using var merged = function.CreateAccumulator(signature, arguments, TestData.Context());
                merged.Resize(Groups);
                var identity = Enumerable.Range(0, Groups).ToArray();
                fixed (int* groups = identity)
                {
                    merged.ImportState(first.ExportState(0, Groups), groups, Groups);
                    merged.ImportState(second.ExportState(0, Groups), groups, Groups);
                }
                using var expected = whole.Finish(0, Groups);
                using var actual = merged.Finish(0, Groups);
                for (var group = 0; group < Groups; group++)
                {
                    AssertClose(name, expected.GetValue(group), actual.GetValue(group));
                    using var rows = TestData.Select([.. Enumerable.Range(0, Rows).Where(row => groupOf[row] == group)]);
                    using var single = function.CreateAccumulator(signature, arguments, TestData.Context());
                    single.Resize(1);
                    single.UpdateSingle(columns, rows, Rows);
                    using var alone = single.Finish(0, 1);
                    AssertClose(name, expected.GetValue(group), alone.GetValue(0));
                }
                using var all = function.CreateAccumulator(signature, arguments, TestData.Context());
                using var everyRow = TestData.Select([.. Enumerable.Range(0, Rows)]);
                all.Resize(1);
                all.UpdateSingle(columns, null, Rows);
                using var selected = function.CreateAccumulator(signature, arguments, TestData.Context());
                selected.Resize(1);
                selected.UpdateSingle(columns, everyRow, Rows);
                AssertClose(name, selected.Finish(0, 1).GetValue(0), all.Finish(0, 1).GetValue(0));
            }
        }
    }

    [Fact]
    public void Basic_aggregates_agree_with_a_loop()
    {
        object?[] values = [3L, null, -5L, 8L, 8L];
        Assert.Equal(4L, Run("count", DataType.Int64, values));
        Assert.Equal(14L, Run("sum", DataType.Int64, values));
        Assert.Equal(-5L, Run("min", DataType.Int64, values));
        Assert.Equal(8L, Run("max", DataType.Int64, values));
        Assert.Null(Run("sum", DataType.Int64, null, null));
        Assert.Equal("b", Run("min", DataType.DictionaryUtf8, "c", "b", null, "x"));
        Assert.Equal("x", Run("max", DataType.DictionaryUtf8, "c", "b", null, "x"));
        // Recorded (lake.jsonl.gz 257): a metric that was also NaN has inf as its maximum.
        Assert.Equal(2.0, Run("max", DataType.Float64, 1.0, double.NaN, 2.0));
        Assert.Equal(double.NaN, Run("max", DataType.Float64, double.NaN, null));
        Assert.Equal(1.0, Run("min", DataType.Float64, 1.0, double.NaN, 2.0));
        Assert.Equal(new object?[] { "a", null }, Run("array_agg", DataType.Utf8, "a", null));
    }

    private static object? Run(string name, DataType type, params object?[] values)
    {
        var function = FunctionRegistry.BuiltIn.FindAggregate(name)!;
        var arguments = new FunctionArguments([type], [null], [true]);
        var signature = function.Resolve(arguments);
        using var accumulator = function.CreateAccumulator(signature, arguments, TestData.Context());
        accumulator.Resize(1);
        using var column = TestData.Column(signature.ArgumentTypes[0], values);
        accumulator.UpdateSingle([column], null, values.Length);
        using var result = accumulator.Finish(0, 1);
        Assert.Equal(signature.ReturnType, result.Type);
        return result.GetValue(0);
    }

    private static void AssertClose(string name, object? expected, object? actual)
    {
        if (expected is double number && actual is double other)
        {
            // Sketches differ by how their parts were merged, sums by the order of additions.
            var tolerance = name.StartsWith("approx", StringComparison.Ordinal) ? 0.1 : 1e-9;
            Assert.True(
                number.Equals(other) || Math.Abs(number - other) <= tolerance * Math.Max(1, Math.Abs(number)), $"{name}: {number} and {other}");
            return;
        }
        if (expected is object?[] items && actual is object?[] others && items.Any(static item => item is double))
        {
            Assert.Equal(items.Length, others.Length);
            for (var i = 0; i < items.Length; i++)
            {
                AssertClose(name, items[i], others[i]);
            }
            return;
        }
        Assert.Equal(expected, actual);
    }

    private static IEnumerable<(DataType[] Types, Scalar?[] Constants)> Forms(string name)
    {
        DataType[] singles =
        [
            DataType.Int8, DataType.Int32, DataType.Int64, DataType.UInt64, DataType.Float32, DataType.Float64, DataType.Decimal128(10, 2),
            DataType.Decimal256(40, 2), DataType.Utf8, DataType.DictionaryUtf8, DataType.Boolean, DataType.LakeTime,
            DataType.IntervalMonthDayNano, DataType.List(DataType.Int64), DataType.Duration(TimeUnit.Nanosecond),
        ];
        foreach (var type in singles)
        {
            yield return ([type], [null]);
        }
        yield return ([DataType.Int64, DataType.Float64], [null, null]);
        yield return ([DataType.Utf8, DataType.Utf8], [null, Scalar.Of(",")]);
        yield return ([DataType.Int64, DataType.Int64], [null, Scalar.Of(3L)]);
        yield return ([DataType.Float64, DataType.Float64], [null, Scalar.Of(0.25)]);
        yield return ([DataType.Float64, DataType.Int64, DataType.Float64], [null, null, Scalar.Of(0.25)]);
        yield return (
            [DataType.Float64, DataType.Float64, DataType.Int64, DataType.Float64], [Scalar.Of(-4.0), Scalar.Of(4.0), Scalar.Of(8L), null]);
    }

    private static object? Convert(object? value, DataType type) => type.Kind == TypeKind.Float64 && value is long number ? (double)number : type.IsUtf8 ? value?.ToString() : value;

    private static object Value(DataType type, Random random)
    {
        var n = random.Next(-4, 5);
        return type.ValueType.Kind switch
        {
            TypeKind.Int8 => (sbyte)n,
            TypeKind.Int32 => n,
            TypeKind.Int64 or TypeKind.Timestamp or TypeKind.Duration => (long)n,
            TypeKind.UInt64 => (ulong)(n + 4),
            TypeKind.Float32 => n / 2f,
            TypeKind.Float64 => random.NextDouble() * n,
            TypeKind.Decimal128 => (Int128)n,
            TypeKind.Decimal256 => Int256.FromBigInteger(n),
            TypeKind.Boolean => n > 0,
            TypeKind.IntervalMonthDayNano => new MonthDayNano(n & 1, n, -n),
            TypeKind.List => new object?[] { (long)n, null },
            _ => new string((char)('a' + n + 4), random.Next(3)),
        };
    }
}
