using System.Runtime.CompilerServices;
using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>One value a group, in native memory, grown by doubling.</summary>
internal unsafe struct GroupArray<T> : IDisposable
    where T : unmanaged
{
    private NativeBuffer? buffer;
    private int capacity;

    /// <summary>The values of all groups and some room behind them; moves when there are more groups.</summary>
    public T* Items { get; private set; }

    public readonly long Bytes => buffer?.Capacity ?? 0;

    /// <summary>Bytes of memory that room for so many values asks for; 0 where it is there.</summary>
    public readonly long GrowthBytes(int count) => count <= capacity ? 0 : BufferPool.CapacityFor(Math.Max(count, Math.Max(capacity * 2L, 16)) * sizeof(T));

    /// <summary>Makes room; new values are <paramref name="initial"/>.</summary>
    public void Resize(int count, T initial = default)
    {
        if (count <= capacity)
        {
            return;
        }
        var grown = BufferPool.Shared.Rent(Math.Max(count, Math.Max(capacity * 2L, 16)) * sizeof(T));
        var items = (T*)grown.Pointer;
        var room = (int)Math.Min(grown.Capacity / sizeof(T), int.MaxValue);
        new ReadOnlySpan<T>(Items, capacity).CopyTo(new Span<T>(items, room));
        new Span<T>(items + capacity, room - capacity).Fill(initial);
        buffer?.Dispose();
        buffer = grown;
        Items = items;
        capacity = room;
    }

    public readonly Span<T> Slice(int start, int count) => new(Items + start, count);

    public void Dispose()
    {
        buffer?.Dispose();
        buffer = null;
        Items = null;
        capacity = 0;
    }
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
