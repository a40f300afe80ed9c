using System.Buffers.Binary;
using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;

namespace Micromegas.Parquet.Writing;

/// <summary>Reads vectors as the byte strings of <see cref="BytesLeafWriter"/>. A result is valid until the next call.</summary>
internal abstract class BytesSource
{
    /// <summary>Row -1 gives the default: nothing, or zeros of a fixed length.</summary>
    public abstract ReadOnlySpan<byte> Read(Vector vector, int row);

    public static BytesSource For(ParquetNode leaf, DataType type) => type.Kind switch
    {
        TypeKind.Decimal128 => new Number<Int128>(leaf.TypeLength),
        TypeKind.Decimal256 => new Number<Int256>(leaf.TypeLength),
        TypeKind.Float16 => new HalfSource(),
        TypeKind.IntervalYearMonth => new Months(),
        TypeKind.IntervalDayTime => new Days(),
        TypeKind.FixedSizeBinary => new Fixed(leaf.TypeLength, leaf.Path),
        _ => new Variable(),
    };

    private sealed class Variable : BytesSource
    {
        public override ReadOnlySpan<byte> Read(Vector vector, int row) => row < 0 ? [] : ((BinaryVector)vector)[row];
    }

    private sealed class Fixed(int width, string path) : BytesSource
    {
        private readonly byte[] zeros = new byte[width];

        public override ReadOnlySpan<byte> Read(Vector vector, int row)
        {
            var value = row < 0 ? zeros : ((BinaryVector)vector)[row];
            if (value.Length != width)
            {
                throw new ArgumentException($"A value of column '{path}' has {value.Length} bytes instead of {width}.");
            }
            return value;
        }
    }

    /// <summary>The last bytes of the number, turned around.</summary>
    private sealed unsafe class Number<T>(int width) : BytesSource
        where T : unmanaged
    {
        private readonly byte[] bytes = new byte[width];

        public override ReadOnlySpan<byte> Read(Vector vector, int row)
        {
            Array.Clear(bytes);
            if (row >= 0)
            {
                var value = ((FlatVector<T>)vector)[row];
                for (var i = 0; i < bytes.Length; i++)
                {
                    bytes[width - 1 - i] = i < sizeof(T) ? ((byte*)&value)[i] : (byte)((sbyte)((byte*)&value)[sizeof(T) - 1] >> 7);
                }
            }
            return bytes;
        }
    }

    private sealed class HalfSource : BytesSource
    {
        private readonly byte[] bytes = new byte[2];

        public override ReadOnlySpan<byte> Read(Vector vector, int row)
        {
            BinaryPrimitives.WriteHalfLittleEndian(bytes, row < 0 ? default : ((FlatVector<Half>)vector)[row]);
            return bytes;
        }
    }

    private sealed class Months : BytesSource
    {
        private readonly byte[] bytes = new byte[12];

        public override ReadOnlySpan<byte> Read(Vector vector, int row)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes, row < 0 ? 0 : ((FlatVector<int>)vector)[row]);
            return bytes;
        }
    }

    private sealed class Days : BytesSource
    {
        private readonly byte[] bytes = new byte[12];

        public override ReadOnlySpan<byte> Read(Vector vector, int row)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(4), row < 0 ? 0 : ((FlatVector<long>)vector)[row]);
            return bytes;
        }
    }
}
