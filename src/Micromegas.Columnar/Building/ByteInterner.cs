using System.Numerics;
using System.Runtime.CompilerServices;

namespace Micromegas.Columnar;

/// <summary>Gives each distinct byte string a number, from 0 in order of first appearance. Open addressing over hashes; the bytes lie in one buffer.</summary>
public sealed unsafe class ByteInterner : IDisposable
{
    private GrowableBuffer offsets;
    private GrowableBuffer bytes;
    private int[] slots = new int[64];
    private uint[] hashes = new uint[32];

    /// <summary>Distinct byte strings so far.</summary>
    public int Count { get; private set; }

    public long AllocatedBytes => offsets.Capacity + bytes.Capacity + ((slots.Length + hashes.Length) * 4L);

    /// <summary>Bytes that the byte strings and their table take.</summary>
    internal long UsedBytes => offsets.Used + bytes.Used + (Count * 12L);

    /// <summary>The byte string of a number, until the next change.</summary>
    public ReadOnlySpan<byte> this[int number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            var table = (int*)offsets.Pointer;
            return new ReadOnlySpan<byte>(bytes.Pointer + table[number], table[number + 1] - table[number]);
        }
    }

    /// <summary>The number of a byte string, a new one when it was not seen before.</summary>
    public int Intern(ReadOnlySpan<byte> value)
    {
        var hash = Hash(value);
        var mask = slots.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var number = slots[slot] - 1;
            if (number < 0)
            {
                return Add(value, hash, slot);
            }
            if (hashes[number] == hash && this[number].SequenceEqual(value))
            {
                return number;
            }
        }
    }

    internal (NativeBuffer? Offsets, NativeBuffer? Bytes) Take()
    {
        if (offsets.Used == 0)
        {
            PutOffset(0);
        }
        bytes.Reserve(0);
        var taken = (offsets.Take(), bytes.Take());
        Array.Clear(slots);
        Count = 0;
        return taken;
    }

    /// <summary>Makes a vector look at the byte strings in the order of their numbers: valid until the next change.</summary>
    internal void Look(BinaryVector vector)
    {
        if (offsets.Used == 0)
        {
            PutOffset(0);
        }
        bytes.Reserve(0);
        vector.Attach((int*)offsets.Pointer, bytes.Pointer, Count);
    }

    /// <summary>Forgets everything and keeps the memory.</summary>
    internal void Clear()
    {
        offsets.Used = 0;
        bytes.Used = 0;
        Array.Clear(slots);
        Count = 0;
    }

    public void Dispose()
    {
        offsets.Dispose();
        bytes.Dispose();
    }

    private int Add(ReadOnlySpan<byte> value, uint hash, int slot)
    {
        if (offsets.Used == 0)
        {
            PutOffset(0);
        }
        bytes.Reserve(value.Length);
        value.CopyTo(new Span<byte>(bytes.Pointer + bytes.Used, value.Length));
        bytes.Used += value.Length;
        PutOffset(checked((int)bytes.Used));
        var number = Count++;
        slots[slot] = number + 1;
        if (number == hashes.Length)
        {
            Array.Resize(ref hashes, hashes.Length * 2);
        }
        hashes[number] = hash;
        if (Count * 2 > slots.Length)
        {
            Rehash();
        }
        return number;
    }

    private void Rehash()
    {
        slots = new int[slots.Length * 2];
        var mask = slots.Length - 1;
        for (var number = 0; number < Count; number++)
        {
            var slot = (int)hashes[number] & mask;
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }
            slots[slot] = number + 1;
        }
    }

    private void PutOffset(int offset)
    {
        offsets.Reserve(4);
        *(int*)(offsets.Pointer + offsets.Used) = offset;
        offsets.Used += 4;
    }

    /// <summary>A multiply-rotate hash over 8-byte words; good enough for tables that compare the bytes anyway.</summary>
    private static uint Hash(ReadOnlySpan<byte> value)
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
}
