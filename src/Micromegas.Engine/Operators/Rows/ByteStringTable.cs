using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>
/// Numbers distinct byte strings from 0 in order of first appearance. Lookups may run side by side while nobody adds.
/// A look-up that misses the processor's caches misses twice: the slot, which holds the hash, and the string, which has its number and length in front.
/// </summary>
internal sealed unsafe class ByteStringTable : IDisposable
{
    /// <summary>How many look-ups ahead slots and strings are asked for.</summary>
    private const int SlotAhead = 20;
    private const int StringAhead = 10;

    /// <summary>Strings of so many bytes are hashed and compared in one piece: behind them as many may be read (<see cref="NativeBuffer.Slack"/>).</summary>
    private const int Short = 16;

    private readonly ByteRecords records = new();
    /// <summary>For each number what its slot holds: the hash above, the place of the string below.</summary>
    private readonly NativeList<ulong> entries = new();
    /// <summary>0 = free.</summary>
    private readonly NativeList<ulong> slots = new();
    private int mask;
    private readonly NativeList<ulong> filter = new();
    private int filterShift;

    public ByteStringTable() => Rehash(64);

    public int Count => entries.Count;

    public long Bytes => records.Bytes + entries.Bytes + slots.Bytes + filter.Bytes;

    /// <summary>Whether <see cref="MayHave"/> can be asked.</summary>
    public bool HasFilter => filter.Count > 0;

    /// <summary>Bytes of memory that adding so many strings asks for.</summary>
    public long GrowthBytes(int more) => records.GrowthBytes + entries.GrowthBytes(more) + ((Count + more) * 2L >= mask ? slots.Bytes * 2 : 0);

    public ReadOnlySpan<byte> this[int number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => records[(uint)entries.Items[number]]->Span;
    }

    /// <summary>Makes room for so many strings, about, in a table that is empty.</summary>
    public void Reserve(int count)
    {
        if (Count == 0 && count * 2L > mask)
        {
            Rehash((int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(count * 2L, 1 << 30)));
        }
    }

