using System.Numerics;

namespace Micromegas.Engine.Functions;

/// <summary>An operation on two numbers that cannot fail, also on whole registers.</summary>
internal interface IVectorOperation<T>
    where T : unmanaged
{
    static abstract T Invoke(T left, T right);

    static abstract Vector<T> Invoke(Vector<T> left, Vector<T> right);
}

/// <summary>The same operation where values come one by one.</summary>
internal readonly struct RowOperation<T, TOperation> : IOperation<T, T, T>
    where T : unmanaged
    where TOperation : struct, IVectorOperation<T>
{
    public static T Invoke(T left, T right) => TOperation.Invoke(left, right);
}

/// <summary>Integers wrap around.</summary>
internal readonly struct Add<T> : IVectorOperation<T>
    where T : unmanaged, INumberBase<T>
{
    public static T Invoke(T left, T right) => left + right;

    public static Vector<T> Invoke(Vector<T> left, Vector<T> right) => left + right;
}

internal readonly struct Subtract<T> : IVectorOperation<T>
    where T : unmanaged, INumberBase<T>
{
    public static T Invoke(T left, T right) => left - right;

    public static Vector<T> Invoke(Vector<T> left, Vector<T> right) => left - right;
}

internal readonly struct Multiply<T> : IVectorOperation<T>
    where T : unmanaged, INumberBase<T>
{
    public static T Invoke(T left, T right) => left * right;

    public static Vector<T> Invoke(Vector<T> left, Vector<T> right) => left * right;
}

/// <summary>Floats only: x / 0 is an infinity or NaN.</summary>
internal readonly struct DivideFloat<T> : IVectorOperation<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static T Invoke(T left, T right) => left / right;

    public static Vector<T> Invoke(Vector<T> left, Vector<T> right) => left / right;
}

internal readonly struct BitAnd<T> : IVectorOperation<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T left, T right) => left & right;

    public static Vector<T> Invoke(Vector<T> left, Vector<T> right) => left & right;
}

internal readonly struct BitOr<T> : IVectorOperation<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T left, T right) => left | right;

    public static Vector<T> Invoke(Vector<T> left, Vector<T> right) => left | right;
}

internal readonly struct BitXor<T> : IVectorOperation<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T left, T right) => left ^ right;

    public static Vector<T> Invoke(Vector<T> left, Vector<T> right) => left ^ right;
}

/// <summary>An operation on two values, one pair at a time; it may raise an error.</summary>
internal interface IOperation<TLeft, TRight, TOut>
    where TLeft : unmanaged
    where TRight : unmanaged
    where TOut : unmanaged
{
    static abstract TOut Invoke(TLeft left, TRight right);
}

/// <summary>Truncates toward zero.</summary>
internal readonly struct DivideInteger<T> : IOperation<T, T, T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static T Invoke(T left, T right)
    {
        if (T.IsZero(right))
        {
            Throw.DivideByZero();
        }
        if (T.IsNegative(right) && right == -T.One && left == T.MinValue)
        {
            Throw.Overflow("Overflow happened on: " + left + " / -1");
        }
        return left / right;
    }
}

/// <summary>The sign of the dividend.</summary>
internal readonly struct Remainder<T> : IOperation<T, T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T left, T right)
    {
        if (T.IsZero(right))
        {
            Throw.DivideByZero();
        }
        return T.IsNegative(right) && right == -T.One ? T.Zero : left % right;
    }
}

internal readonly struct RemainderFloat<T> : IOperation<T, T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static T Invoke(T left, T right) => left % right;
}

/// <summary>The count is taken modulo the width.</summary>
internal readonly struct ShiftLeft<T> : IOperation<T, T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T left, T right) => left << Shift.Mask(right);
}

internal readonly struct ShiftRight<T> : IOperation<T, T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Invoke(T left, T right) => left >> Shift.Mask(right);
}

internal static class Shift
{
    public static int Mask<T>(T count)
        where T : unmanaged, IBinaryInteger<T> =>
        int.CreateTruncating(count) & ((System.Runtime.CompilerServices.Unsafe.SizeOf<T>() * 8) - 1);
}
