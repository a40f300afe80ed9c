using System.Numerics;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Decimal arithmetic: exact, truncated where a quotient has more digits, an error where the result has more digits than its type.</summary>
internal static class DecimalKernels
{
    public static Kernel? Create(string operation, FunctionSignature signature) => signature.ReturnType.Kind switch
    {
        TypeKind.Decimal128 => new Decimal128Kernel(operation, signature),
        TypeKind.Decimal256 => new Decimal256Kernel(operation, signature),
        _ => null,
    };
}

internal sealed unsafe class Decimal128Kernel : FlatKernel<Int128>
{
    private readonly string operation;
    private readonly int leftScale;
    private readonly int rightScale;
    private readonly int precision;
    private readonly int scale;

    public Decimal128Kernel(string operation, FunctionSignature signature)
        : base(signature.ReturnType)
    {
        this.operation = operation;
        leftScale = signature.ArgumentTypes[0].Scale;
        rightScale = signature.ArgumentTypes[1].Scale;
        precision = signature.ReturnType.Precision;
        scale = signature.ReturnType.Scale;
    }

    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<Int128> output)
    {
        var left = new FlatReader<Int128>(arguments[0]);
        var right = new FlatReader<Int128>(arguments[1]);
        foreach (var row in rows)
        {
            output.Values[row] = Compute(left[row], right[row]);
        }
    }

    private Int128 Compute(Int128 left, Int128 right)
    {
        if (operation is "/" or "%" && right == 0)
        {
            Throw.DivideByZero();
        }
        // 18 digits each way leave room for every product and shift below; anything longer goes through BigInteger.
        if (IsShort(left) && IsShort(right) && Math.Abs(scale - leftScale) <= 18 && Math.Abs(scale - rightScale) <= 18 && leftScale + rightScale >= scale - 18)
        {
            var quick = operation switch
            {
                "+" => (left * DecimalMath.Power(scale - leftScale)) + (right * DecimalMath.Power(scale - rightScale)),
                "-" => (left * DecimalMath.Power(scale - leftScale)) - (right * DecimalMath.Power(scale - rightScale)),
                "*" when leftScale + rightScale == scale => left * right,
                "%" => (left * DecimalMath.Power(scale - leftScale)) % (right * DecimalMath.Power(scale - rightScale)),
                "/" when scale - leftScale + rightScale is >= 0 and <= 18 => left * DecimalMath.Power(scale - leftScale + rightScale) / right,
                _ => Int128.MaxValue,
            };
            if (quick != Int128.MaxValue)
            {
                return DecimalMath.Fits(quick, precision) ? quick : Overflow();
            }
        }
        var exact = WideDecimal.Compute(operation, (BigInteger)left, leftScale, (BigInteger)right, rightScale, scale);
        return DecimalMath.Fits(exact, precision) ? (Int128)exact : Overflow();
    }

    private Int128 Overflow()
    {
        Throw.Overflow($"The result of a decimal '{operation}' has more digits than {Type} holds");
        return default;
    }

    private static bool IsShort(Int128 value) => DecimalMath.Fits(value, 18);
}

internal sealed unsafe class Decimal256Kernel(string operation, FunctionSignature signature) : FlatKernel<Int256>(signature.ReturnType)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<Int256> output)
    {
        var left = new WideReader(arguments[0], signature.ArgumentTypes[0]);
        var right = new WideReader(arguments[1], signature.ArgumentTypes[1]);
        foreach (var row in rows)
        {
            var divisor = right[row];
            if (operation is "/" or "%" && divisor.IsZero)
            {
                Throw.DivideByZero();
            }
            var value = WideDecimal.Compute(
                operation, left[row], signature.ArgumentTypes[0].Scale, divisor, signature.ArgumentTypes[1].Scale, Type.Scale);
            if (!DecimalMath.Fits(value, Type.Precision))
            {
                Throw.Overflow($"The result of a decimal '{operation}' has more digits than {Type} holds");
            }
            output.Values[row] = Int256.FromBigInteger(value);
        }
    }
}

/// <summary>Reads decimals of either width as big integers.</summary>
internal readonly struct WideReader
{
    private readonly bool isWide;
    private readonly FlatReader<Int128> narrow;
    private readonly FlatReader<Int256> wide;

    public WideReader(Vector vector, DataType type)
    {
        isWide = type.ValueType.Kind == TypeKind.Decimal256;
        if (isWide)
        {
            wide = new FlatReader<Int256>(vector);
        }
        else
        {
            narrow = new FlatReader<Int128>(vector);
        }
    }

    public BigInteger this[int row] => isWide ? wide[row].ToBigInteger() : (BigInteger)narrow[row];
}

internal static class WideDecimal
{
    /// <summary>The unscaled result in the given scale, of any length.</summary>
    public static BigInteger Compute(string operation, BigInteger left, int leftScale, BigInteger right, int rightScale, int scale) => operation switch
    {
        "+" => Shift(left, scale - leftScale) + Shift(right, scale - rightScale),
        "-" => Shift(left, scale - leftScale) - Shift(right, scale - rightScale),
        "*" => Shift(left * right, scale - leftScale - rightScale),
        "%" => BigInteger.Remainder(Shift(left, scale - leftScale), Shift(right, scale - rightScale)),
        _ => Divide(left, right, scale - leftScale + rightScale),
    };

    private static BigInteger Divide(BigInteger left, BigInteger right, int shift) =>
        shift >= 0 ? Shift(left, shift) / right : left / Shift(right, -shift);

    private static BigInteger Shift(BigInteger value, int digits) =>
        digits >= 0 ? value * BigInteger.Pow(10, digits) : value / BigInteger.Pow(10, -digits);
}

internal sealed unsafe class NegateWideKernel(DataType type) : FlatKernel<Int256>(type)
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<Int256> output)
    {
        var reader = new FlatReader<Int256>(arguments[0]);
        foreach (var row in rows)
        {
            output.Values[row] = Int256.FromBigInteger(-reader[row].ToBigInteger());
        }
    }
}
