using System.Runtime.CompilerServices;

namespace Micromegas.Columnar;

/// <summary>Values of a fixed number of bytes each, one after the other.</summary>
public abstract unsafe class FlatVector : Vector
{
    private NativeBuffer? buffer;

    protected FlatVector(DataType type, int elementSize)
        : base(type) => ElementSize = elementSize;

    /// <summary>Bytes of one value.</summary>
    public int ElementSize { get; }

    /// <summary>First value.</summary>
    public void* Data { get; private set; }

    public override long OwnedBytes => base.OwnedBytes + (buffer?.Capacity ?? 0);

    /// <summary>An empty vector for a type of storage <see cref="StorageKind.Flat"/>.</summary>
    public static FlatVector Create(DataType type) => type.ValueType.Kind switch
    {
        TypeKind.Int8 => new FlatVector<sbyte>(type),
        TypeKind.UInt8 => new FlatVector<byte>(type),
        TypeKind.Int16 => new FlatVector<short>(type),
        TypeKind.UInt16 => new FlatVector<ushort>(type),
        TypeKind.Int32 or TypeKind.Date32 or TypeKind.Time32 or TypeKind.IntervalYearMonth => new FlatVector<int>(type),
        TypeKind.UInt32 => new FlatVector<uint>(type),
        TypeKind.Int64 or TypeKind.Date64 or TypeKind.Time64 or TypeKind.Timestamp or TypeKind.Duration or TypeKind.IntervalDayTime
            => new FlatVector<long>(type),
        TypeKind.UInt64 => new FlatVector<ulong>(type),
        TypeKind.Float16 => new FlatVector<Half>(type),
        TypeKind.Float32 => new FlatVector<float>(type),
        TypeKind.Float64 => new FlatVector<double>(type),
        TypeKind.Decimal128 => new FlatVector<Int128>(type),
        TypeKind.Decimal256 => new FlatVector<Int256>(type),
        TypeKind.IntervalMonthDayNano => new FlatVector<MonthDayNano>(type),
        _ => throw new ArgumentException($"{type} has no values of fixed size.", nameof(type)),
    };

    /// <summary>Looks at values that somebody else keeps.</summary>
    public void Attach(void* data, int length)
    {
        Data = data;
        Length = length;
    }

    /// <summary>Own memory for <paramref name="rows"/> values, without nulls; the values are undefined.</summary>
    public void Prepare(int rows)
    {
        EnsureCapacity(ref buffer, (long)rows * ElementSize);
        Data = buffer!.Pointer;
        Length = rows;
        AttachValidity(null);
    }

    internal void Adopt(NativeBuffer? values, NativeBuffer? validity, int length)
    {
        buffer?.Dispose();
        buffer = values;
        Data = values == null ? null : values.Pointer;
        AdoptValidity(validity);
        Length = length;
    }

    public override void Dispose()
    {
        base.Dispose();
        buffer?.Dispose();
        buffer = null;
        Data = null;
    }
}

/// <summary>
/// A flat vector of <typeparamref name="T"/>: the integers, <see cref="Half"/>, <see cref="float"/>, <see cref="double"/>, <see cref="Int128"/> and
/// <see cref="Int256"/> (decimals, unscaled), <see cref="MonthDayNano"/>; <see cref="int"/> for Date32, Time32 and year-month intervals;
/// <see cref="long"/> for Date64, Time64, timestamps, durations and day-time intervals (days in the low half).
/// </summary>
public sealed unsafe class FlatVector<T> : FlatVector
    where T : unmanaged
{
    public FlatVector(DataType type)
        : base(type, sizeof(T))
    {
    }

    /// <summary>A vector with own memory for <paramref name="rows"/> values.</summary>
    public static FlatVector<T> Allocate(DataType type, int rows)
    {
        var vector = new FlatVector<T>(type);
        vector.Prepare(rows);
        return vector;
    }

    /// <summary>First value.</summary>
    public T* Values
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (T*)Data;
    }

    public Span<T> Span
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Data, Length);
    }

    public T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ((T*)Data)[row];
    }
}
