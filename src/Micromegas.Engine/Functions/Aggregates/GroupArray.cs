using System.Runtime.CompilerServices;
using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>One value a group, grown by doubling.</summary>
internal struct GroupArray<T>
    where T : unmanaged
{
    private T[] items;

    public GroupArray() => items = [];

    /// <summary>The values of all groups and some room behind them.</summary>
    public readonly T[] Items => items;

    public readonly long Bytes => (long)items.Length * Unsafe.SizeOf<T>();

    /// <summary>Makes room; new values are <paramref name="initial"/>.</summary>
    public void Resize(int count, T initial = default)
    {
        if (count <= items.Length)
        {
            return;
        }
        var before = items.Length;
        Array.Resize(ref items, Math.Max(count, Math.Max(before * 2, 16)));
        if (!EqualityComparer<T>.Default.Equals(initial, default))
        {
            items.AsSpan(before).Fill(initial);
        }
    }

    public readonly Span<T> Slice(int start, int count) => items.AsSpan(start, count);
}

/// <summary>Vectors of state and results.</summary>
internal static unsafe class GroupVectors
{
    public static FlatVector<T> Flat<T>(DataType type, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var vector = FlatVector<T>.Allocate(type, values.Length);
        values.CopyTo(vector.Span);
        return vector;
    }

    /// <summary>Values that are null where <paramref name="isSet"/> is 0.</summary>
    public static FlatVector<T> Flat<T>(DataType type, ReadOnlySpan<T> values, ReadOnlySpan<byte> isSet)
        where T : unmanaged
    {
        var vector = Flat(type, values);
        SetNulls(vector, isSet);
        return vector;
    }

    public static BitVector Bits(ReadOnlySpan<byte> values)
    {
        var vector = new BitVector();
        vector.Prepare(values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            Bitmap.Assign(vector.Words, i, values[i] != 0);
        }
        return vector;
    }

    public static void SetNulls(Vector vector, ReadOnlySpan<byte> isSet)
    {
        if (!isSet.Contains((byte)0))
        {
            return;
        }
        var bits = vector.PrepareValidity(Math.Max(isSet.Length, 1));
        for (var i = 0; i < isSet.Length; i++)
        {
            if (isSet[i] == 0)
            {
                Bitmap.Clear(bits, i);
            }
        }
    }
}
