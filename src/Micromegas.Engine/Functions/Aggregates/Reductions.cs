using System.Numerics;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Integers wrap around.</summary>
internal readonly struct Sum<T> : IVectorReduction<T>
    where T : unmanaged, INumberBase<T>
{
    public static T Neutral => T.Zero;

    public static T Combine(T state, T value) => state + value;

    public static Vector<T> Combine(Vector<T> state, Vector<T> value) => state + value;
}

internal readonly struct Min<T> : IVectorReduction<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static T Neutral => T.MaxValue;

    public static T Combine(T state, T value) => value < state ? value : state;

    public static Vector<T> Combine(Vector<T> state, Vector<T> value) => System.Numerics.Vector.Min(state, value);
}

internal readonly struct Max<T> : IVectorReduction<T>
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static T Neutral => T.MinValue;

    public static T Combine(T state, T value) => value > state ? value : state;

    public static Vector<T> Combine(Vector<T> state, Vector<T> value) => System.Numerics.Vector.Max(state, value);
}

/// <summary>Extremes of floats. NaN counts only where there is no number, as in upstream's grouped aggregates; −0 is less than 0.</summary>
internal readonly struct MinFloat<T> : IVectorReduction<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static T Neutral => T.NaN;

    public static T Combine(T state, T value) =>
        value < state || T.IsNaN(state) || (T.IsZero(value) && T.IsZero(state) && T.IsNegative(value)) ? value : state;

    // Lanes start as NaN, which every number replaces; zeros of both signs are told apart by the slow comparison of the lanes' sign bits.
    public static Vector<T> Combine(Vector<T> state, Vector<T> value)
    {
        var smaller = System.Numerics.Vector.LessThan(value, state) | ~System.Numerics.Vector.Equals(state, state);
        var equal = System.Numerics.Vector.Equals(value, state);
        return System.Numerics.Vector.ConditionalSelect(smaller, value, System.Numerics.Vector.ConditionalSelect(equal, value | state, state));
    }
}

internal readonly struct MaxFloat<T> : IVectorReduction<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static T Neutral => T.NaN;

    public static T Combine(T state, T value) =>
        value > state || T.IsNaN(state) || (T.IsZero(value) && T.IsZero(state) && T.IsNegative(state)) ? value : state;

    public static Vector<T> Combine(Vector<T> state, Vector<T> value)
    {
        var larger = System.Numerics.Vector.GreaterThan(value, state) | ~System.Numerics.Vector.Equals(state, state);
        var equal = System.Numerics.Vector.Equals(value, state);
        return System.Numerics.Vector.ConditionalSelect(larger, value, System.Numerics.Vector.ConditionalSelect(equal, value & state, state));
    }
}

internal readonly struct MinWide<T> : IReduction<T>
    where T : unmanaged, IComparable<T>
{
    public static T Neutral => WideBounds.Max<T>();

    public static T Combine(T state, T value) => value.CompareTo(state) < 0 ? value : state;
}

internal readonly struct MaxWide<T> : IReduction<T>
    where T : unmanaged, IComparable<T>
{
    public static T Neutral => WideBounds.Min<T>();

    public static T Combine(T state, T value) => value.CompareTo(state) > 0 ? value : state;
}

internal static class WideBounds
{
    public static T Max<T>()
        where T : unmanaged => Of<T>(Int128.MaxValue, new Int256(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, long.MaxValue),
            new MonthDayNano(int.MaxValue, int.MaxValue, long.MaxValue), Half.NaN);

    public static T Min<T>()
        where T : unmanaged => Of<T>(Int128.MinValue, new Int256(0, 0, 0, long.MinValue),
            new MonthDayNano(int.MinValue, int.MinValue, long.MinValue), Half.NegativeInfinity);

    private static T Of<T>(Int128 narrow, Int256 wide, MonthDayNano interval, Half half)
        where T : unmanaged
    {
        object value = typeof(T) == typeof(Int128) ? narrow : typeof(T) == typeof(Int256) ? wide : typeof(T) == typeof(Half) ? half : interval;
        return (T)value;
    }
}

internal readonly struct SumInt256 : IReduction<Int256>
{
    public static Int256 Neutral => default;

    public static Int256 Combine(Int256 state, Int256 value)
    {
        var sum = state.ToBigInteger() + value.ToBigInteger();
        if (!DecimalMath.Fits(sum, 76))
        {
            Throw.Overflow("The sum has more than 76 digits");
        }
        return Int256.FromBigInteger(sum);
    }
}

internal readonly struct SumInt128 : IReduction<Int128>
{
    public static Int128 Neutral => 0;

    public static Int128 Combine(Int128 state, Int128 value)
    {
        var sum = state + value;
        if (((state ^ sum) & (value ^ sum)) < 0)
        {
            Throw.Overflow("The sum has more than 38 digits");
        }
        return sum;
    }
}

internal readonly struct AllBits<T> : IVectorReduction<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Neutral => T.AllBitsSet;

    public static T Combine(T state, T value) => state & value;

    public static Vector<T> Combine(Vector<T> state, Vector<T> value) => state & value;
}

internal readonly struct AnyBits<T> : IVectorReduction<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Neutral => T.Zero;

    public static T Combine(T state, T value) => state | value;

    public static Vector<T> Combine(Vector<T> state, Vector<T> value) => state | value;
}

internal readonly struct OddBits<T> : IVectorReduction<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static T Neutral => T.Zero;

    public static T Combine(T state, T value) => state ^ value;

    public static Vector<T> Combine(Vector<T> state, Vector<T> value) => state ^ value;
}
