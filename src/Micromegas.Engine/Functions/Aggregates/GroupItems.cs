using System.Runtime.CompilerServices;
using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>A growing array of values a group, in native memory.</summary>
internal sealed unsafe class GroupItems<T> : IDisposable
    where T : unmanaged
{
    private readonly GroupMemory memory = new();
    private readonly List<int> large = [];
    private GroupArray<Entry> entries;

    /// <summary>Bytes held for all groups.</summary>
    public long Bytes => entries.Bytes + memory.Bytes;

    /// <summary>Bytes of memory that adding so many values asks for at once, where groups are large.</summary>
    public long GrowthBytes(int more)
    {
        var bytes = 0L;
        foreach (var group in large)
        {
            ref var entry = ref entries.Items[group];
            bytes += (long)entry.Count + more > entry.Capacity ? 2L << entry.Shift : 0;
        }
        return bytes;
    }

    public void Resize(int groupCount) => entries.Resize(groupCount);

    /// <summary>Whether the group has an array, be it empty.</summary>
    public bool IsSet(int group) => entries.Items[group].Items != null;

    /// <summary>The values of a group; valid until something is added to it.</summary>
    public Span<T> this[int group] => new(entries.Items[group].Items, entries.Items[group].Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(int group, T value)
    {
        ref var entry = ref entries.Items[group];
        if (entry.Count == entry.Capacity)
        {
            Grow(group, ref entry, entry.Count + 1L);
        }
        entry.Items[entry.Count++] = value;
    }

    public void Append(int group, ReadOnlySpan<T> values)
    {
        ref var entry = ref entries.Items[group];
        if (entry.Items == null || values.Length > entry.Capacity - entry.Count)
        {
            Grow(group, ref entry, (long)entry.Count + values.Length);
        }
        values.CopyTo(new Span<T>(entry.Items + entry.Count, values.Length));
        entry.Count += values.Length;
    }

    /// <summary>Appends a value where there is room for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryAppend(int group, T value)
    {
        ref var entry = ref entries.Items[group];
        if (entry.Count == entry.Capacity)
        {
            return false;
        }
        entry.Items[entry.Count++] = value;
        return true;
    }

    /// <summary>How many values can be appended without growing.</summary>
    public int Room(int group) => entries.Items[group].Capacity - entries.Items[group].Count;

    /// <summary>Makes room for so many values in all.</summary>
    public void EnsureCapacity(int group, int capacity)
    {
        ref var entry = ref entries.Items[group];
        if (capacity > entry.Capacity)
        {
            Grow(group, ref entry, capacity);
        }
    }

    /// <summary>Drops the values of a group and keeps their room.</summary>
    public void Clear(int group) => Truncate(group, 0);

    /// <summary>Drops all but the first values of a group and keeps their room.</summary>
    public void Truncate(int group, int count) => entries.Items[group].Count = count;

    /// <summary>Puts other values in the place of a group's.</summary>
    public void Replace(int group, ReadOnlySpan<T> values)
    {
        entries.Items[group].Count = 0;
        Append(group, values);
    }

    /// <summary>Frees the values of a group.</summary>
    public void Remove(int group)
    {
        ref var entry = ref entries.Items[group];
        if (entry.Items != null)
        {
            memory.Free((byte*)entry.Items, entry.Shift);
            large.Remove(group);
        }
        entry = default;
    }

    public void Dispose()
    {
        entries.Dispose();
        memory.Dispose();
    }

    private void Grow(int group, ref Entry entry, long needed)
    {
        var shift = GroupMemory.ShiftOf(Math.Max(needed, entry.Capacity * 2L) * sizeof(T));
        if ((1L << shift) / sizeof(T) > int.MaxValue)
        {
            Throw.Engine(SqlState.OutOfMemory, $"The state of one group cannot hold {needed} values.");
        }
        var grown = (T*)memory.Allocate(shift);
        new ReadOnlySpan<T>(entry.Items, entry.Count).CopyTo(new Span<T>(grown, entry.Count));
        if (entry.Items != null)
        {
            memory.Free((byte*)entry.Items, entry.Shift);
        }
        if (shift >= GroupMemory.LargeShift && (entry.Items == null || entry.Shift < GroupMemory.LargeShift))
        {
            large.Add(group);
        }
        entry.Items = grown;
        entry.Shift = shift;
        entry.Capacity = (int)((1L << shift) / sizeof(T));
    }

    private struct Entry
    {
        public T* Items;
        public int Count;
        public int Capacity;
        public int Shift;
    }
}

/// <summary>Pieces of native memory whose sizes are powers of two; what is freed is used again for the same size.</summary>
internal sealed unsafe class GroupMemory : IDisposable
{
    private const int SmallestShift = 4;

    /// <summary>From this size on a piece is a buffer of its own.</summary>
    public const int LargeShift = 16;

    private const int SmallestBlock = 4 << 10;
    private const int LargestBlock = 256 << 10;

    private readonly List<NativeBuffer> blocks = [];
    private readonly Dictionary<nint, NativeBuffer> large = [];
    private readonly nint[] free = new nint[LargeShift];
    private byte* position;
    private long left;
    private long nextBlock = SmallestBlock;

    public long Bytes { get; private set; }

    public static int ShiftOf(long bytes) =>
        bytes <= 1 << SmallestShift ? SmallestShift : 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(bytes - 1));

    public byte* Allocate(int shift)
    {
        if (shift >= LargeShift)
        {
            var buffer = BufferPool.Shared.Rent(1L << shift);
            Bytes += buffer.Capacity;
            large.Add((nint)buffer.Pointer, buffer);
            return buffer.Pointer;
        }
        var first = free[shift];
        if (first != 0)
        {
            // A free piece begins with the address of the next one.
            free[shift] = *(nint*)first;
            return (byte*)first;
        }
        if (left < 1L << shift)
        {
            AddBlock();
        }
        var piece = position;
        position += 1L << shift;
        left -= 1L << shift;
        return piece;
    }

    public void Free(byte* piece, int shift)
    {
        if (shift >= LargeShift)
        {
            large.Remove((nint)piece, out var buffer);
            Bytes -= buffer!.Capacity;
            buffer.Dispose();
            return;
        }
        *(nint*)piece = free[shift];
        free[shift] = (nint)piece;
    }

    public void Dispose()
    {
        foreach (var block in blocks.Concat(large.Values))
        {
            block.Dispose();
        }
        blocks.Clear();
        large.Clear();
        Array.Clear(free);
        left = 0;
        Bytes = 0;
    }

    private void AddBlock()
    {
        // The rest of the last block serves smaller pieces.
        for (var shift = LargeShift - 1; shift >= SmallestShift; shift--)
        {
            if (left >= 1L << shift)
            {
                Free(position, shift);
                position += 1L << shift;
                left -= 1L << shift;
            }
        }
        var block = BufferPool.Shared.Rent(Math.Max(nextBlock, 1L << (LargeShift - 1)));
        nextBlock = Math.Min(nextBlock * 2, LargestBlock);
        blocks.Add(block);
        Bytes += block.Capacity;
        position = block.Pointer;
        left = block.Capacity;
    }
}
