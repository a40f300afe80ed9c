using System.Buffers;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>One value a group, grown by doubling. Arrays of ordinary size come from a pool, and go back to it on <see cref="Release"/>.</summary>
internal struct GroupArray<T>
    where T : unmanaged
{
    /// <summary>Larger arrays are the garbage collector's: the pool would hold on to memory that counts nowhere.</summary>
    private const int LargestPooled = 4 << 20;

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
        var before = items;
        var wanted = Math.Max(count, Math.Max(before.Length * 2, 16));
        items = IsPooled(wanted) ? ArrayPool<T>.Shared.Rent(wanted) : new T[wanted];
        before.AsSpan().CopyTo(items);
        items.AsSpan(before.Length).Fill(initial);
        Return(before);
    }

    /// <summary>Gives the memory back; there are no groups then.</summary>
    public void Release()
    {
        var before = items;
        items = [];
        Return(before);
    }

    private static bool IsPooled(int length) => (long)length * Unsafe.SizeOf<T>() <= LargestPooled;

    // The pool takes only lengths that it gives, which are powers of two.
    private static void Return(T[] array)
    {
        if (int.IsPow2(array.Length) && IsPooled(array.Length / 2))
        {
            ArrayPool<T>.Shared.Return(array);
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
