using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Micromegas.Engine.Expressions;

/// <summary>Equality or order of two values; the other operators swap the operands or negate the result.</summary>
internal interface IComparison<T>
    where T : unmanaged
{
    static abstract bool Test(T left, T right);
}

/// <summary>A comparison that also works on whole vectors.</summary>
internal interface IVectorComparison<T> : IComparison<T>
    where T : unmanaged
{
    static abstract Vector256<T> Test(Vector256<T> left, Vector256<T> right);
}

internal readonly struct IntegerEqual<T> : IVectorComparison<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static bool Test(T left, T right) => left == right;

    public static Vector256<T> Test(Vector256<T> left, Vector256<T> right) => Vector256.Equals(left, right);
}

internal readonly struct IntegerLess<T> : IVectorComparison<T>
    where T : unmanaged, IBinaryInteger<T>
{
    public static bool Test(T left, T right) => left < right;

    public static Vector256<T> Test(Vector256<T> left, Vector256<T> right) => Vector256.LessThan(left, right);
}

/// <summary>IEEE total order with a single NaN above everything (spec/sql.md §5.4), as order of integers.</summary>
internal static class TotalOrder
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Key(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        return double.IsNaN(value) ? long.MaxValue : bits ^ (long)((ulong)(bits >> 63) >> 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Key(float value)
    {
        var bits = BitConverter.SingleToInt32Bits(value);
        return float.IsNaN(value) ? int.MaxValue : bits ^ (int)((uint)(bits >> 31) >> 1);
    }

    public static int Key(Half value) => Key((float)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<long> Key(Vector256<double> value)
    {
        var bits = value.AsInt64();
        var key = bits ^ Vector256.ShiftRightLogical(Vector256.ShiftRightArithmetic(bits, 63), 1);
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsInt64(), key, Vector256.Create(long.MaxValue));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Key(Vector256<float> value)
    {
        var bits = value.AsInt32();
        var key = bits ^ Vector256.ShiftRightLogical(Vector256.ShiftRightArithmetic(bits, 31), 1);
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsInt32(), key, Vector256.Create(int.MaxValue));
    }
}

internal readonly struct DoubleEqual : IVectorComparison<double>
{
    public static bool Test(double left, double right) => TotalOrder.Key(left) == TotalOrder.Key(right);

    public static Vector256<double> Test(Vector256<double> left, Vector256<double> right) =>
        Vector256.Equals(TotalOrder.Key(left), TotalOrder.Key(right)).AsDouble();
}

internal readonly struct DoubleLess : IVectorComparison<double>
{
    public static bool Test(double left, double right) => TotalOrder.Key(left) < TotalOrder.Key(right);

    public static Vector256<double> Test(Vector256<double> left, Vector256<double> right) =>
        Vector256.LessThan(TotalOrder.Key(left), TotalOrder.Key(right)).AsDouble();
}

internal readonly struct SingleEqual : IVectorComparison<float>
{
    public static bool Test(float left, float right) => TotalOrder.Key(left) == TotalOrder.Key(right);

    public static Vector256<float> Test(Vector256<float> left, Vector256<float> right) =>
        Vector256.Equals(TotalOrder.Key(left), TotalOrder.Key(right)).AsSingle();
}

internal readonly struct SingleLess : IVectorComparison<float>
{
    public static bool Test(float left, float right) => TotalOrder.Key(left) < TotalOrder.Key(right);

    public static Vector256<float> Test(Vector256<float> left, Vector256<float> right) =>
        Vector256.LessThan(TotalOrder.Key(left), TotalOrder.Key(right)).AsSingle();
}

internal readonly struct HalfEqual : IComparison<Half>
{
    public static bool Test(Half left, Half right) => TotalOrder.Key(left) == TotalOrder.Key(right);
}

internal readonly struct HalfLess : IComparison<Half>
{
    public static bool Test(Half left, Half right) => TotalOrder.Key(left) < TotalOrder.Key(right);
}

/// <summary>Equality of 128-bit and 256-bit decimals and of intervals.</summary>
internal readonly struct WideEqual<T> : IComparison<T>
    where T : unmanaged, IComparable<T>
{
    public static bool Test(T left, T right) => left.CompareTo(right) == 0;
}

internal readonly struct WideLess<T> : IComparison<T>
    where T : unmanaged, IComparable<T>
{
    public static bool Test(T left, T right) => left.CompareTo(right) < 0;
}

/// <summary>Day-time intervals: days (low half) first, then milliseconds.</summary>
internal static class DayTime
{
    public static int Compare(long left, long right)
    {
        var order = ((int)left).CompareTo((int)right);
        return order != 0 ? order : (left >> 32).CompareTo(right >> 32);
    }
}

internal readonly struct DayTimeLess : IComparison<long>
{
    public static bool Test(long left, long right) => DayTime.Compare(left, right) < 0;
}
