using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Tests.Expressions;

/// <summary>An expression that fails in its second row gives back the buffers that it had rented for its result.</summary>
public class FailingKernelTests
{
    private static readonly DataType Texts = DataType.List(DataType.Utf8);

    public static TheoryData<string> Failures() => [.. Cases.Keys];

    private static Dictionary<string, (Func<BoundExpression, BoundExpression> Make, DataType Type, object?[] Rows)> Cases { get; } = new()
    {
        ["division"] = (static x => TestData.Call("/", TestData.Literal(1L), x), DataType.Int64, [1L, 0L]),
        ["rounding of decimals"] = (static x => TestData.Call("ceil", x), DataType.Decimal128(3, 1), [(Int128)15, (Int128)999]),
        ["date_trunc"] = (static x => TestData.Call("date_trunc", TestData.Literal("month"), x), DataType.TimestampNanosecond, [0L, long.MinValue]),
        ["date_bin"] = (
            static x => TestData.Call("date_bin", x, new BoundLiteral(new Scalar(DataType.TimestampNanosecond, 5L))),
            DataType.IntervalMonthDayNano,
            [new MonthDayNano(0, 1, 0), default(MonthDayNano)]),
        ["time and interval"] = (
            static x => TestData.Call("+", x, TestData.Literal(new MonthDayNano(12, 0, 0))), DataType.TimestampNanosecond, [0L, long.MaxValue]),
        ["units of time"] = (Cast(DataType.TimestampNanosecond), DataType.Timestamp(TimeUnit.Second), [0L, long.MaxValue]),
        ["wide decimals"] = (Cast(DataType.Decimal256(50, 2)), DataType.Float64, [1.0, 1e60]),
        ["lists"] = (Cast(DataType.List(DataType.Int64)), Texts, [new object?[] { "1", null }, new object?[] { "x" }]),
        ["values to lists"] = (Cast(DataType.List(DataType.Int64)), DataType.Utf8, ["1", "x"]),
        ["structs"] = (
            Cast(DataType.Struct(new Field("a", DataType.Int64), new Field("b", DataType.Int64))),
            DataType.Struct(new Field("a", DataType.Utf8), new Field("b", DataType.Utf8)),
            [new object?[] { "1", "2" }, new object?[] { "3", "x" }]),
        ["text to numbers"] = (Cast(DataType.Int32), DataType.Utf8, ["1", "x"]),
        ["text to truth"] = (Cast(DataType.Boolean), DataType.Utf8, ["true", "x"]),
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Gives_its_buffers_back(string failure)
    {
        var (make, type, rows) = Cases[failure];
        var batch = TestData.Batch(TestData.Column(type, rows));
        var column = new PlanColumn("x", type);
        var budget = MemoryBudget.Unlimited();
        MemoryBudget.Current = budget;
        try
        {
            using (var expression = ExpressionCompiler.Compile(make(new BoundColumn(column)), [column], TestData.Context()))
            {
                var error = Assert.Throws<EngineException>(() => expression.Evaluate(batch, null));
                Assert.StartsWith("22", error.SqlState, StringComparison.Ordinal);
                Assert.NotEqual(0, budget.Peak);
            }
            Assert.Equal(0, budget.RentedBytes);
        }
        finally
        {
            MemoryBudget.Current = null;
        }
    }

    private static Func<BoundExpression, BoundExpression> Cast(DataType to) => x => new BoundCast(x, to, false);
}
