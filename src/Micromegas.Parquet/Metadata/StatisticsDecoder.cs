using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Micromegas.Columnar;
using Micromegas.Parquet.Schemas;
using Micromegas.Parquet.Thrift;

namespace Micromegas.Parquet.Metadata;

/// <summary>Decodes bounds (PLAIN-encoded single values, byte arrays without length) into scalars of the column's value type.</summary>
internal static class StatisticsDecoder
{
    public static ColumnStatistics Decode(LeafNode leaf, StatisticsMetadata statistics, ReadOnlySpan<byte> footer)
    {
        var min = statistics.Min;
        var max = statistics.Max;
        // The deprecated bounds compare signed, whatever the type: good only where that is the type's order.
        if (!min.IsPresent && !max.IsPresent && leaf.Type.ValueType is { IsSignedInteger: true } or { IsFloat: true } or { IsTemporal: true } or { Kind: TypeKind.Boolean })
        {
            min = statistics.DeprecatedMin;
            max = statistics.DeprecatedMax;
        }
        var exactByType = HasExactBounds(leaf);
        return new ColumnStatistics
        {
            Min = DecodeBound(leaf, footer, min),
            Max = DecodeBound(leaf, footer, max),
            IsMinExact = exactByType ?? statistics.IsMinExact ?? false,
            IsMaxExact = exactByType ?? statistics.IsMaxExact ?? false,
            NullCount = statistics.NullCount is >= 0 ? statistics.NullCount : null,
            DistinctCount = statistics.DistinctCount is >= 0 ? statistics.DistinctCount : null,
        };
    }

    private static Scalar? DecodeBound(LeafNode leaf, ReadOnlySpan<byte> footer, ByteSlice bound) =>
        bound.IsPresent ? DecodeBound(leaf, footer.Slice(bound.Start, bound.Length)) : null;

    /// <summary>Numbers are never truncated; floats leave NaN out, so they bound only what is not NaN; texts and binaries may be cut.</summary>
    private static bool? HasExactBounds(LeafNode leaf) => leaf.Type.Storage switch
    {
        StorageKind.Bytes => null,
        _ => !leaf.Type.ValueType.IsFloat,
    };

    /// <summary>The bound, <see langword="null"/> when its bytes do not fit the type or the type has no order.</summary>
    public static Scalar? DecodeBound(LeafNode leaf, ReadOnlySpan<byte> bytes)
    {
        var type = leaf.Type.ValueType;
        var value = leaf.Leaf.Physical switch
        {
            PhysicalType.Boolean => bytes.Length == 1 && type.Kind == TypeKind.Boolean ? (object)(bytes[0] != 0) : null,
            PhysicalType.Int32 => bytes.Length == 4 ? FromInt32(type, BinaryPrimitives.ReadInt32LittleEndian(bytes)) : null,
            PhysicalType.Int64 => bytes.Length == 8 ? FromInt64(type, BinaryPrimitives.ReadInt64LittleEndian(bytes)) : null,
            PhysicalType.Float => bytes.Length == 4 && BinaryPrimitives.ReadSingleLittleEndian(bytes) is var single && !float.IsNaN(single) ? single : null,
            PhysicalType.Double => bytes.Length == 8 && BinaryPrimitives.ReadDoubleLittleEndian(bytes) is var number && !double.IsNaN(number) ? number : null,
            PhysicalType.ByteArray or PhysicalType.FixedLenByteArray => FromBytes(leaf, type, bytes),
            _ => null,
        };
        return value is null ? null : new Scalar(type, value);
    }

    private static object? FromInt32(DataType type, int value) => type.Kind switch
    {
        TypeKind.Int8 => (sbyte)value,
        TypeKind.Int16 => (short)value,
        TypeKind.UInt8 => (byte)value,
        TypeKind.UInt16 => (ushort)value,
        TypeKind.UInt32 => (uint)value,
        TypeKind.Int32 or TypeKind.Date32 or TypeKind.Time32 => value,
        TypeKind.Decimal128 => (Int128)value,
        TypeKind.Decimal256 => Int256.FromBigInteger(value),
        _ => null,
    };

    private static object? FromInt64(DataType type, long value) => type.Kind switch
    {
        TypeKind.UInt64 => (ulong)value,
        TypeKind.Int64 or TypeKind.Timestamp or TypeKind.Date64 or TypeKind.Time64 or TypeKind.Duration => value,
        TypeKind.Decimal128 => (Int128)value,
        TypeKind.Decimal256 => Int256.FromBigInteger(value),
        _ => null,
    };

    private static object? FromBytes(LeafNode leaf, DataType type, ReadOnlySpan<byte> bytes)
    {
        if (type.IsDecimal)
        {
            var wide = new System.Numerics.BigInteger(bytes, isBigEndian: true);
            return type.Kind == TypeKind.Decimal256
                ? bytes.Length is > 0 and <= 32 ? Int256.FromBigInteger(wide) : null
                : bytes.Length is > 0 and <= 16 ? (Int128)wide : null;
        }
        return type.Kind switch
        {
            TypeKind.Float16 => bytes.Length == 2 && BinaryPrimitives.ReadHalfLittleEndian(bytes) is var half && !Half.IsNaN(half) ? half : null,
            _ when type.IsInterval => null,
            _ when type.IsUtf8 => Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null,
            _ => bytes.ToArray(),
        };
    }
}
