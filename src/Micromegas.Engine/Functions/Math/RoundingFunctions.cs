using System.Globalization;
using System.Numerics;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>ceil</c> and <c>floor</c>: floats, and decimals, which keep their type.</summary>
internal sealed class RoundingFunction(string name, string summary, Func<double, double> compute) : ScalarFunction(name)
{
    public override string Usage => "(x)";

    public override string Summary => summary;

    public override FunctionSignature Resolve(FunctionArguments arguments) =>
        Accept.Match(Name, arguments, 1, [static type => type.ValueType.IsDecimal ? type.ValueType : Accept.Float(type)], static types => types[0]);

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        var type = signature.ReturnType;
        Kernel kernel = type.Kind switch
        {
            TypeKind.Float32 => new SingleKernel(type, compute),
            TypeKind.Float64 => new DoubleKernel(type, compute),
            _ => DecimalRounding.Create(type, (value, unit) => Whole(value, unit) * unit),
        };
        return new KernelExpression(kernel, [.. arguments]);
    }

    private BigInteger Whole(BigInteger value, BigInteger unit)
    {
        var quotient = BigInteger.DivRem(value, unit, out var rest);
        return Name == "floor" ? (rest.Sign < 0 ? quotient - 1 : quotient) : (rest.Sign > 0 ? quotient + 1 : quotient);
    }
}

/// <summary><c>round(x [, places])</c>: half away from zero.</summary>
internal sealed class RoundFunction() : ScalarFunction("round")
{
    public override string Usage => "(x [, places])";

    public override string Summary => "Rounds half away from zero; negative places round before the point.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        Parameter value = static type => type.ValueType.IsDecimal ? type.ValueType : Accept.Float(type);
        var signature = Accept.Match(Name, arguments, 1, [value, Accept.Int64], static types => types[0]);
        if (!signature.ReturnType.IsDecimal)
        {
            return signature;
        }
        var type = signature.ReturnType;
        long? places = arguments.Count == 1 ? 0
            : arguments.Constants[1] is not { } constant ? null
            : constant.Value is null ? 0 : Convert.ToInt64(constant.Value, CultureInfo.InvariantCulture);
        var (precision, scale) = Rounded(type.Precision, type.Scale, places);
        return signature with
        {
            ReturnType = type.Kind == TypeKind.Decimal256 ? DataType.Decimal256(Math.Min(precision, 76), scale) : DataType.Decimal128(Math.Min(precision, 38), scale),
        };
    }

    /// <summary>A decimal's scale shrinks to constant places and leaves its digits to the whole part; a carry may need one more where none becomes free.</summary>
    private static (int Precision, int Scale) Rounded(int precision, int scale, long? places)
    {
        if (places is not { } known)
        {
            return (precision + 1, scale);
        }
        return scale < 0
            ? (precision, (int)Math.Clamp(known, -precision, scale))
            : (scale == 0 && known < 0 && -known <= precision ? precision + 1 : precision, (int)Math.Clamp(known, 0, scale));
    }

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        var type = signature.ReturnType;
        Kernel kernel = type.Kind switch
        {
            TypeKind.Float32 => new RoundSingleKernel(signature, DigitRounding.Round),
            TypeKind.Float64 => new FlatRowKernel<double>(
                signature, static (a, row) => DigitRounding.Round(a.Float64(0, row), a.Count > 1 ? a.Int64(1, row) : 0)),
            _ => new DecimalRoundKernel(signature),
        };
        return new KernelExpression(kernel, [.. arguments]);
    }
}

/// <summary><c>trunc(x [, places])</c>: toward zero.</summary>
internal sealed class TruncFunction() : ScalarFunction("trunc")
{
    public override string Usage => "(x [, places])";

    public override string Summary => "Cuts digits off, toward zero.";

    public override bool MayFail => false;

    public override FunctionSignature Resolve(FunctionArguments arguments) =>
        Accept.Match(Name, arguments, 1, [Accept.Float, Accept.Int64], static types => types[0]);

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context) =>
        new KernelExpression(
            signature.ReturnType.Kind == TypeKind.Float32
                ? new RoundSingleKernel(signature, static (value, places) => (float)DigitRounding.Truncate(value, places))
                : new FlatRowKernel<double>(
                    signature, static (a, row) => DigitRounding.Truncate(a.Float64(0, row), a.Count > 1 ? a.Int64(1, row) : 0)),
            [.. arguments]);
}

/// <summary>Rounding to digits before or behind the point.</summary>
internal static class DigitRounding
{
    /// <summary>The number times a power of ten, rounded, divided by it again: upstream's and DuckDB's way, whose products may fall short of a tie.</summary>
    public static T Round<T>(T value, long places)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (places == 0 || !T.IsFinite(value))
        {
            return T.Round(value, MidpointRounding.AwayFromZero);
        }
        if (places is > 308 or < -308)
        {
            return places > 0 ? value : T.Zero * value;
        }
        var factor = T.CreateTruncating(places > 0 ? Math.Pow(10, places) : 1 / Math.Pow(10, -places));
        var result = T.Round(value * factor, MidpointRounding.AwayFromZero) / factor;
        return T.IsFinite(result) ? result : value;
    }

    public static double Truncate(double value, long places)
    {
        if (places == 0 || !double.IsFinite(value) || places > 20)
        {
            return places > 20 ? value : Math.Truncate(value);
        }
        if (places < -308)
        {
            return 0 * value;
        }
        var factor = Math.Pow(10, Math.Abs(places));
        return places > 0 ? Math.Truncate(value * factor) / factor : Math.Truncate(value / factor) * factor;
    }
}