    /// <summary>
    /// No more strings come: prepares for look-ups of many strings that are not there. Sixteen bits a string, one of which is set, fit a nearer cache than slots.
    /// </summary>
    public void BuildFilter()
    {
        var bits = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Count * 16L, 64, 1 << 30));
        filter.Resize(bits / 64, 0);
        filterShift = 32 - BitOperations.Log2((uint)bits);
        foreach (var entry in entries.Span)
        {
            Bitmap.Set(filter.Items, FilterBit((uint)(entry >> 32)));
        }
    }

    /// <summary>False where no string has the hash; most strings that are not there have one that no other has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayHave(uint hash) => Bitmap.Get(filter.Items, FilterBit(hash));

    /// <summary>The number of a string, -1 when it is not there.</summary>
    public int Find(ReadOnlySpan<byte> value)
    {
        Span<byte> room = stackalloc byte[Short];
        fixed (byte* start = Readable(value, room))
        {
            return Find(start, value.Length, Hash(start, value.Length), out _);
        }
    }

    /// <summary>The number of a string, a new one when it was not there.</summary>
    public int Add(ReadOnlySpan<byte> value)
    {
        Span<byte> room = stackalloc byte[Short];
        fixed (byte* start = Readable(value, room))
        {
            return Add(start, value.Length, Hash(start, value.Length));
        }
    }

    /// <summary>The same with the string's <see cref="Hash(byte*, int)"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(byte* value, int length, uint hash)
    {
        var number = Find(value, length, hash, out var slot);
        return number >= 0 ? number : AddNew(value, length, hash, slot);
    }

    /// <summary>The same for a string that may be missing.</summary>
    public int Find(byte* value, int length, uint hash) => Find(value, length, hash, out _);

    /// <summary>Adds a range of another table's strings.</summary>
    /// <param name="other">The other table.</param>
    /// <param name="start">First number there.</param>
    /// <param name="count">Strings.</param>
    /// <param name="numbers">Gets the numbers here.</param>
    public void AddRange(ByteStringTable other, int start, int count, int* numbers)
    {
        var from = other.entries.Items + start;
        for (var i = 0; i < Math.Min(count, SlotAhead); i++)
        {
            PrefetchSlot((uint)(from[i] >> 32));
        }
        for (var i = 0; i < count; i++)
        {
            if (i + SlotAhead < count)
            {
                PrefetchSlot((uint)(from[i + SlotAhead] >> 32));
                PrefetchString((uint)(from[i + StringAhead] >> 32));
            }
            var value = other.records[(uint)from[i]];
            numbers[i] = Add(value->Start, value->Length, (uint)(from[i] >> 32));
        }
    }

    /// <summary>Finds strings of another table.</summary>
    /// <param name="other">The other table.</param>
    /// <param name="from">Numbers there.</param>
    /// <param name="count">Strings.</param>
    /// <param name="numbers">Gets the numbers here, -1 for strings that are not here; may be <paramref name="from"/>.</param>
    public void Find(ByteStringTable other, int* from, int count, int* numbers)
    {
        var all = other.entries.Items;
        for (var i = 0; i < Math.Min(count, SlotAhead); i++)
        {
            PrefetchSlot((uint)(all[from[i]] >> 32));
        }
        for (var i = 0; i < count; i++)
        {
            if (i + SlotAhead < count)
            {
                PrefetchSlot((uint)(all[from[i + SlotAhead]] >> 32));
                PrefetchString((uint)(all[from[i + StringAhead]] >> 32));
            }
            var entry = all[from[i]];
            var value = other.records[(uint)entry];
            numbers[i] = Find(value->Start, value->Length, (uint)(entry >> 32), out _);
        }
    }

    /// <summary>Asks the processor for what the look-up some places ahead of <paramref name="i"/> will read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchAhead(uint* hashes, int i, int count)
    {
        if (i + SlotAhead < count)
        {
            PrefetchSlot(hashes[i + SlotAhead]);
            PrefetchString(hashes[i + StringAhead]);
        }
    }

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
            Sse.Prefetch0(records[(uint)entry]);
        }
    }

    public void Dispose()
    {
        records.Dispose();
        entries.Dispose();
        slots.Dispose();
        filter.Dispose();
    }

    public static uint Hash(ReadOnlySpan<byte> value)
    {
        Span<byte> room = stackalloc byte[Short];
        fixed (byte* start = Readable(value, room))
        {
            return Hash(start, value.Length);
        }
    }

    /// <summary>
    /// Folds products of 64 bits: one for each sixteen bytes, the last of which may overlap those before, and one for all. Tables compare the bytes anyway.
    /// Behind texts that are shorter some bytes may be read.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Hash(byte* start, int length)
    {
        // Any odd numbers do whose bits look random: parts of the golden ratio, the roots of 2 and 3, and pi.
        const ulong First = 0x9E3779B97F4A7C15;
        const ulong Second = 0x6A09E667F3BCC909;
        const ulong Third = 0xBB67AE8584CAA73B;
        const ulong Last = 0x243F6A8885A308D3;
        var seed = First;
        Vector128<ulong> rest;
        if (length <= Short)
        {
            // An empty text may lie nowhere.
            rest = length == 0 ? default : (Vector128.Load(start) & FirstBytes(length)).AsUInt64();
        }
        else
        {
            var last = start + length - Short;
            do
            {
                seed = Fold(Unsafe.ReadUnaligned<ulong>(start) ^ Second, Unsafe.ReadUnaligned<ulong>(start + 8) ^ seed);
                start += Short;
            }
            while (start < last);
            rest = Vector128.Load(last).AsUInt64();
        }
        var hash = Fold(Fold(rest.ToScalar() ^ Third, rest.GetElement(1) ^ seed), (uint)length ^ Last);
        return (uint)(hash ^ (hash >> 32));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int FilterBit(uint hash) => (int)(hash >> filterShift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }

    /// <summary>The bytes of a short text, where it lies in memory that may not be read behind it.</summary>
    private static ReadOnlySpan<byte> Readable(ReadOnlySpan<byte> value, Span<byte> room)
    {
        if (value.Length >= Short)
        {
            return value;
        }
        value.CopyTo(room);
        return room;
    }

    /// <summary>Ones for so many bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> FirstBytes(int count) => Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(Ones), (nuint)(Short - count));

    private static ReadOnlySpan<byte> Ones =>
    [
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Find(byte* value, int length, uint hash, out int slot)
    {
        var items = slots.Items;
        for (slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var entry = items[slot];
            if (entry == 0)
            {
                return -1;
            }
            if ((uint)(entry >> 32) == hash)
            {
                var record = records[(uint)entry];
                if (record->Length == length && AreEqual(record->Start, value, length))
                {
                    return record->Number;
                }
            }
        }
    }

    /// <summary>Compares in place: a call would cost as much as the usual comparison of some twenty bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool AreEqual(byte* left, byte* right, int length)
    {
        if (length <= Short)
        {
            return length == 0 || ((Vector128.Load(left) ^ Vector128.Load(right)) & FirstBytes(length)) == Vector128<byte>.Zero;
        }
        var last = length - Short;
        for (var i = 0; i < last; i += Short)
        {
            if (Vector128.Load(left + i) != Vector128.Load(right + i))
            {
                return false;
            }
        }
        return Vector128.Load(left + last) == Vector128.Load(right + last);
    }

    private int AddNew(byte* value, int length, uint hash, int slot)
    {
        var number = entries.Count;
        var entry = ((ulong)hash << 32) | records.Add(value, length, number);
        entries.Add(entry);
        slots.Items[slot] = entry;
        if (number * 2L >= mask)
        {
            Rehash(slots.Count * 2);
        }
        return number;
    }

    /// <summary>
    /// Fills larger slots from the smaller ones, in their order: what lies side by side goes to two places that move on side by side, so that no cache is missed.
    /// Hashes are not computed again, strings not read.
    /// </summary>
    private void Rehash(int size)
    {
        using var grown = new NativeList<ulong>();
        grown.Resize(size, 0);
        mask = size - 1;
        var items = grown.Items;
        foreach (var entry in slots.Span)
        {
            if (entry == 0)
            {
                continue;
            }
            var slot = (int)(entry >> 32) & mask;
            while (items[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }
            items[slot] = entry;
        }
        slots.Exchange(grown);
    }
}
