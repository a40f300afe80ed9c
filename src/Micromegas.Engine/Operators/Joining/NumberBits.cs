using System.Runtime.CompilerServices;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>The bits of numbers that are equal as keys: one NaN, -0.0 and 0.0 apart (spec/sql.md §5.4).</summary>
internal interface INumberBits<T>
{
    /// <summary>Whether equal numbers have equal bits as they are.</summary>
    static abstract bool ArePlain { get; }

    static abstract T Of(T bits);
}

internal readonly struct IntegerBits<T> : INumberBits<T>
{
    public static bool ArePlain => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of(T bits) => bits;
}

internal readonly struct DoubleBits : INumberBits<ulong>
{
    public static bool ArePlain => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ulong bits) => double.IsNaN(BitConverter.UInt64BitsToDouble(bits)) ? BitConverter.DoubleToUInt64Bits(double.NaN) : bits;
}

internal readonly struct SingleBits : INumberBits<uint>
{
    public static bool ArePlain => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(uint bits) => float.IsNaN(BitConverter.UInt32BitsToSingle(bits)) ? BitConverter.SingleToUInt32Bits(float.NaN) : bits;
}
