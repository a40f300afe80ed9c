using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>
/// Numbers distinct keys from 0: the groups of an aggregate, the keys of a join's build side. Keys are stored as fixed numbers of 64-bit words in an open
/// addressing table. One worker may add; many may look up while nobody adds. Both go through a <see cref="KeyEncoder"/>.
/// </summary>
internal sealed unsafe class KeyTable : IDisposable
{
    private readonly KeyColumn[] columns;
    private readonly NativeList<ulong> keys = new();
    private readonly NativeList<ulong> slots = new();
    private readonly int nullOffset;

    /// <summary>
    /// Whether the column of a single numbering column (<see cref="KeyColumn.IsNumbering"/>) numbers the keys: then no key is kept or hashed here. Values are looked
    /// up in the order in which their column numbered them, so that their numbers agree, save that NULL, which the column does not know, takes one.
    /// </summary>
    private readonly bool isNumbered;
    private readonly NativeList<ulong> decoded = new();
    private int nullNumber = -1;
    private int mask;

    public KeyTable(IEnumerable<DataType> types)
    {
        columns = [.. types.Select(KeyColumn.Create)];
        foreach (var column in columns.OrderByDescending(static column => column.Size))
        {
            column.Offset = nullOffset;
            nullOffset += column.Size;
        }
        Width = (nullOffset + ((columns.Length + 7) / 8) + 7) / 8;
        isNumbered = columns is [{ IsNumbering: true }];
        Rehash(isNumbered ? 1 : 256);
    }

    /// <summary>64-bit words of an encoded key.</summary>
    public int Width { get; }

    /// <summary>Keys so far.</summary>
    public int Count { get; private set; }

    public int ColumnCount => columns.Length;

    public long Bytes
    {
        get
        {
            var bytes = keys.Bytes + slots.Bytes;
            foreach (var column in columns)
            {
                bytes += column.Bytes;
            }
            return bytes;
        }
    }

    /// <summary>Bytes of memory that adding so many keys asks for: lists that double, before what they held before is freed.</summary>
    public long GrowthBytes(int more)
    {
        var bytes = isNumbered ? 0 : keys.GrowthBytes((long)more * Width) + ((Count + more) * 2L > mask ? slots.Bytes * 2 : 0);
        foreach (var column in columns)
        {
            bytes += column.GrowthBytes(more);
        }
        return bytes;
    }

    public KeyColumn this[int column] => columns[column];

    /// <summary>Makes room for so many keys, about, in a table that is empty.</summary>
    public void Reserve(int count)
    {
        foreach (var column in columns)
        {
            column.Reserve(count);
        }
        if (!isNumbered && Count == 0 && count * 2L > mask)
        {
            Rehash((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Min(count * 2L, 1 << 30)));
        }
    }

    /// <summary>No more keys come: they will only be looked up.</summary>
    public void Complete()
    {
        foreach (var column in columns)
        {
            column.Complete();
        }
    }

    /// <summary>The values of one key column for a range of keys, or only which of them are null; the caller owns the vector.</summary>
    public Vector Decode(int column, int start, int count, bool isWanted = true)
    {
        var stride = Width * 8;
        if (isNumbered)
        {
            decoded.EnsureCapacity(count);
            CopyKeys(start, count, decoded.Items);
        }
        var first = (byte*)(isNumbered ? decoded.Items : keys.Items + ((long)start * Width));
        var nulls = first + nullOffset + (column >> 3);
        var nullMask = (byte)(1 << (column & 7));
        return isWanted
            ? columns[column].Decode(first + columns[column].Offset, stride, count, nulls, nullMask)
            : columns[column].DecodePresence(first + columns[column].Offset, stride, count, nulls, nullMask);
    }

