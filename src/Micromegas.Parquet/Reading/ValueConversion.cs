using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Schemas;

namespace Micromegas.Parquet.Reading;

/// <summary>Turns physical values of a fixed length into the values of a flat vector.</summary>
internal abstract unsafe class ValueConversion
{
    public abstract void Convert(byte* source, byte* target, int count);

    /// <summary>The conversion for a leaf; null when the values are stored as they lie in a vector.</summary>
    public static ValueConversion? For(LeafNode leaf)
    {
        var type = leaf.Type.ValueType;
        return (leaf.Leaf.Physical, type.Kind) switch
        {
            (PhysicalType.Int32, TypeKind.Int8 or TypeKind.UInt8) => new Each<int, byte, CutToByte>(),
            (PhysicalType.Int32, TypeKind.Int16 or TypeKind.UInt16) => new Each<int, short, CutToShort>(),
            (PhysicalType.Int32, TypeKind.Decimal128) => new Each<int, Int128, WidenInt32>(),
            (PhysicalType.Int64, TypeKind.Decimal128) => new Each<long, Int128, WidenInt64>(),
            (PhysicalType.Int32, TypeKind.Decimal256) => new Each<int, Int256, WidenInt32>(),
            (PhysicalType.Int64, TypeKind.Decimal256) => new Each<long, Int256, WidenInt64>(),
            (PhysicalType.Int96, _) => new Each<Int96, long, Int96ToNanoseconds>(),
            (PhysicalType.FixedLenByteArray, TypeKind.Decimal128 or TypeKind.Decimal256) => new BigEndian(leaf.Leaf.TypeLength, type.FlatSize),
            (PhysicalType.FixedLenByteArray, TypeKind.IntervalYearMonth) => new Each<Interval, int, IntervalMonths>(),
            (PhysicalType.FixedLenByteArray, TypeKind.IntervalDayTime) => new Each<Interval, long, IntervalDays>(),
            (PhysicalType.FixedLenByteArray, TypeKind.IntervalMonthDayNano) => new Each<Interval, MonthDayNano, IntervalAll>(),
            _ => null,
        };
    }

    private interface IConvert<TFrom, TTo>
    {
        static abstract TTo Convert(TFrom value);
    }

    private sealed class Each<TFrom, TTo, TOperation> : ValueConversion
        where TFrom : unmanaged
        where TTo : unmanaged
        where TOperation : struct, IConvert<TFrom, TTo>
    {
        public override void Convert(byte* source, byte* target, int count)
        {
            var from = (TFrom*)source;
            var to = (TTo*)target;
            for (var i = 0; i < count; i++)
            {
                to[i] = TOperation.Convert(from[i]);
            }
        }
    }

    private readonly struct CutToByte : IConvert<int, byte>
    {
        public static byte Convert(int value) => unchecked((byte)value);
    }

    private readonly struct CutToShort : IConvert<int, short>
    {
        public static short Convert(int value) => unchecked((short)value);
    }

    private readonly struct WidenInt32 : IConvert<int, Int128>, IConvert<int, Int256>
    {
        static Int128 IConvert<int, Int128>.Convert(int value) => value;

        static Int256 IConvert<int, Int256>.Convert(int value) => Widen(value);
    }

    private readonly struct WidenInt64 : IConvert<long, Int128>, IConvert<long, Int256>
    {
        static Int128 IConvert<long, Int128>.Convert(long value) => value;

        static Int256 IConvert<long, Int256>.Convert(long value) => Widen(value);
    }

    private static Int256 Widen(long value)
    {
        var sign = value >> 63;
        return new Int256((ulong)value, (ulong)sign, (ulong)sign, sign);
    }

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Sequential, Pack = 4)]
    private readonly record struct Int96(ulong Nanoseconds, int JulianDay);

    /// <summary>Nanoseconds of the day and Julian day; day 2,440,588 is 1970-01-01. Times outside the range of 64 bits wrap around.</summary>
    private readonly struct Int96ToNanoseconds : IConvert<Int96, long>
    {
        public static long Convert(Int96 value) => unchecked(((value.JulianDay - 2_440_588L) * 86_400_000_000_000L) + (long)value.Nanoseconds);
    }

    private readonly record struct Interval(uint Months, uint Days, uint Milliseconds);

    private readonly struct IntervalMonths : IConvert<Interval, int>
    {
        public static int Convert(Interval value) => (int)value.Months;
    }

    private readonly struct IntervalDays : IConvert<Interval, long>
    {
        public static long Convert(Interval value) => value.Days | ((long)value.Milliseconds << 32);
    }

    private readonly struct IntervalAll : IConvert<Interval, MonthDayNano>
    {
        public static MonthDayNano Convert(Interval value) => new((int)value.Months, (int)value.Days, value.Milliseconds * 1_000_000L);
    }

    /// <summary>Big-endian two's complement of up to 16 or 32 bytes.</summary>
    private sealed class BigEndian(int sourceWidth, int targetWidth) : ValueConversion
    {
        public override void Convert(byte* source, byte* target, int count)
        {
            for (var i = 0; i < count; i++)
            {
                ReverseInto(source, sourceWidth, target, targetWidth);
                source += sourceWidth;
                target += targetWidth;
            }
        }
    }

    /// <summary>Reverses the bytes of a big-endian number and extends its sign.</summary>
    public static void ReverseInto(byte* source, int length, byte* target, int width)
    {
        var kept = Math.Min(length, width);
        for (var i = 0; i < kept; i++)
        {
            target[i] = source[length - 1 - i];
        }
        var sign = (byte)(length > 0 && (sbyte)source[0] < 0 ? 0xff : 0);
        for (var i = 0; i < length - kept; i++)
        {
            if (source[i] != sign)
            {
                Throw.Corrupt("a decimal does not fit its precision");
            }
        }
        new Span<byte>(target + kept, width - kept).Fill(sign);
    }
}
