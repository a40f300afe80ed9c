using System.Numerics;
using System.Runtime.CompilerServices;
using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>Numbers distinct byte strings from 0 in order of first appearance. Lookups may run side by side while nobody adds.</summary>
internal sealed unsafe class ByteStringTable : IDisposable
{
    private readonly ByteArena arena = new();
    private readonly NativeList<ByteString> strings = new();
    private readonly NativeList<uint> hashes = new();
    private readonly NativeList<int> slots = new();
    private int mask;

    public ByteStringTable() => Rehash(64);

    public int Count => strings.Count;

    public long Bytes => arena.Bytes + strings.Bytes + hashes.Bytes + slots.Bytes;

    public ReadOnlySpan<byte> this[int number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => strings[number].Span;
    }

    /// <summary>The hash of a numbered string: the same in every table.</summary>
    public uint HashOf(int number) => hashes[number];

    /// <summary>The number of a string, -1 when it is not there.</summary>
    public int Find(ReadOnlySpan<byte> value) => Find(value, Hash(value), out _);

    /// <summary>The number of a string, a new one when it was not there.</summary>
    public int Add(ReadOnlySpan<byte> value)
    {
        var hash = Hash(value);
        var number = Find(value, hash, out var slot);
        if (number >= 0)
        {
            return number;
        }
        number = strings.Count;
        strings.Add(arena.Add(value));
        hashes.Add(hash);
        slots[slot] = number + 1;
        if (number * 2 >= mask)
        {
            Rehash(slots.Count * 2);
        }
        return number;
    }

    public void Dispose()
    {
        arena.Dispose();
        strings.Dispose();
        hashes.Dispose();
        slots.Dispose();
    }

    /// <summary>A multiply-rotate hash over 8-byte words; tables compare the bytes anyway.</summary>
    public static uint Hash(ReadOnlySpan<byte> value)
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        var hash = (ulong)value.Length * Prime;
        fixed (byte* start = value)
        {
            var at = start;
            var rest = value.Length;
            for (; rest >= 8; rest -= 8, at += 8)
            {
                hash = BitOperations.RotateLeft((hash ^ Unsafe.ReadUnaligned<ulong>(at)) * Prime, 29);
            }
            ulong tail = 0;
            for (var i = 0; i < rest; i++)
            {
                tail |= (ulong)at[i] << (8 * i);
            }
            hash = (hash ^ tail) * Prime;
        }
        hash ^= hash >> 32;
        return (uint)(hash * 0xD6E8FEB86659FD93 >> 32);
    }

    private int Find(ReadOnlySpan<byte> value, uint hash, out int slot)
    {
        for (slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var number = slots[slot] - 1;
            if (number < 0 || (hashes[number] == hash && strings[number].Span.SequenceEqual(value)))
            {
                return number;
            }
        }
    }

    private void Rehash(int size)
    {
        slots.Count = 0;
        slots.Resize(size, 0);
        mask = size - 1;
        for (var number = 0; number < strings.Count; number++)
        {
            var slot = (int)hashes[number] & mask;
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }
            slots[slot] = number + 1;
        }
    }
}
