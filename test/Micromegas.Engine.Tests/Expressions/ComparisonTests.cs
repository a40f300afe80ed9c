using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Tests.Expressions;

/// <summary>Comparison kernels against a row-at-a-time twin, for every encoding and with and without a selection.</summary>
public class ComparisonTests
{
    private static readonly DataType[] Types =
    [
        DataType.Int8, DataType.UInt8, DataType.Int16, DataType.UInt16, DataType.Int32, DataType.UInt32, DataType.Int64, DataType.UInt64,
        DataType.Float16, DataType.Float32, DataType.Float64, DataType.Decimal128(20, 2), DataType.Decimal256(50, 2), DataType.Utf8,
        DataType.Binary, DataType.DictionaryUtf8, DataType.Boolean, DataType.LakeTime, DataType.IntervalMonthDayNano, DataType.Date32,
    ];

    public static TheoryData<int, bool> Cases()
    {
        var cases = new TheoryData<int, bool>();
        for (var i = 0; i < Types.Length; i++)
        {
            cases.Add(i, false);
            cases.Add(i, true);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Kernels_agree_with_single_values(int typeIndex, bool withNulls)
    {
        var type = Types[typeIndex];
        var random = new Random(typeIndex * 31 + (withNulls ? 1 : 0));
        foreach (var count in new[] { 1, 63, 64, 65, 200, 1000 })
        {
            using var left = TestData.Column(type, Values(type, random, count, withNulls));
            using var right = TestData.Column(type, Values(type, random, count, withNulls));
            var a = new PlanColumn("a", type);
            var b = new PlanColumn("b", type);
            var batch = TestData.Batch(left, right);
            using var selection = TestData.Select([.. Enumerable.Range(0, count).Where(_ => random.Next(3) == 0)]);
            var constant = new BoundLiteral(new Scalar(type.ValueType, Values(type, random, 1, false)[0]));
            using var constantVector = constant.Value.ToVector();
            foreach (var comparison in Enum.GetValues<ComparisonOperator>())
            {
                var both = new BoundComparison(comparison, new BoundColumn(a), new BoundColumn(b));
                var single = new BoundComparison(comparison, new BoundColumn(a), constant);
                var swapped = new BoundComparison(comparison, constant, new BoundColumn(a));
                Check(both, row => Twin(comparison, left, row, right, row));
                Check(single, row => Twin(comparison, left, row, constantVector, 0));
                Check(swapped, row => Twin(comparison, constantVector, 0, left, row));
            }

            void Check(BoundExpression expression, Func<int, bool?> twin)
            {
                var all = Enumerable.Range(0, count).Select(twin).ToArray();
                Assert.Equal(all, TestData.Evaluate(expression, [a, b], batch).Cast<bool?>());
                Assert.Equal(selection.Span.ToArray().Select(row => all[row]), TestData.Evaluate(expression, [a, b], batch, selection).Cast<bool?>());
                Assert.Equal(Enumerable.Range(0, count).Where(row => all[row] == true), TestData.Filter(expression, [a, b], batch));
                Assert.Equal(selection.Span.ToArray().Where(row => all[row] == true), TestData.Filter(expression, [a, b], batch, selection));
            }
        }
    }

    private static bool? Twin(ComparisonOperator comparison, Vector left, int leftRow, Vector right, int rightRow)
    {
        var isNull = left.IsNull(leftRow) || right.IsNull(rightRow);
        var order = ValueOrder.Compare(left, leftRow, right, rightRow);
        return comparison switch
        {
            ComparisonOperator.DistinctFrom => order != 0,
            ComparisonOperator.NotDistinctFrom => order == 0,
            _ when isNull => null,
            ComparisonOperator.Equal => order == 0,
            ComparisonOperator.NotEqual => order != 0,
            ComparisonOperator.LessThan => order < 0,
            ComparisonOperator.LessThanOrEqual => order <= 0,
            ComparisonOperator.GreaterThan => order > 0,
            _ => order >= 0,
        };
    }

    private static object?[] Values(DataType type, Random random, int count, bool withNulls) =>
        [.. Enumerable.Range(0, count).Select(_ => withNulls && random.Next(4) == 0 ? null : Value(type, random))];

    private static object Value(DataType type, Random random)
    {
        var n = random.Next(-4, 5);
        double[] reals = [double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0.0, -0.0, 1.5, -1.5, 2];
        return type.ValueType.Kind switch
        {
            TypeKind.Int8 => (sbyte)(n * 30),
            TypeKind.UInt8 => (byte)(n * 30),
            TypeKind.Int16 => (short)n,
            TypeKind.UInt16 => (ushort)n,
            TypeKind.Int32 or TypeKind.Date32 => n,
            TypeKind.UInt32 => (uint)n,
            TypeKind.Int64 or TypeKind.Timestamp => n * 1_000_000_000_000L,
            TypeKind.UInt64 => (ulong)n,
            TypeKind.Float16 => (Half)reals[random.Next(reals.Length)],
            TypeKind.Float32 => (float)reals[random.Next(reals.Length)],
            TypeKind.Float64 => reals[random.Next(reals.Length)],
            TypeKind.Decimal128 => (Int128)n,
            TypeKind.Decimal256 => Int256.FromBigInteger(n),
            TypeKind.Boolean => n > 0,
            TypeKind.IntervalMonthDayNano => new MonthDayNano(n & 1, n, -n),
            TypeKind.Binary => new byte[] { (byte)n, 7 },
            _ => new string((char)('a' + n + 4), random.Next(3)),
        };
    }
}
