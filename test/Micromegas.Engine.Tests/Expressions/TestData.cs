using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Tests.Expressions;

/// <summary>Batches of boxed rows, and expressions over them.</summary>
internal static class TestData
{
    public static QueryContext Context() => new(new EngineOptions(), MemoryBudget.Unlimited(), CancellationToken.None);

    public static Vector Column(DataType type, params object?[] values)
    {
        using var builder = VectorBuilder.Create(type, values.Length);
        foreach (var value in values)
        {
            builder.AppendValue(value);
        }
        return builder.Build();
    }

    public static Batch Batch(params Vector[] columns) =>
        new(new Schema(columns.Select(static (column, i) => new Field("c" + i, column.Type)).ToArray().AsSpan()), columns) { RowCount = columns[0].Length };

    public static Selection Select(params int[] rows)
    {
        var selection = new Selection(Math.Max(rows.Length, 1)) { Count = rows.Length };
        unsafe
        {
            rows.CopyTo(new Span<int>(selection.Rows, rows.Length));
        }
        return selection;
    }

    public static object?[] Evaluate(BoundExpression expression, IReadOnlyList<PlanColumn> columns, Batch batch, Selection? selection = null)
    {
        using var compiled = ExpressionCompiler.Compile(expression, columns, Context());
        var vector = compiled.Evaluate(batch, selection);
        Assert.Equal(batch.RowCount, vector.Length);
        var rows = selection is null ? Enumerable.Range(0, batch.RowCount).ToArray() : selection.Span.ToArray();
        return [.. rows.Select(row => vector.GetValue(row))];
    }

    public static int[] Filter(BoundExpression expression, IReadOnlyList<PlanColumn> columns, Batch batch, Selection? selection = null)
    {
        using var compiled = ExpressionCompiler.Compile(expression, columns, Context());
        using var result = new Selection(Math.Max(batch.RowCount, 1));
        var count = compiled.Filter(batch, selection, result);
        Assert.Equal(count, result.Count);
        return result.Span.ToArray();
    }

    /// <summary>A call with its arguments cast as the function wants.</summary>
    public static BoundExpression Call(string name, params BoundExpression[] arguments)
    {
        var function = FunctionRegistry.BuiltIn.FindScalar(name) ?? throw new InvalidOperationException($"no function {name}");
        var signature = function.Resolve(new FunctionArguments(
            [.. arguments.Select(static argument => argument.Type)],
            [.. arguments.Select(static argument => (argument as BoundLiteral)?.Value)],
            [.. arguments.Select(static argument => argument.Nullable)]));
        var cast = arguments.Select((argument, i) =>
            argument.Type == signature.ArgumentTypes[i] ? argument : new BoundCast(argument, signature.ArgumentTypes[i], false));
        return new BoundCall(function, signature, [.. cast]);
    }

    public static BoundLiteral Literal(object? value) => new(value switch
    {
        null => Scalar.Null,
        bool boolean => Scalar.Of(boolean),
        int number => Scalar.Of(number),
        long number => Scalar.Of(number),
        double number => Scalar.Of(number),
        string text => Scalar.Of(text),
        byte[] bytes => new Scalar(DataType.Binary, bytes),
        MonthDayNano interval => new Scalar(DataType.IntervalMonthDayNano, interval),
        Scalar scalar => scalar,
        _ => throw new ArgumentException(value.GetType().Name),
    });

    public static object? Constant(BoundExpression expression) => ExpressionCompiler.EvaluateConstant(expression, Context()).Value;
}
