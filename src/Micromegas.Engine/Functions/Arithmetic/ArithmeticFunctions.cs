using Micromegas.Columnar;
using Micromegas.Engine.Binding.Coercion;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>+ - * / %</c>, the bit operators and unary minus (spec/sql.md §5.8).</summary>
internal static class ArithmeticFunctions
{
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        new ArithmeticFunction("+"),
        new ArithmeticFunction("-"),
        new ArithmeticFunction("*"),
        new ArithmeticFunction("/"),
        new ArithmeticFunction("%"),
        new BitFunction("&"),
        new BitFunction("|"),
        new BitFunction("^"),
        new BitFunction("<<"),
        new BitFunction(">>"),
        new NegateFunction(),
    ];
}

internal sealed class ArithmeticFunction(string sign) : ScalarFunction(sign)
{
    public override bool MayFail => Name is "/" or "%";

    public override string Usage => $"a {Name} b";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 2, 2);
        var rule = ArithmeticCoercion.Find(Name, arguments.Types[0], arguments.Types[1])
            ?? throw new EngineException(
                SqlState.DatatypeMismatch, $"Cannot coerce arithmetic expression {arguments.Types[0]} {Name} {arguments.Types[1]} to valid types");
        return new FunctionSignature([rule.Left, rule.Right], rule.Result, arguments.Nullable.Any(static nullable => nullable));
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        var kernel = ArithmeticKernels.Create(Name, signature.ReturnType.IsNumeric && !signature.ArgumentTypes[0].IsTemporal ? signature.ReturnType : DataType.Null)
            ?? DecimalKernels.Create(Name, signature)
            ?? TemporalArithmetic.Create(Name, signature)
            ?? throw new EngineException(SqlState.FeatureNotSupported, $"{signature.ArgumentTypes[0]} {Name} {signature.ArgumentTypes[1]} is not supported.");
        return new KernelExpression(kernel, [.. arguments]);
    }
}

/// <summary><c>&amp; | ^ &lt;&lt; &gt;&gt;</c> on integers.</summary>
internal sealed class BitFunction(string sign) : ScalarFunction(sign)
{
    public override bool MayFail => false;

    public override string Usage => $"a {Name} b";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 2, 2);
        var a = arguments.Types[0].ValueType;
        var b = arguments.Types[1].ValueType;
        var type = a.Kind == TypeKind.Null ? b : b.Kind == TypeKind.Null ? a
            // Beside an unsigned column a literal is unsigned too (golden: column-number).
            : a.IsInteger && b.IsInteger && a.Kind == TypeKind.UInt64 != (b.Kind == TypeKind.UInt64) ? DataType.UInt64
            : TypeCoercion.Numeric(a, b);
        if (type is null || !type.IsInteger)
        {
            throw new EngineException(SqlState.DatatypeMismatch, $"Cannot infer common type for bitwise operation {a} {Name} {b}");
        }
        return new FunctionSignature([type, type], type, arguments.Nullable.Any(static nullable => nullable));
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(ArithmeticKernels.Create(Name, signature.ReturnType)!, [.. arguments]);
}

/// <summary>Unary minus, called <c>negate</c>.</summary>
internal sealed class NegateFunction() : ScalarFunction("negate")
{
    public override bool MayFail => false;

    public override string Usage => "-x";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 1);
        var type = arguments.Types[0].ValueType;
        if (type.Kind == TypeKind.Null)
        {
            type = DataType.Int64;
        }
        if (!type.IsSignedInteger && !type.IsFloat && !type.IsDecimal && !type.IsInterval && type.Kind != TypeKind.Duration)
        {
            throw new EngineException(SqlState.DatatypeMismatch, $"Negation only supports numeric, interval and duration types, got {type}");
        }
        return new FunctionSignature([type], type, arguments.Nullable[0]);
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        var type = signature.ReturnType;
        Kernel kernel = type.Kind switch
        {
            TypeKind.Int8 => new NegateKernel<sbyte>(type),
            TypeKind.Int16 => new NegateKernel<short>(type),
            TypeKind.Int32 or TypeKind.IntervalYearMonth => new NegateKernel<int>(type),
            TypeKind.Int64 or TypeKind.Duration => new NegateKernel<long>(type),
            TypeKind.Float16 => new NegateKernel<Half>(type),
            TypeKind.Float32 => new NegateKernel<float>(type),
            TypeKind.Float64 => new NegateKernel<double>(type),
            TypeKind.Decimal128 => new NegateKernel<Int128>(type),
            TypeKind.Decimal256 => new NegateWideKernel(type),
            TypeKind.IntervalDayTime => new NegateDayTimeKernel(type),
            _ => new NegateIntervalKernel(type),
        };
        return new KernelExpression(kernel, [.. arguments]);
    }
}
