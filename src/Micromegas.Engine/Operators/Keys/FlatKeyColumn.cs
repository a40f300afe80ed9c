using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>Makes values that count as equal the same bits.</summary>
internal interface IIdentity<T>
{
    static abstract T Canonical(T value);
}

internal readonly struct PlainIdentity<T> : IIdentity<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Canonical(T value) => value;
}

internal readonly struct DoubleIdentity : IIdentity<double>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Canonical(double value) => double.IsNaN(value) ? double.NaN : value;
}

internal readonly struct FloatIdentity : IIdentity<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Canonical(float value) => float.IsNaN(value) ? float.NaN : value;
}

internal readonly struct HalfIdentity : IIdentity<Half>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Half Canonical(Half value) => Half.IsNaN(value) ? Half.NaN : value;
}

/// <summary>A key column of fixed size.</summary>
internal sealed unsafe class FlatKeyColumn<T, TIdentity>(DataType type) : KeyColumn(type)
    where T : unmanaged
    where TIdentity : struct, IIdentity<T>
{
    public override int Size => sizeof(T);

    public override void Encode(in VectorAccess access, int* rows, int count, byte* target, int stride, bool add, KeyScratch scratch)
    {
        if (access.Plain is not FlatVector plain)
        {
            return;
        }
        var from = (T*)plain.Data;
        if (access.MayHaveNulls)
        {
            for (var i = 0; i < count; i++, target += stride)
            {
                var row = rows == null ? i : rows[i];
                if (!access.IsNull(row))
                {
                    Unsafe.WriteUnaligned(target, TIdentity.Canonical(from[access.IndexOf(row)]));
                }
            }
        }
        else if (access.IsDirect && rows == null)
        {
            for (var i = 0; i < count; i++, target += stride)
            {
                Unsafe.WriteUnaligned(target, TIdentity.Canonical(from[i]));
            }
        }
        else
        {
            for (var i = 0; i < count; i++, target += stride)
            {
                Unsafe.WriteUnaligned(target, TIdentity.Canonical(from[access.IndexOf(rows == null ? i : rows[i])]));
            }
        }
    }

    public override Vector Decode(byte* source, int stride, int count, byte* nulls, byte nullMask)
    {
        var vector = FlatVector.Create(Type);
        vector.Prepare(count);
        var to = (T*)vector.Data;
        for (var i = 0; i < count; i++, source += stride)
        {
            to[i] = Unsafe.ReadUnaligned<T>(source);
        }
        DecodeNulls(vector, stride, count, nulls, nullMask);
        return vector;
    }
}

/// <summary>A Boolean key column: a byte, 0 or 1.</summary>
internal sealed unsafe class BitKeyColumn(DataType type) : KeyColumn(type)
{
    public override int Size => 1;

    public override void Encode(in VectorAccess access, int* rows, int count, byte* target, int stride, bool add, KeyScratch scratch)
    {
        if (access.Plain is not BitVector plain)
        {
            return;
        }
        for (var i = 0; i < count; i++, target += stride)
        {
            var row = rows == null ? i : rows[i];
            if (!access.IsNull(row))
            {
                *target = plain[access.IndexOf(row)] ? (byte)1 : (byte)0;
            }
        }
    }

    public override Vector Decode(byte* source, int stride, int count, byte* nulls, byte nullMask)
    {
        var vector = new BitVector(Type);
        vector.Prepare(count);
        for (var i = 0; i < count; i++, source += stride)
        {
            Bitmap.Assign(vector.Words, i, *source != 0);
        }
        DecodeNulls(vector, stride, count, nulls, nullMask);
        return vector;
    }
}
