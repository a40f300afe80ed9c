using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Micromegas.Engine.Operators.Keys;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>Writes a value so that comparing bytes compares values; the mask inverts it for DESC.</summary>
internal interface ISortOrder<T>
{
    static abstract unsafe void Write(byte* target, T value, ulong mask);
}

internal readonly unsafe struct ByteOrder : ISortOrder<byte>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* target, byte value, ulong mask) => *target = (byte)(value ^ mask);
}

internal readonly unsafe struct SByteOrder : ISortOrder<sbyte>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* target, sbyte value, ulong mask) => *target = (byte)((byte)(value ^ sbyte.MinValue) ^ mask);
}

internal readonly unsafe struct UInt16Order : ISortOrder<ushort>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* target, ushort value, ulong mask) =>
        Unsafe.WriteUnaligned(target, BinaryPrimitives.ReverseEndianness((ushort)(value ^ mask)));
}

internal readonly unsafe struct Int16Order : ISortOrder<short>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* target, short value, ulong mask) => UInt16Order.Write(target, (ushort)(value ^ short.MinValue), mask);
}

internal readonly unsafe struct HalfOrder : ISortOrder<Half>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* target, Half value, ulong mask) => UInt16Order.Write(target, NormalizedValue.Order(value), mask);
}

internal readonly unsafe struct UInt32Order : ISortOrder<uint>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* target, uint value, ulong mask) =>
        Unsafe.WriteUnaligned(target, BinaryPrimitives.ReverseEndianness((uint)(value ^ mask)));
}

internal readonly unsafe struct Int32Order : ISortOrder<int>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* target, int value, ulong mask) => UInt32Order.Write(target, (uint)(value ^ int.MinValue), mask);
}

internal readonly unsafe struct SingleOrder : ISortOrder<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* target, float value, ulong mask) => UInt32Order.Write(target, NormalizedValue.Order(value), mask);
}

internal readonly unsafe struct UInt64Order : ISortOrder<ulong>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* target, ulong value, ulong mask) =>
        Unsafe.WriteUnaligned(target, BinaryPrimitives.ReverseEndianness(value ^ mask));
}

internal readonly unsafe struct Int64Order : ISortOrder<long>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* target, long value, ulong mask) => UInt64Order.Write(target, (ulong)(value ^ long.MinValue), mask);
}

internal readonly unsafe struct DoubleOrder : ISortOrder<double>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* target, double value, ulong mask) => UInt64Order.Write(target, NormalizedValue.Order(value), mask);
}
