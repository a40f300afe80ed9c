using System.Runtime.CompilerServices;
using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>A growing array in native memory.</summary>
internal sealed unsafe class NativeList<T> : IDisposable
    where T : unmanaged
{
    private NativeBuffer? buffer;

    public int Count { get; set; }

    /// <summary>First item; changes when the list grows.</summary>
    public T* Items { get; private set; }

    public int Capacity { get; private set; }

    public long Bytes => buffer?.Capacity ?? 0;

    /// <summary>Bytes of the memory that the list asks for when so many items are added; 0 where there is room for them.</summary>
    public long GrowthBytes(long more) => Count + more <= Capacity
        ? 0
        : BufferPool.CapacityFor(Math.Max(Count + more, Capacity * 2L) * sizeof(T));

    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Items[index];
    }

    public Span<T> Span => new(Items, Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T item)
    {
        if (Count == Capacity)
        {
            EnsureCapacity(Count + 1);
        }
        Items[Count++] = item;
    }

    /// <summary>Makes room, keeping what is there.</summary>
    public void EnsureCapacity(int capacity)
    {
        if (capacity <= Capacity)
        {
            return;
        }
        var grown = BufferPool.Shared.Rent(Math.Max(capacity, Capacity * 2L) * sizeof(T));
        if (Count > 0)
        {
            Buffer.MemoryCopy(Items, grown.Pointer, grown.Capacity, (long)Count * sizeof(T));
        }
        buffer?.Dispose();
        buffer = grown;
        Items = (T*)grown.Pointer;
        Capacity = (int)Math.Min(grown.Capacity / sizeof(T), int.MaxValue);
    }

    /// <summary>Sets the number of items; new ones are <paramref name="fill"/>.</summary>
    public void Resize(int count, T fill)
    {
        EnsureCapacity(count);
        if (count > Count)
        {
            new Span<T>(Items + Count, count - Count).Fill(fill);
        }
        Count = count;
    }

    /// <summary>Swaps contents with another list.</summary>
    public void Exchange(NativeList<T> other)
    {
        (buffer, other.buffer) = (other.buffer, buffer);
        var items = Items;
        Items = other.Items;
        other.Items = items;
        (Count, other.Count) = (other.Count, Count);
        (Capacity, other.Capacity) = (other.Capacity, Capacity);
    }

    public void Dispose()
    {
        buffer?.Dispose();
        buffer = null;
        Items = null;
        Count = 0;
        Capacity = 0;
    }
}
