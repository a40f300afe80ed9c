using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Chooses how a cast is computed.</summary>
internal static class Casts
{
    public static VectorExpression Compile(BoundCast cast, VectorExpression operand) => Compile(cast.Operand.Type, cast.Target, cast.Try, operand);

    public static VectorExpression Compile(DataType from, DataType to, bool isTry, VectorExpression operand)
    {
        if (from == to)
        {
            return operand;
        }
        if (from.Kind == TypeKind.Null)
        {
            operand.Dispose();
            return new LiteralExpression(new Scalar(to, null));
        }
        if (!CastRules.CanCast(from, to))
        {
            throw new EngineException(SqlState.FeatureNotSupported, $"Unsupported CAST from {from} to {to}");
        }
        if (IsSameStorage(from.ValueType, to.ValueType))
        {
            return new RelabelExpression(to, operand);
        }
        var kernel = CreateKernel(from.ValueType, to.ValueType, isTry);
        var computed = new KernelExpression(kernel, operand);
        return to.IsDictionary ? new RelabelExpression(to, computed) : computed;
    }

    /// <summary>The kernel between two different plain types.</summary>
    public static Kernel CreateKernel(DataType from, DataType to, bool isTry)
    {
        if (from.IsInteger || from.IsFloat || from.Kind == TypeKind.Boolean)
        {
            if (NumericCasts.Create(from, to, isTry) is { } numeric)
            {
                return numeric;
            }
        }
        throw new EngineException(SqlState.FeatureNotSupported, $"Unsupported CAST from {from} to {to}");
    }

    /// <summary>Whether the values of one type are, bit by bit, those of the other.</summary>
    private static bool IsSameStorage(DataType from, DataType to)
    {
        if (from == to || (from.IsUtf8 && to.IsUtf8))
        {
            return true;
        }
        if (to.IsBinary && (from.IsUtf8 || from.IsBinary))
        {
            return to.Kind != TypeKind.FixedSizeBinary;
        }
        return (from.Kind, to.Kind) switch
        {
            (TypeKind.Timestamp, TypeKind.Timestamp) => from.Unit == to.Unit && (from.TimeZone is null) == (to.TimeZone is null),
            _ => false,
        };
    }
}
