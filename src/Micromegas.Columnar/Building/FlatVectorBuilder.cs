using System.Runtime.CompilerServices;

namespace Micromegas.Columnar;

/// <summary>Builds flat vectors.</summary>
public abstract class FlatVectorBuilder : VectorBuilder
{
    protected FlatVectorBuilder(DataType type)
        : base(type)
    {
    }

    internal static VectorBuilder CreateFlat(DataType type) => type.ValueType.Kind switch
    {
        TypeKind.Int8 => new FlatVectorBuilder<sbyte>(type),
        TypeKind.UInt8 => new FlatVectorBuilder<byte>(type),
        TypeKind.Int16 => new FlatVectorBuilder<short>(type),
        TypeKind.UInt16 => new FlatVectorBuilder<ushort>(type),
        TypeKind.Int32 or TypeKind.Date32 or TypeKind.Time32 or TypeKind.IntervalYearMonth => new FlatVectorBuilder<int>(type),
        TypeKind.UInt32 => new FlatVectorBuilder<uint>(type),
        TypeKind.UInt64 => new FlatVectorBuilder<ulong>(type),
        TypeKind.Float16 => new FlatVectorBuilder<Half>(type),
        TypeKind.Float32 => new FlatVectorBuilder<float>(type),
        TypeKind.Float64 => new FlatVectorBuilder<double>(type),
        TypeKind.Decimal128 => new FlatVectorBuilder<Int128>(type),
        TypeKind.Decimal256 => new FlatVectorBuilder<Int256>(type),
        TypeKind.IntervalMonthDayNano => new FlatVectorBuilder<MonthDayNano>(type),
        _ => new FlatVectorBuilder<long>(type),
    };
}

/// <summary>Builds a <see cref="FlatVector{T}"/>.</summary>
public sealed unsafe class FlatVectorBuilder<T> : FlatVectorBuilder
    where T : unmanaged
{
    private GrowableBuffer values;

    public FlatVectorBuilder(DataType type)
        : base(type)
    {
    }

    public override long AllocatedBytes => base.AllocatedBytes + values.Capacity;

    public override long GrowthBytes(int more) => values.GrowthBytes((long)more * sizeof(T));

    public override void Reserve(int rows) => values.Reserve((long)rows * sizeof(T));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(T value)
    {
        Put(value);
        CountPresent();
    }

    /// <summary>Appends rows that the caller fills in; the span is valid until the builder changes.</summary>
    public Span<T> Extend(int count)
    {
        values.Reserve((long)count * sizeof(T));
        var added = new Span<T>(values.Pointer + values.Used, count);
        values.Used += (long)count * sizeof(T);
        CountPresent(count);
        return added;
    }

    protected override void AppendDefault() => Put(default);

    protected override void AppendPresent(Vector source, int row)
    {
        var plain = source.Resolve(ref row);
        Put(((FlatVector<T>)plain).Values[row]);
    }

    protected override void AppendBoxed(object value) => Put((T)value);

    protected override Vector BuildVector(int length, NativeBuffer? validity, Vector? into)
    {
        var vector = into as FlatVector<T> ?? new FlatVector<T>(Type);
        vector.Adopt(values.Take(), validity, length);
        return vector;
    }

    protected override Vector LookAt(int length)
    {
        var vector = new FlatVector<T>(Type);
        vector.Attach(values.Pointer, length);
        return vector;
    }

    public override void Dispose()
    {
        base.Dispose();
        values.Dispose();
    }

    private protected override bool TryAppendBlock(Vector source, int start, int count)
    {
        if (source is not FlatVector<T> flat)
        {
            return false;
        }
        new ReadOnlySpan<T>(flat.Values + start, count).CopyTo(Extend(count));
        return true;
    }

    private protected override bool TryAppend<TRows>(Vector source, TRows rows, int count)
    {
        var codes = source is DictionaryVector dictionary ? dictionary.Codes : null;
        if ((codes == null ? source : ((DictionaryVector)source).Values) is not FlatVector<T> plain)
        {
            return false;
        }
        values.Reserve((long)count * sizeof(T));
        var target = (T*)(values.Pointer + values.Used);
        var from = plain.Values;
        if (source.MayHaveNulls || HasNulls)
        {
            for (var i = 0; i < count; i++)
            {
                var row = rows[i];
                if (source.IsNull(row))
                {
                    target[i] = default;
                    CountNull();
                }
                else
                {
                    target[i] = from[codes == null ? row : codes[row]];
                    CountPresent();
                }
            }
        }
        else
        {
            for (var i = 0; i < count; i++)
            {
                target[i] = from[codes == null ? rows[i] : codes[rows[i]]];
            }
            CountPresent(count);
        }
        values.Used += (long)count * sizeof(T);
        return true;
    }

    private void Put(T value)
    {
        values.Reserve(sizeof(T));
        *(T*)(values.Pointer + values.Used) = value;
        values.Used += sizeof(T);
    }
}
