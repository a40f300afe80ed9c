using System.Runtime.InteropServices;
using Micromegas.Columnar;

namespace Micromegas.Parquet.Writing;

/// <summary>Reads flat vectors as the 64 bits of <see cref="NumberLeafWriter"/>.</summary>
internal abstract class NumberSource
{
    /// <summary>Row -1 gives 0.</summary>
    public abstract void Read(Vector vector, RowNumbers rows, Span<long> target);

    public static NumberSource For(DataType type) => type.Kind switch
    {
        TypeKind.Null => new Of<int, FromInt32>(),
        TypeKind.Int8 => new Of<sbyte, FromInt8>(),
        TypeKind.UInt8 => new Of<byte, FromUInt8>(),
        TypeKind.Int16 => new Of<short, FromInt16>(),
        TypeKind.UInt16 => new Of<ushort, FromUInt16>(),
        TypeKind.UInt32 => new Of<uint, FromUInt32>(),
        TypeKind.Float32 => new Of<int, FromInt32>(),
        TypeKind.Decimal128 => new Of<Int128, FromInt128>(),
        TypeKind.Decimal256 => new Of<Int256, FromInt256>(),
        _ => type.FlatSize == 4 ? new Of<int, FromInt32>() : new Of<long, FromInt64>(),
    };

    private interface IToInt64<T>
    {
        static abstract long Convert(T value);
    }

    private sealed unsafe class Of<T, TOperation> : NumberSource
        where T : unmanaged
        where TOperation : struct, IToInt64<T>
    {
        public override void Read(Vector vector, RowNumbers rows, Span<long> target)
        {
            if (vector is not FlatVector flat)
            {
                target.Clear(); // only defaults are asked of vectors of type Null
                return;
            }
            var values = (T*)flat.Data;
            if (rows.AreConsecutive)
            {
                var some = new ReadOnlySpan<T>(values + rows.Start, rows.Length);
                if (typeof(TOperation) == typeof(FromInt64))
                {
                    MemoryMarshal.Cast<T, long>(some).CopyTo(target);
                    return;
                }
                for (var i = 0; i < some.Length; i++)
                {
                    target[i] = TOperation.Convert(some[i]);
                }
                return;
            }
            for (var i = 0; i < rows.Length; i++)
            {
                target[i] = rows[i] < 0 ? 0 : TOperation.Convert(values[rows[i]]);
            }
        }
    }

    private readonly struct FromInt8 : IToInt64<sbyte>
    {
        public static long Convert(sbyte value) => value;
    }

    private readonly struct FromUInt8 : IToInt64<byte>
    {
        public static long Convert(byte value) => value;
    }

    private readonly struct FromInt16 : IToInt64<short>
    {
        public static long Convert(short value) => value;
    }

    private readonly struct FromUInt16 : IToInt64<ushort>
    {
        public static long Convert(ushort value) => value;
    }

    private readonly struct FromInt32 : IToInt64<int>
    {
        public static long Convert(int value) => value;
    }

    private readonly struct FromUInt32 : IToInt64<uint>
    {
        public static long Convert(uint value) => value;
    }

    private readonly struct FromInt64 : IToInt64<long>
    {
        public static long Convert(long value) => value;
    }

    private readonly struct FromInt128 : IToInt64<Int128>
    {
        public static long Convert(Int128 value) => (long)value;
    }

    private readonly struct FromInt256 : IToInt64<Int256>
    {
        public static long Convert(Int256 value) => (long)value.Word0;
    }
}
