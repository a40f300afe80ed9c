using System.Numerics;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>Gives values a number whose order is theirs, one to one but for NaN.</summary>
internal interface IKeyOrder<T>
    where T : unmanaged
{
    static abstract long NumberOf(T value);

    static abstract T ValueOf(long number);
}

internal readonly struct IntegerKeyOrder<T> : IKeyOrder<T>
    where T : unmanaged, IBinaryInteger<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long NumberOf(T value) => long.CreateTruncating(value);

    public static T ValueOf(long number) => T.CreateTruncating(number);
}

internal readonly struct UnsignedKeyOrder : IKeyOrder<ulong>
{
    public static long NumberOf(ulong value) => (long)(value ^ (1UL << 63));

    public static ulong ValueOf(long number) => (ulong)number ^ (1UL << 63);
}

/// <summary>As equality of keys has it: one NaN above all numbers, -0.0 below 0.0 (spec/sql.md §5.4).</summary>
internal readonly struct DoubleKeyOrder : IKeyOrder<double>
{
    public static long NumberOf(double value) => TotalOrder.Key(value);

    public static double ValueOf(long number) =>
        number == long.MaxValue ? double.NaN : BitConverter.Int64BitsToDouble(number ^ (long)((ulong)(number >> 63) >> 1));
}

internal readonly struct SingleKeyOrder : IKeyOrder<float>
{
    public static long NumberOf(float value) => TotalOrder.Key(value);

    public static float ValueOf(long number) =>
        number == int.MaxValue ? float.NaN : BitConverter.Int32BitsToSingle((int)number ^ (int)((uint)((int)number >> 31) >> 1));
}

/// <summary>Values of fixed size.</summary>
internal sealed unsafe class FlatKeyValues<T, TOrder>(DataType type) : BuildKeyValues
    where T : unmanaged
    where TOrder : struct, IKeyOrder<T>
{
    private HashSet<long>? listed = [];
    private long least = long.MaxValue;
    private long greatest = long.MinValue;

    protected override IReadOnlyList<Scalar>? Listed => listed is null ? null : [.. listed.Order().Select(Value)];

    protected override (Scalar Least, Scalar Greatest)? Extremes => least > greatest ? null : (Value(least), Value(greatest));

    public override void Add(BuildKeyValues other)
    {
        var values = (FlatKeyValues<T, TOrder>)other;
        least = Math.Min(least, values.least);
        greatest = Math.Max(greatest, values.greatest);
        if (values.listed is null)
        {
            listed = null;
        }
        else if (listed is not null)
        {
            listed.UnionWith(values.listed);
            listed = listed.Count > Most ? null : listed;
        }
    }

    protected override void Add(in VectorAccess access, int* rows, int count)
    {
        var values = (T*)((FlatVector)access.Plain).Data;
        var (low, high) = (least, greatest);
        if (listed is null && rows == null && access.IsDirect && !access.MayHaveNulls)
        {
            for (var i = 0; i < count; i++)
            {
                var number = TOrder.NumberOf(values[i]);
                low = Math.Min(low, number);
                high = Math.Max(high, number);
            }
            (least, greatest) = (low, high);
            return;
        }
        for (var i = 0; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            if (access.MayHaveNulls && access.IsNull(row))
            {
                continue;
            }
            var number = TOrder.NumberOf(values[access.IndexOf(row)]);
            low = Math.Min(low, number);
            high = Math.Max(high, number);
            if (listed is not null)
            {
                listed.Add(number);
                listed = listed.Count > Most ? null : listed;
            }
        }
        (least, greatest) = (low, high);
    }

    private Scalar Value(long number) => new(type, TOrder.ValueOf(number));
}
