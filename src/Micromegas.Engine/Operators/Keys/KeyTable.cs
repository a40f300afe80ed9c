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

    /// <summary>For a key of one numbered column the number of each value's key + 1, instead of hashing the key again; entry 0 is NULL's.</summary>
    private readonly NativeList<int>? numbered;
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
        if (columns is [{ IsNumbering: true }])
        {
            numbered = new NativeList<int>();
            numbered.Resize(256, 0);
        }
        Rehash(numbered is null ? 256 : 1);
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
            var bytes = keys.Bytes + slots.Bytes + (numbered?.Bytes ?? 0);
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
        var bytes = keys.GrowthBytes((long)more * Width) + (numbered?.GrowthBytes(more) ?? 0) + ((Count + more) * 2L > mask ? slots.Bytes * 2 : 0);
        foreach (var column in columns)
        {
            bytes += column.GrowthBytes(more);
        }
        return bytes;
    }

    public KeyColumn this[int column] => columns[column];

    /// <summary>The values of one key column for a range of keys; the caller owns the vector.</summary>
    public Vector Decode(int column, int start, int count)
    {
        var stride = Width * 8;
        var first = (byte*)(keys.Items + ((long)start * Width));
        return columns[column].Decode(first + columns[column].Offset, stride, count, first + nullOffset + (column >> 3), (byte)(1 << (column & 7)));
    }

    /// <summary>The values of one key column for any keys; the caller owns the vector.</summary>
    public Vector Decode(int column, int* numbers, int count, NativeList<ulong> scratch)
    {
        scratch.Count = 0;
        scratch.Resize(Math.Max(1, count) * Width, 0);
        for (var i = 0; i < count; i++)
        {
            new ReadOnlySpan<ulong>(keys.Items + ((long)numbers[i] * Width), Width).CopyTo(new Span<ulong>(scratch.Items + ((long)i * Width), Width));
        }
        var first = (byte*)scratch.Items;
        return columns[column].Decode(first + columns[column].Offset, Width * 8, count, first + nullOffset + (column >> 3), (byte)(1 << (column & 7)));
    }

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

    /// <summary>The number of an encoded key; a new one when it was not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(ulong* key)
    {
        if (numbered is not null)
        {
            return AddNumbered(key);
        }
        var hash = Hash(key);
        var number = Find(key, hash, out var slot);
        return number >= 0 ? number : AddNew(key, hash, slot);
    }

    /// <summary>The number of an encoded key, -1 when it is not there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong* key) => numbered is not null ? FindNumbered(*key) : Find(key, Hash(key), out _);

    public void Dispose()
    {
        numbered?.Dispose();
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool AreEqual(ulong* left, ulong* right)
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

    /// <summary>Place of a key in <see cref="numbered"/>: behind the number lies the null bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PlaceOf(ulong key) => (key >> 32) != 0 ? 0 : (int)(uint)key + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FindNumbered(ulong key)
    {
        var place = PlaceOf(key);
        return key == uint.MaxValue || place >= numbered!.Count ? -1 : numbered.Items[place] - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int AddNumbered(ulong* key)
    {
        var place = PlaceOf(*key);
        if (place >= numbered!.Count)
        {
            numbered.Resize(Math.Max(place + 1, numbered.Count * 2), 0);
        }
        ref var entry = ref numbered.Items[place];
        if (entry == 0)
        {
            entry = Append(key) + 1;
        }
        return entry - 1;
    }

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
