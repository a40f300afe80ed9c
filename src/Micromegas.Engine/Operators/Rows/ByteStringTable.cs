using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>Numbers distinct byte strings from 0 in order of first appearance. Lookups may run side by side while nobody adds.</summary>
internal sealed unsafe class ByteStringTable : IDisposable
{
    private readonly ByteArena arena = new();
    private readonly NativeList<ByteString> strings = new();
    /// <summary>The hash above and the number + 1 below; 0 = free.</summary>
    private readonly NativeList<ulong> slots = new();
    private int mask;

    public ByteStringTable() => Rehash(64);

    public int Count => strings.Count;

    public long Bytes => arena.Bytes + strings.Bytes + slots.Bytes;

    /// <summary>Bytes of memory that adding so many strings asks for.</summary>
    public long GrowthBytes(int more) => arena.GrowthBytes + strings.GrowthBytes(more) + ((Count + more) * 2L >= mask ? slots.Bytes * 2 : 0);

    public ReadOnlySpan<byte> this[int number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => strings[number].Span;
    }

    /// <summary>The number of a string, -1 when it is not there.</summary>
    public int Find(ReadOnlySpan<byte> value) => Find(value, Hash(value), out _);

    /// <summary>The number of a string, a new one when it was not there.</summary>
    public int Add(ReadOnlySpan<byte> value) => Add(value, Hash(value));

    /// <summary>The same with the string's <see cref="Hash"/>.</summary>
    public int Add(ReadOnlySpan<byte> value, uint hash)
    {
        var number = Find(value, hash, out var slot);
        return number >= 0 ? number : AddNew(value, hash, slot);
    }

    /// <summary>The same for a string that may be missing.</summary>
    public int Find(ReadOnlySpan<byte> value, uint hash) => Find(value, hash, out _);

    /// <summary>Asks the processor to bring what a look-up of this hash reads first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchSlot(uint hash)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(slots.Items + ((int)hash & mask));
        }
    }

    /// <summary>Asks for what a look-up reads next, if it looks as if the string were there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchString(uint hash)
    {
        var entry = slots.Items[(int)hash & mask];
        if (Sse.IsSupported && (uint)(entry >> 32) == hash && entry != 0)
        {
            Sse.Prefetch0(strings.Items + ((int)(uint)entry - 1));
        }
    }

    public void Dispose()
    {
        arena.Dispose();
        strings.Dispose();
        slots.Dispose();
    }

    /// <summary>A multiply-rotate hash over 8-byte words, the last of which may overlap the one before; tables compare the bytes anyway.</summary>
    public static uint Hash(ReadOnlySpan<byte> value)
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        var hash = (ulong)value.Length * Prime;
        fixed (byte* start = value)
        {
            var length = value.Length;
            if (length >= 8)
            {
                var last = start + length - 8;
                for (var at = start; at < last; at += 8)
                {
                    hash = BitOperations.RotateLeft((hash ^ Unsafe.ReadUnaligned<ulong>(at)) * Prime, 29);
                }
                hash = (hash ^ Unsafe.ReadUnaligned<ulong>(last)) * Prime;
            }
            else if (length >= 4)
            {
                hash = (hash ^ (Unsafe.ReadUnaligned<uint>(start) | ((ulong)Unsafe.ReadUnaligned<uint>(start + length - 4) << 32))) * Prime;
            }
            else if (length > 0)
            {
                hash = (hash ^ (start[0] | ((uint)start[length >> 1] << 8) | ((uint)start[length - 1] << 16))) * Prime;
            }
        }
        hash ^= hash >> 32;
        return (uint)(hash * 0xD6E8FEB86659FD93 >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Find(ReadOnlySpan<byte> value, uint hash, out int slot)
    {
        for (slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var entry = slots.Items[slot];
            if (entry == 0)
            {
                return -1;
            }
            if ((uint)(entry >> 32) == hash)
            {
                var number = (int)(uint)entry - 1;
                if (strings.Items[number].Span.SequenceEqual(value))
                {
                    return number;
                }
            }
        }
    }

    private int AddNew(ReadOnlySpan<byte> value, uint hash, int slot)
    {
        var number = strings.Count;
        strings.Add(arena.Add(value));
        slots.Items[slot] = ((ulong)hash << 32) | (uint)(number + 1);
        if (number * 2L >= mask)
        {
            Rehash(slots.Count * 2);
        }
        return number;
    }

    private void Rehash(int size)
    {
        using var before = new NativeList<ulong>();
        before.Exchange(slots);
        slots.Resize(size, 0);
        mask = size - 1;
        foreach (var entry in before.Span)
        {
            if (entry != 0)
            {
                var slot = (int)(entry >> 32) & mask;
                while (slots.Items[slot] != 0)
                {
                    slot = (slot + 1) & mask;
                }
                slots.Items[slot] = entry;
            }
        }
    }
}