    /// <summary>The values of one key column for any keys; the caller owns the vector.</summary>
    public Vector Decode(int column, int* numbers, int count, NativeList<ulong> scratch)
    {
        scratch.Count = 0;
        scratch.Resize(Math.Max(1, count) * Width, 0);
        for (var i = 0; i < count; i++)
        {
            if (isNumbered)
            {
                scratch.Items[i] = KeyOf(numbers[i]);
                continue;
            }
            new ReadOnlySpan<ulong>(keys.Items + ((long)numbers[i] * Width), Width).CopyTo(new Span<ulong>(scratch.Items + ((long)i * Width), Width));
        }
        var first = (byte*)scratch.Items;
        return columns[column].Decode(first + columns[column].Offset, Width * 8, count, first + nullOffset + (column >> 3), (byte)(1 << (column & 7)));
    }

    /// <summary>Copies a range of encoded keys.</summary>
    public void CopyKeys(int start, int count, ulong* target)
    {
        if (!isNumbered)
        {
            new ReadOnlySpan<ulong>(keys.Items + ((long)start * Width), count * Width).CopyTo(new Span<ulong>(target, count * Width));
            return;
        }
        for (var i = 0; i < count; i++)
        {
            target[i] = KeyOf(start + i);
        }
    }

    /// <summary>Whether a column of an encoded key is NULL.</summary>
    public bool IsNull(ulong* key, int column) => (((byte*)key)[nullOffset + (column >> 3)] & (1 << (column & 7))) != 0;

    /// <summary>Encodes one column of some rows.</summary>
    public void Encode(int column, in VectorAccess access, int* rows, int count, ulong* target, bool add, KeyScratch scratch)
    {
        var stride = Width * 8;
        columns[column].Encode(access, rows, count, (byte*)target + columns[column].Offset, stride, add, scratch);
        if (access.MayHaveNulls)
        {
            var at = (byte*)target + nullOffset + (column >> 3);
            var bit = (byte)(1 << (column & 7));
            for (var i = 0; i < count; i++, at += stride)
            {
                if (access.IsNull(rows == null ? i : rows[i]))
                {
                    *at |= bit;
                }
            }
        }
    }

    /// <summary>
    /// Looks up or adds rows that are all present where the values' numbers are those of the keys, so that no key has to be put together. False where they are not;
    /// then nothing was done.
    /// </summary>
    public bool TryNumber(in VectorAccess access, int count, int* numbers, bool add, KeyScratch scratch)
    {
        if (!isNumbered || nullNumber >= 0 || access.MayHaveNulls)
        {
            return false;
        }
        columns[0].Encode(access, null, count, (byte*)numbers, sizeof(int), add, scratch);
        if (add)
        {
            Count = columns[0].ValueCount;
        }
        return true;
    }

    /// <summary>Whether look-ups mostly miss the processor's caches, so that <see cref="Prefetch"/> pays.</summary>
    public bool IsLarge => slots.Count > 1 << 14;