internal sealed unsafe class RoundSingleKernel(FunctionSignature signature, Func<float, long, float> compute) : FlatKernel<float>(signature.ReturnType)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<float> output)
    {
        var reader = new FlatReader<float>(arguments[0]);
        var places = arguments.Length > 1 ? new FlatReader<long>(arguments[1]) : default;
        foreach (var row in rows)
        {
            output.Values[row] = compute(reader[row], arguments.Length > 1 ? places[row] : 0);
        }
    }
}

/// <summary>Rounds decimals to some places and into a scale.</summary>
internal sealed unsafe class DecimalRoundKernel(FunctionSignature signature) : FlatKernel(signature.ReturnType)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector output)
    {
        var from = signature.ArgumentTypes[0];
        var reader = new WideReader(arguments[0], from);
        var places = arguments.Length > 1 ? new FlatReader<long>(arguments[1]) : default;
        foreach (var row in rows)
        {
            var at = (int)Math.Clamp(arguments.Length > 1 ? places[row] : 0, -100, Math.Max(from.Scale, -100));
            var unit = BigInteger.Pow(10, from.Scale - at);
            var rounded = DecimalMath.DivideRounded(reader[row], unit) * unit;
            DecimalRounding.Store(output, row, rounded / BigInteger.Pow(10, from.Scale - Type.Scale), Type);
        }
    }
}

internal static unsafe class DecimalRounding
{
    /// <summary>A kernel of a decimal's unscaled value and of the unit that its scale makes one.</summary>
    public static Kernel Create(DataType type, Func<BigInteger, BigInteger, BigInteger> compute) => new DecimalMapKernel(type, compute);

    public static void Store(FlatVector output, int row, BigInteger value, DataType type)
    {
        if (!DecimalMath.Fits(value, type.Precision))
        {
            Throw.Overflow($"The value has more digits than {type} holds");
        }
        if (output is FlatVector<Int128> narrow)
        {
            narrow.Values[row] = (Int128)value;
        }
        else
        {
            ((FlatVector<Int256>)output).Values[row] = Int256.FromBigInteger(value);
        }
    }

    private sealed class DecimalMapKernel(DataType type, Func<BigInteger, BigInteger, BigInteger> compute) : FlatKernel(type)
    {
        protected override void Run(Vector[] arguments, RowSet rows, FlatVector output)
        {
            var reader = new WideReader(arguments[0], Type);
            var unit = BigInteger.Pow(10, Math.Max(Type.Scale, 0));
            foreach (var row in rows)
            {
                Store(output, row, compute(reader[row], unit), Type);
            }
        }
    }
}

/// <summary><c>abs</c>: of the same type; the smallest integer has none.</summary>
internal sealed class AbsFunction() : ScalarFunction("abs")
{
    public override string Usage => "(x)";

    public override string Summary => "Absolute value.";

    public override FunctionSignature Resolve(FunctionArguments arguments) => Accept.Match(
        Name, arguments, 1, [static type => type.ValueType.IsNumeric ? type.ValueType : type.Kind == TypeKind.Null ? DataType.Float64 : null], static types => types[0]);

    public override VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context)
    {
        var type = signature.ReturnType;
        if (type.IsUnsignedInteger)
        {
            return arguments[0];
        }
        Kernel kernel = type.Kind switch
        {
            TypeKind.Int8 => new AbsKernel<sbyte>(type),
            TypeKind.Int16 => new AbsKernel<short>(type),
            TypeKind.Int32 => new AbsKernel<int>(type),
            TypeKind.Int64 => new AbsKernel<long>(type),
            TypeKind.Float16 => new AbsKernel<Half>(type),
            TypeKind.Float32 => new AbsKernel<float>(type),
            TypeKind.Float64 => new AbsKernel<double>(type),
            _ => DecimalRounding.Create(type, static (value, _) => BigInteger.Abs(value)),
        };
        return new KernelExpression(kernel, [.. arguments]);
    }

    private sealed unsafe class AbsKernel<T>(DataType type) : FlatKernel<T>(type)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        protected override void Run(Vector[] arguments, RowSet rows, FlatVector<T> output)
        {
            var reader = new FlatReader<T>(arguments[0]);
            foreach (var row in rows)
            {
                var value = reader[row];
                if (T.IsInteger(value) && value == T.MinValue && !Type.IsFloat)
                {
                    Throw.Overflow($"{Type} overflow on abs({value})");
                }
                output.Values[row] = T.Abs(value);
            }
        }
    }
}
