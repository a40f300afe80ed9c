using Micromegas.Columnar;
using Micromegas.Engine.Functions;

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
            throw Unsupported(from, to);
        }
        if (IsSameStorage(from.ValueType, to.ValueType))
        {
            return new RelabelExpression(to, operand);
        }
        var computed = new KernelExpression(CreateKernel(from.ValueType, to.ValueType, isTry), operand);
        return to.IsDictionary ? new RelabelExpression(to, computed) : computed;
    }

    /// <summary>The kernel for the items of a nested value; null when their storage stays.</summary>
    public static Kernel? CreateItemKernel(DataType from, DataType to, bool isTry)
    {
        if (from.Kind == TypeKind.Null && to.Kind != TypeKind.Null)
        {
            return new NullCastKernel(to);
        }
        return IsSameStorage(from.ValueType, to.ValueType) ? null : CreateKernel(from.ValueType, to.ValueType, isTry);
    }

    /// <summary>The kernel between two plain types of different storage.</summary>
    private static Kernel CreateKernel(DataType from, DataType to, bool isTry)
    {
        var kernel = to.Kind switch
        {
            _ when to.IsList => from.IsList ? new ListCastKernel(from, to, isTry) : new ToListKernel(from, to, isTry),
            TypeKind.Map when from.Kind == TypeKind.Map => new ListCastKernel(from, to, isTry),
            TypeKind.Struct when from.Kind == TypeKind.Struct => new StructCastKernel(from, to, isTry),
            _ when to.IsUtf8 => from.IsBinary ? new BinaryToTextKernel(to, isTry) : new ToTextKernel(from, to),
            _ when from.IsUtf8 => TextCasts.FromText(to, isTry),
            TypeKind.FixedSizeBinary when from.IsBinary => new FixedBinaryKernel(to, isTry),
            _ when to.IsBinary && from.IsInteger => IntegerToBinary(from, to),
            _ when from.IsDecimal || to.IsDecimal => DecimalCasts.Create(from, to, isTry),
            _ when IsTime(from) && IsTime(to) => TemporalCasts.Create(from, to, isTry),
            _ => NumericCasts.Create(from, to, isTry),
        };
        return kernel ?? throw Unsupported(from, to);
    }

    private static EngineException Unsupported(DataType from, DataType to) =>
        new(SqlState.FeatureNotSupported, $"Unsupported CAST from {from} to {to}");

    private static bool IsTime(DataType type) => type.IsTemporal || type.IsInterval || type.Kind == TypeKind.Duration;

    private static Kernel? IntegerToBinary(DataType from, DataType to) => from.Kind switch
    {
        TypeKind.Int8 => new IntegerToBinaryKernel<sbyte>(to),
        TypeKind.Int16 => new IntegerToBinaryKernel<short>(to),
        TypeKind.Int32 => new IntegerToBinaryKernel<int>(to),
        TypeKind.Int64 => new IntegerToBinaryKernel<long>(to),
        TypeKind.UInt8 => new IntegerToBinaryKernel<byte>(to),
        TypeKind.UInt16 => new IntegerToBinaryKernel<ushort>(to),
        TypeKind.UInt32 => new IntegerToBinaryKernel<uint>(to),
        _ => new IntegerToBinaryKernel<ulong>(to),
    };

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
            (TypeKind.Timestamp, TypeKind.Timestamp) =>
                from.Unit == to.Unit && ((from.TimeZone is null) == (to.TimeZone is null) || Zone.Find(from.TimeZone ?? to.TimeZone!).IsUtc),
            (TypeKind.Int64, TypeKind.Timestamp or TypeKind.Time64 or TypeKind.Duration or TypeKind.Date64)
                or (TypeKind.Timestamp or TypeKind.Time64 or TypeKind.Duration or TypeKind.Date64, TypeKind.Int64) => true,
            (TypeKind.Int32, TypeKind.Date32 or TypeKind.Time32) or (TypeKind.Date32 or TypeKind.Time32, TypeKind.Int32) => true,
            _ => false,
        };
    }
}

/// <summary>NULL items under another type.</summary>
internal sealed class NullCastKernel(DataType to) : BuildingKernel(to)
{
    protected override void Begin(Vector[] arguments)
    {
    }

    protected override void Append(int row, VectorBuilder output) => output.AppendNull();
}