    /// <summary>Asks the processor to bring what a look-up of the key reads first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(ulong* key)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(slots.Items + ((int)Hash(key) & mask));
        }
    }

    /// <summary>What <see cref="Find(ulong*, uint)"/> and <see cref="Add(ulong*, uint)"/> want to know of a key.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint HashOf(ulong* key) => Hash(key);

    /// <summary>Asks for the slot at which a look-up begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchSlot(uint hash)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(slots.Items + ((int)hash & mask));
        }
    }

    /// <summary>Asks for the key that the slot names, which was asked for before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchKey(uint hash)
    {
        if (Sse.IsSupported && slots.Items[(int)hash & mask] is not 0 and var entry)
        {
            Sse.Prefetch0(keys.Items + (((long)(uint)entry - 1) * Width));
        }
    }

    /// <summary>The number of an encoded key of a large table (<see cref="IsLarge"/>); a new one when it was not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(ulong* key, uint hash)
    {
        var number = Find(key, hash, out var slot);
        return number >= 0 ? number : AddNew(key, hash, slot);
    }

    /// <summary>The number of an encoded key of a large table (<see cref="IsLarge"/>), -1 when it is not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong* key, uint hash) => Find(key, hash, out _);

    /// <summary>The number of an encoded key; a new one when it was not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(ulong* key)
    {
        if (isNumbered)
        {
            return AddNumbered(*key);
        }
        var hash = Hash(key);
        var number = Find(key, hash, out var slot);
        return number >= 0 ? number : AddNew(key, hash, slot);
    }

    /// <summary>The number of an encoded key, -1 when it is not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong* key) => isNumbered ? FindNumbered(*key) : Find(key, Hash(key), out _);

    public void Dispose()
    {
        decoded.Dispose();
        keys.Dispose();
        slots.Dispose();
        foreach (var column in columns)
        {
            column.Dispose();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Hash(ulong* key)
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        var hash = key[0] * Prime;
        for (var i = 1; i < Width; i++)
        {
            hash = (System.Numerics.BitOperations.RotateLeft(hash, 31) ^ key[i]) * Prime;
        }
        hash ^= hash >> 32;
        return (uint)(hash * 0xD6E8FEB86659FD93 >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Find(ulong* key, uint hash, out int slot)
    {
        for (slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            // A slot holds the hash above and the number + 1 below.
            var entry = slots.Items[slot];
            if (entry == 0)
            {
                return -1;
            }
            if ((uint)(entry >> 32) == hash)
            {
                var number = (int)(uint)entry - 1;
                if (AreEqual(keys.Items + ((long)number * Width), key))
                {
                    return number;
                }
            }
        }
    }

    /// <summary>Whether two encoded keys are the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool AreEqual(ulong* left, ulong* right)
    {
        for (var i = 0; i < Width; i++)
        {
            if (left[i] != right[i])
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Behind the number of a numbered key lies the null bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsNullKey(ulong key) => (key >> 32) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FindNumbered(ulong key)
    {
        if (IsNullKey(key))
        {
            return nullNumber;
        }
        var number = (int)(uint)key;
        return number >= 0 && nullNumber >= 0 && number >= nullNumber ? number + 1 : number;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int AddNumbered(ulong key)
    {
        if (IsNullKey(key) && nullNumber < 0)
        {
            nullNumber = Count;
        }
        var number = FindNumbered(key);
        if (number == Count)
        {
            Count++;
        }
        return number;
    }

    /// <summary>The encoded key of a number, when there is one column that numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong KeyOf(int number) => number == nullNumber ? 1UL << 32 : (uint)(nullNumber >= 0 && number > nullNumber ? number - 1 : number);

    private int AddNew(ulong* key, uint hash, int slot)
    {
        var number = Append(key);
        slots.Items[slot] = ((ulong)hash << 32) | (uint)(number + 1);
        if (Count * 2L > mask)
        {
            Rehash(slots.Count * 2);
        }
        return number;
    }

    private int Append(ulong* key)
    {
        var number = Count;
        if ((long)(number + 1) * Width > int.MaxValue / 2)
        {
            Throw.Engine(SqlState.OutOfMemory, "An operator can hold no more than a billion words of keys.");
        }
        keys.EnsureCapacity((number + 1) * Width);
        new ReadOnlySpan<ulong>(key, Width).CopyTo(new Span<ulong>(keys.Items + ((long)number * Width), Width));
        keys.Count += Width;
        Count = number + 1;
        return number;
    }

    private void Rehash(int size)
    {
        var grown = new NativeList<ulong>();
        grown.Resize(size, 0);
        mask = size - 1;
        foreach (var entry in slots.Span)
        {
            if (entry != 0)
            {
                var slot = (int)(entry >> 32) & mask;
                while (grown.Items[slot] != 0)
                {
                    slot = (slot + 1) & mask;
                }
                grown.Items[slot] = entry;
            }
        }
        slots.Exchange(grown);
        grown.Dispose();
    }
}
