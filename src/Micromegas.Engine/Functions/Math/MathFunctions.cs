using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Functions of numbers (spec/sql.md §5.12): Float32 stays, other numbers become Float64.</summary>
internal static class MathFunctions
{
    private static readonly Random Random = Random.Shared;

    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        Float("sqrt", "Square root; NaN of a negative number.", Math.Sqrt),
        Float("cbrt", "Cube root.", Math.Cbrt),
        Float("exp", "e to the power of x.", Math.Exp),
        Float("ln", "Natural logarithm.", Math.Log),
        Float("log2", "Logarithm to base 2.", Math.Log2),
        Float("log10", "Logarithm to base 10.", Math.Log10),
        Float("sin", "Sine.", Math.Sin),
        Float("cos", "Cosine.", Math.Cos),
        Float("tan", "Tangent.", Math.Tan),
        Float("cot", "Cotangent.", static x => 1 / Math.Tan(x)),
        Float("asin", "Inverse sine.", Math.Asin),
        Float("acos", "Inverse cosine.", Math.Acos),
        Float("atan", "Inverse tangent.", Math.Atan),
        Float("sinh", "Hyperbolic sine.", Math.Sinh),
        Float("cosh", "Hyperbolic cosine.", Math.Cosh),
        Float("tanh", "Hyperbolic tangent.", Math.Tanh),
        Float("asinh", "Inverse hyperbolic sine.", Math.Asinh),
        Float("acosh", "Inverse hyperbolic cosine.", Math.Acosh),
        Float("atanh", "Inverse hyperbolic tangent.", Math.Atanh),
        // Float32 angles convert in single precision, as upstream does.
        Float("degrees", "Radians as degrees.", static x => x * (180 / Math.PI), static x => (float)x * 57.29577951308232f),
        Float("radians", "Degrees as radians.", static x => x * (Math.PI / 180), static x => (float)x * (MathF.PI / 180)),
        Float("signum", "Sign: -1, 0 or 1.", static x => double.IsNaN(x) ? x : x > 0 ? 1 : x < 0 ? -1 : 0),
        new RoundingFunction("ceil", "Smallest whole number that is not less.", Math.Ceiling),
        new RoundingFunction("floor", "Largest whole number that is not greater.", Math.Floor),
        new RoundFunction(),
        new TruncFunction(),
        new AbsFunction(),
        new DefinedFunction(
            "power", "(base, exponent)", "base to the power of exponent.", Accept.Fixed("power", DataType.Float64, 2, Accept.Float64, Accept.Float64),
            static s => new FlatRowKernel<double>(s, static (a, row) => Power(a.Float64(0, row), a.Float64(1, row))), "pow") { CanFail = true },
        new DefinedFunction(
            "atan2", "(y, x)", "Angle of the point (x, y).", static arguments => Pair("atan2", arguments, integersAreFloat32: true),
            static s => Binary(s, Math.Atan2)),
        new DefinedFunction(
            "nanvl", "(x, y)", "x unless it is NaN, then y.", static arguments => Pair("nanvl", arguments, false), CreateNanvl),
        new DefinedFunction("log", "([base,] x)", "Logarithm to a base, by default 10.", ResolveLog, CreateLog),
        new DefinedFunction(
            "pi", "()", "3.14159…", Accept.Fixed("pi", DataType.Float64, 0), static s => new FlatRowKernel<double>(s, static (_, _) => Math.PI)),
        new DefinedFunction(
            "random", "()", "A number from 0 to below 1, a new one for each row.", Accept.Fixed("random", DataType.Float64, 0),
            static s => new FlatRowKernel<double>(s, static (_, _) => Random.NextDouble()) { Deterministic = false }, "rand")
        {
            Changes = Volatility.Volatile,
        },
        new DefinedFunction(
            "bit_count", "(n)", "Number of bits of a 64-bit integer that are set.", Accept.Fixed("bit_count", DataType.Int64, 1, Accept.Int64),
            static s => new FlatRowKernel<long>(s, static (a, row) => System.Numerics.BitOperations.PopCount((ulong)a.Int64(0, row)))),
        new DefinedFunction(
            "factorial", "(n)", "n!, for n from 0 to 20.", Accept.Fixed("factorial", DataType.Int64, 1, Accept.Int64),
            static s => new FlatRowKernel<long>(s, static (a, row) => Factorial(a.Int64(0, row)))) { CanFail = true },
        new DefinedFunction(
            "gcd", "(a, b)", "Greatest common divisor.", Accept.Fixed("gcd", DataType.Int64, 2, Accept.Int64, Accept.Int64),
            static s => new FlatRowKernel<long>(s, static (a, row) => Checked(Gcd(a.Int64(0, row), a.Int64(1, row))))) { CanFail = true },
        new DefinedFunction(
            "lcm", "(a, b)", "Least common multiple.", Accept.Fixed("lcm", DataType.Int64, 2, Accept.Int64, Accept.Int64),
            static s => new FlatRowKernel<long>(s, static (a, row) => Lcm(a.Int64(0, row), a.Int64(1, row)))) { CanFail = true },
        new DefinedFunction(
            "isnan", "(x)", "Whether x is NaN.", Accept.Fixed("isnan", DataType.Boolean, 1, Accept.Float64),
            static s => new BitRowKernel(s, static (a, row) => double.IsNaN(a.Float64(0, row)))),
        new DefinedFunction(
            "iszero", "(x)", "Whether x is zero.", Accept.Fixed("iszero", DataType.Boolean, 1, Accept.Float64),
            static s => new BitRowKernel(s, static (a, row) => a.Float64(0, row) == 0)),
    ];

    private static DefinedFunction Float(string name, string summary, Func<double, double> compute, Func<double, double>? single = null) => new(
        name, "(x)", summary, Accept.SameType(name, 1, Accept.Float), signature => signature.ReturnType.Kind == TypeKind.Float32
            ? new SingleKernel(signature.ReturnType, single ?? compute)
            : new DoubleKernel(signature.ReturnType, compute));

    private static FunctionSignature Pair(string name, FunctionArguments arguments, bool integersAreFloat32)
    {
        FunctionErrors.CheckCount(name, arguments, 2, 2);
        var isDouble = arguments.Types.Any(static type => type.ValueType.Kind == TypeKind.Float64 || type.ValueType.IsDecimal);
        var hasSingle = arguments.Types.Any(static type => type.ValueType.Kind is TypeKind.Float32 or TypeKind.Float16);
        var type = !isDouble && (hasSingle || integersAreFloat32) ? DataType.Float32 : DataType.Float64;
        return arguments.Types.All(static type => Accept.Float64(type) is not null)
            ? new FunctionSignature([type, type], type)
            : throw FunctionErrors.NoMatch(name, arguments);
    }

    private static Kernel Binary(FunctionSignature signature, Func<double, double, double> compute) => signature.ReturnType.Kind == TypeKind.Float32
        ? new SinglePairKernel(signature.ReturnType, compute)
        : new FlatRowKernel<double>(signature, (a, row) => compute(a.Float64(0, row), a.Float64(1, row)));

    /// <summary>y is asked for only where x is NaN: its NULL does not matter elsewhere.</summary>
    private static Kernel CreateNanvl(FunctionSignature signature)
    {
        if (signature.ReturnType.Kind == TypeKind.Float64)
        {
            return new NullableRowKernel<double>(
                signature,
                static (a, row) => a.IsNull(0, row) ? null : !double.IsNaN(a.Float64(0, row)) ? a.Float64(0, row) : a.IsNull(1, row) ? null : a.Float64(1, row),
                propagatesNulls: false);
        }
        return new NullableRowKernel<float>(signature, static (a, row) => Single(a, 0, row) is { } x && float.IsNaN(x) ? Single(a, 1, row) : Single(a, 0, row), propagatesNulls: false);
    }

    private static float? Single(RowArguments a, int ordinal, int row) => a.IsNull(ordinal, row) ? null : new FlatReader<float>(a[ordinal])[row];

    /// <summary>The result is a Float32 where the number is one, whatever the base.</summary>
    private static FunctionSignature ResolveLog(FunctionArguments arguments) => arguments.Count == 1
        ? Accept.Match("log", arguments, 1, [Accept.Float], static types => types[0])
        : Accept.Match("log", arguments, 2, [Accept.Float64, Accept.Float64], _ => Accept.Float(arguments.Types[1])!);

    private static Kernel CreateLog(FunctionSignature signature) => signature.ArgumentTypes.Count == 2
        ? signature.ReturnType.Kind == TypeKind.Float32
            ? new FlatRowKernel<float>(signature, static (a, row) => (float)(Math.Log(a.Float64(1, row)) / Math.Log(a.Float64(0, row))))
            : new FlatRowKernel<double>(signature, static (a, row) => Math.Log(a.Float64(1, row)) / Math.Log(a.Float64(0, row)))
        : signature.ReturnType.Kind == TypeKind.Float32
            ? new SingleKernel(signature.ReturnType, Math.Log10)
            : new DoubleKernel(signature.ReturnType, Math.Log10);

    private static double Power(double value, double exponent)
    {
        if (value == 0 && exponent < 0)
        {
            Throw.Engine(SqlState.InvalidPowerArgument, "zero raised to a negative power is undefined");
        }
        return Math.Pow(value, exponent);
    }

    private static long Factorial(long n)
    {
        if (n is < 0 or > 20)
        {
            Throw.Overflow($"Overflow happened on FACTORIAL({n})");
        }
        long result = 1;
        for (; n > 1; n--)
        {
            result *= n;
        }
        return result;
    }

    private static ulong Gcd(long a, long b)
    {
        var (x, y) = (Magnitude(a), Magnitude(b));
        while (y != 0)
        {
            (x, y) = (y, x % y);
        }
        return x;
    }

    private static long Lcm(long a, long b)
    {
        if (a == 0 || b == 0)
        {
            return 0;
        }
        var result = (UInt128)(Magnitude(a) / Gcd(a, b)) * Magnitude(b);
        return Checked(result > ulong.MaxValue ? ulong.MaxValue : (ulong)result);
    }

    private static ulong Magnitude(long value) => value < 0 ? 0 - (ulong)value : (ulong)value;

    private static long Checked(ulong value)
    {
        if (value > long.MaxValue)
        {
            Throw.Overflow("Signed integer overflow in gcd or lcm");
        }
        return (long)value;
    }
}

/// <summary>A function of Float64.</summary>
internal sealed unsafe class DoubleKernel(DataType type, Func<double, double> compute) : FlatKernel<double>(type)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<double> output)
    {
        var reader = new FlatReader<double>(arguments[0]);
        foreach (var row in rows)
        {
            output.Values[row] = compute(reader[row]);
        }
    }
}

/// <summary>A function of Float32, computed in Float64.</summary>
internal sealed unsafe class SingleKernel(DataType type, Func<double, double> compute) : FlatKernel<float>(type)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<float> output)
    {
        var reader = new FlatReader<float>(arguments[0]);
        foreach (var row in rows)
        {
            output.Values[row] = (float)compute(reader[row]);
        }
    }
}

internal sealed unsafe class SinglePairKernel(DataType type, Func<double, double, double> compute) : FlatKernel<float>(type)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<float> output)
    {
        var left = new FlatReader<float>(arguments[0]);
        var right = new FlatReader<float>(arguments[1]);
        foreach (var row in rows)
        {
            output.Values[row] = (float)compute(left[row], right[row]);
        }
    }
}
