using System.Numerics;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>A binary operation that cannot fail: computes all rows, a register at a time where the operands lie flat or are constant.</summary>
internal sealed unsafe class VectorOperationKernel<T, TOperation>(DataType type) : FlatKernel<T>(type)
    where T : unmanaged
    where TOperation : struct, IVectorOperation<T>
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<T> output)
    {
        var (left, right) = (arguments[0], arguments[1]);
        var target = output.Values;
        var count = output.Length;
        switch (left, right)
        {
            case (FlatVector<T> a, FlatVector<T> b):
                Run(a.Values, b.Values, target, count);
                break;
            case (FlatVector<T> a, ConstantVector { Value: FlatVector<T> b }):
                Run(a.Values, b[0], target, count);
                break;
            case (ConstantVector { Value: FlatVector<T> a }, FlatVector<T> b):
                Run(a[0], b.Values, target, count);
                break;
            default:
                var leftReader = new FlatReader<T>(left);
                var rightReader = new FlatReader<T>(right);
                foreach (var row in rows)
                {
                    target[row] = TOperation.Invoke(leftReader[row], rightReader[row]);
                }
                break;
        }
    }

    // Whole registers may be read and written past the last row: vectors have slack for that.
    private static void Run(T* left, T* right, T* target, int count)
    {
        for (var i = 0; i < count; i += Vector<T>.Count)
        {
            TOperation.Invoke(System.Numerics.Vector.Load(left + i), System.Numerics.Vector.Load(right + i)).Store(target + i);
        }
    }

    private static void Run(T* left, T right, T* target, int count)
    {
        var constant = new Vector<T>(right);
        for (var i = 0; i < count; i += Vector<T>.Count)
        {
            TOperation.Invoke(System.Numerics.Vector.Load(left + i), constant).Store(target + i);
        }
    }

    private static void Run(T left, T* right, T* target, int count)
    {
        var constant = new Vector<T>(left);
        for (var i = 0; i < count; i += Vector<T>.Count)
        {
            TOperation.Invoke(constant, System.Numerics.Vector.Load(right + i)).Store(target + i);
        }
    }
}

/// <summary>A binary operation, row by row.</summary>
internal sealed unsafe class OperationKernel<TLeft, TRight, TOut, TOperation>(DataType type) : FlatKernel<TOut>(type)
    where TLeft : unmanaged
    where TRight : unmanaged
    where TOut : unmanaged
    where TOperation : struct, IOperation<TLeft, TRight, TOut>
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<TOut> output)
    {
        var left = new FlatReader<TLeft>(arguments[0]);
        var right = new FlatReader<TRight>(arguments[1]);
        var target = output.Values;
        foreach (var row in rows)
        {
            target[row] = TOperation.Invoke(left[row], right[row]);
        }
    }
}

/// <summary>Unary minus: integers wrap around.</summary>
internal sealed unsafe class NegateKernel<T>(DataType type) : FlatKernel<T>(type)
    where T : unmanaged, INumberBase<T>
{
    protected override void Run(Vector[] arguments, RowSet rows, FlatVector<T> output)
    {
        var reader = new FlatReader<T>(arguments[0]);
        foreach (var row in rows)
        {
            output.Values[row] = -reader[row];
        }
    }
}

/// <summary>Chooses the kernel of an operator for the type that both operands have.</summary>
internal static class ArithmeticKernels
{
    public static Kernel? Create(string operation, DataType type) => type.Kind switch
    {
        TypeKind.Int8 => Integer<sbyte>(operation, type),
        TypeKind.Int16 => Integer<short>(operation, type),
        TypeKind.Int32 => Integer<int>(operation, type),
        TypeKind.Int64 => Integer<long>(operation, type),
        TypeKind.UInt8 => Integer<byte>(operation, type),
        TypeKind.UInt16 => Integer<ushort>(operation, type),
        TypeKind.UInt32 => Integer<uint>(operation, type),
        TypeKind.UInt64 => Integer<ulong>(operation, type),
        TypeKind.Float16 => Half(operation, type),
        TypeKind.Float32 => Float<float>(operation, type),
        TypeKind.Float64 => Float<double>(operation, type),
        _ => null,
    };

    private static Kernel? Integer<T>(string operation, DataType type)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T> => operation switch
        {
            "+" => new VectorOperationKernel<T, Add<T>>(type),
            "-" => new VectorOperationKernel<T, Subtract<T>>(type),
            "*" => new VectorOperationKernel<T, Multiply<T>>(type),
            "/" => new OperationKernel<T, T, T, DivideInteger<T>>(type),
            "%" => new OperationKernel<T, T, T, Remainder<T>>(type),
            "&" => new VectorOperationKernel<T, BitAnd<T>>(type),
            "|" => new VectorOperationKernel<T, BitOr<T>>(type),
            "^" => new VectorOperationKernel<T, BitXor<T>>(type),
            "<<" => new OperationKernel<T, T, T, ShiftLeft<T>>(type),
            ">>" => new OperationKernel<T, T, T, ShiftRight<T>>(type),
            _ => null,
        };

    /// <summary>Halves, for which there are no registers: row by row.</summary>
    private static Kernel? Half(string operation, DataType type) => operation switch
    {
        "+" => new OperationKernel<Half, Half, Half, RowOperation<Half, Add<Half>>>(type),
        "-" => new OperationKernel<Half, Half, Half, RowOperation<Half, Subtract<Half>>>(type),
        "*" => new OperationKernel<Half, Half, Half, RowOperation<Half, Multiply<Half>>>(type),
        "/" => new OperationKernel<Half, Half, Half, RowOperation<Half, DivideFloat<Half>>>(type),
        "%" => new OperationKernel<Half, Half, Half, RemainderFloat<Half>>(type),
        _ => null,
    };

    private static Kernel? Float<T>(string operation, DataType type)
        where T : unmanaged, IFloatingPointIeee754<T> => operation switch
        {
            "+" => new VectorOperationKernel<T, Add<T>>(type),
            "-" => new VectorOperationKernel<T, Subtract<T>>(type),
            "*" => new VectorOperationKernel<T, Multiply<T>>(type),
            "/" => new VectorOperationKernel<T, DivideFloat<T>>(type),
            "%" => new OperationKernel<T, T, T, RemainderFloat<T>>(type),
            _ => null,
        };
}
