using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>
/// Finds the number of each row's key in a <see cref="KeyTable"/>, for one worker. Rows whose keys are all dictionary codes, Booleans or small integers
/// go through a direct index (<see cref="DirectKeys"/>); others are encoded column by column and looked up.
/// </summary>
internal sealed unsafe class KeyEncoder : IDisposable
{
    private const int PrefetchDistance = 12;

    /// <summary>Slots are asked for that much earlier, since they tell where the key is.</summary>
    private const int SlotsAhead = 2 * PrefetchDistance;

    /// <summary>In the map while a key is being looked up.</summary>
    private const int Pending = -3;

    /// <summary>Rows whose numbers are looked up at once.</summary>
    private const int Together = 8;

    /// <summary>
    /// Rows of a segment that are resolved first; then twice as many, and so on. Where keys are new, the first rows hold most of them, and only their rows are gone
    /// through again.
    /// </summary>
    private const int FirstRows = 128;

    private readonly KeyTable table;
    private readonly bool add;
    private readonly KeyScratch[] scratch;
    private readonly VectorAccess[] accesses;
    private readonly NativeList<ulong> encoded = new();
    private readonly NativeList<uint> hashes = new();
    private readonly DirectKeys direct;
    private readonly NativeList<DictionaryRun> runs = new();

    /// <summary>Rows whose keys are looked up together.</summary>
    private readonly NativeList<int> unknown = new();

    /// <summary>Rows that wait for one of those look-ups.</summary>
    private readonly NativeList<int> waiting = new();

    /// <param name="table">The table.</param>
    /// <param name="add">Whether keys that are not there are added; else they give -1.</param>
    public KeyEncoder(KeyTable table, bool add)
    {
        this.table = table;
        this.add = add;
        scratch = new KeyScratch[table.ColumnCount];
        for (var i = 0; i < scratch.Length; i++)
        {
            scratch[i] = new KeyScratch();
        }
        accesses = new VectorAccess[scratch.Length];
        direct = new DirectKeys(scratch.Length);
    }

    /// <summary>The number of each selected row's key, put at the row's place.</summary>
    public void Resolve(ReadOnlySpan<Vector> keys, Selection? selection, int rowCount, int* numbers)
    {
        var rows = selection == null ? null : selection.Rows;
        var count = selection?.Count ?? rowCount;
        if (count == 0)
        {
            return;
        }
        if (accesses.Length == 0)
        {
            ResolveKeyless(rows, count, numbers);
            return;
        }
        var coded = direct.TakeCoded();
        if (coded >= 0 && rows == null && TryResolveSegments(keys, coded, rowCount, numbers))
        {
            return;
        }
        Access(keys);
        if (direct.TryUse(accesses, rows, count, rowCount))
        {
            ResolveDirect(rows, count, rowCount, numbers);
        }
        else
        {
            ResolveEncoded(rows, count, numbers);
        }
    }

    /// <summary>
    /// Resolves a whole batch whose keys come in runs: runs of rows with the numbers of their keys. Empty when the keys have no runs; then nothing was done.
    /// </summary>
    public ReadOnlySpan<DictionaryRun> TryResolveRuns(ReadOnlySpan<Vector> keys, int rowCount)
    {
        if (accesses.Length == 0 || rowCount == 0)
        {
            return [];
        }
        var places = direct.TryUseRuns(keys, rowCount);
        if (places.Length == 0)
        {
            return [];
        }
        var map = direct.Map;
        var isAccessed = false;
        runs.Count = 0;
        runs.EnsureCapacity(places.Length);
        var start = 0;
        foreach (var place in places)
        {
            ref var number = ref map[place.Code];
            if (number == KeyScratch.Unknown)
            {
                if (!isAccessed)
                {
                    Access(keys);
                    isAccessed = true;
                }
                number = ResolveOne(start);
            }
            runs.Add(new DictionaryRun(place.End, number));
            start = place.End;
        }
        return runs.Span;
    }

    public void Dispose()
    {
        runs.Dispose();
        unknown.Dispose();
        waiting.Dispose();
        foreach (var column in scratch)
        {
            column.Dispose();
        }
        encoded.Dispose();
        hashes.Dispose();
        direct.Dispose();
    }

    private void ResolveKeyless(int* rows, int count, int* numbers)
    {
        var key = stackalloc ulong[1];
        key[0] = 0;
        var number = add ? table.Add(key) : table.Find(key);
        for (var i = 0; i < count; i++)
        {
            numbers[rows == null ? i : rows[i]] = number;
        }
    }

    private void Access(ReadOnlySpan<Vector> keys)
    {
        for (var i = 0; i < accesses.Length; i++)
        {
            accesses[i] = VectorAccess.Of(keys[i], scratch[i].Access);
        }
    }

    private void ResolveDirect(int* rows, int count, int rowCount, int* numbers)
    {
        var places = direct.Index(rows, count, rowCount);
        var map = direct.Map;
        for (int start = 0, piece = FirstRows, end; start < count; start = end, piece *= 2)
        {
            end = Math.Min(start + piece, count);
            if (Gather(map, places, rows, start, end, numbers) < 0)
            {
                ResolveUnknown(map, places, 1, rows, start, end, numbers);
            }
        }
    }

    /// <summary>Gives less than 0 where some key is not known yet, or was not found.</summary>
    private static int Gather(int* map, int* places, int* rows, int i, int count, int* numbers)
    {
        var all = 0;
        if (rows == null)
        {
            // Eight loads take no longer than the instruction that gathers them, on some processors half as long.
            for (; i <= count - Together; i += Together)
            {
                var from = places + i;
                var to = numbers + i;
                all |= to[0] = map[from[0]];
                all |= to[1] = map[from[1]];
                all |= to[2] = map[from[2]];
                all |= to[3] = map[from[3]];
                all |= to[4] = map[from[4]];
                all |= to[5] = map[from[5]];
                all |= to[6] = map[from[6]];
                all |= to[7] = map[from[7]];
            }
        }
        for (; i < count; i++)
        {
            var row = rows == null ? i : rows[i];
            all |= numbers[row] = map[places[row]];
        }
        return all;
    }

    /// <summary>
    /// Where all columns but one come in runs, the place of a row is that of its run plus its code in the one column: nothing is written out or put together a row.
    /// </summary>
    private bool TryResolveSegments(ReadOnlySpan<Vector> keys, int coded, int rowCount, int* numbers)
    {
        accesses[coded] = VectorAccess.Of(keys[coded], scratch[coded].Access);
        var segments = direct.TryUseSegments(coded, accesses[coded], rowCount, out var stride);
        if (segments.Length == 0)
        {
            return false;
        }
        var codes = direct.CodesOf(coded);
        var isAccessed = false;
        var start = 0;
        foreach (var segment in segments)
        {
            var map = direct.Map + segment.Code;
            for (int piece = FirstRows, end; start < segment.End; start = end, piece *= 2)
            {
                end = Math.Min(start + piece, segment.End);
                if (Gather(map, codes, stride, start, end, numbers) >= 0)
                {
                    continue;
                }
                if (!isAccessed)
                {
                    Access(keys);
                    isAccessed = true;
                }
                ResolveUnknown(map, codes, stride, null, start, end, numbers);
            }
        }
        return true;
    }

    /// <summary>Gives less than 0 where some key is not known yet, or was not found.</summary>
    private static int Gather(int* map, int* codes, int stride, int row, int end, int* numbers)
    {
        var all = 0;
        if (stride == 1)
        {
            for (; row <= end - 4; row += 4)
            {
                all |= numbers[row] = map[codes[row]];
                all |= numbers[row + 1] = map[codes[row + 1]];
                all |= numbers[row + 2] = map[codes[row + 2]];
                all |= numbers[row + 3] = map[codes[row + 3]];
            }
        }
        for (; row < end; row++)
        {
            all |= numbers[row] = map[codes[row] * stride];
        }
        return all;
    }

    /// <summary>Looks up the keys of some rows that the map does not know yet, together: one row a key. Completes the numbers of all rows.</summary>
    private void ResolveUnknown(int* map, int* codes, int stride, int* rows, int start, int end, int* numbers)
    {
        unknown.Count = 0;
        waiting.Count = 0;
        waiting.EnsureCapacity(end - start);
        var missing = waiting.Items;
        var missingCount = 0;
        for (var i = start; i < end; i++)
        {
            var row = rows == null ? i : rows[i];
            missing[missingCount] = row;
            missingCount += numbers[row] == KeyScratch.Unknown ? 1 : 0;
        }
        for (var i = 0; i < missingCount; i++)
        {
            ref var number = ref map[codes[missing[i]] * stride];
            if (number == KeyScratch.Unknown)
            {
                number = Pending;
                unknown.Add(missing[i]);
            }
        }
        if (unknown.Count == 0)
        {
            return;
        }
        var width = table.Width;
        var key = Encode(unknown.Items, unknown.Count);
        var ahead = table.IsLarge ? PrefetchDistance : int.MaxValue;
        for (var i = 0; i < unknown.Count; i++, key += width)
        {
            if (unknown.Count - i > ahead)
            {
                table.Prefetch(key + ((long)ahead * width));
            }
            map[codes[unknown[i]] * stride] = Lookup(key);
        }
        for (var i = 0; i < missingCount; i++)
        {
            numbers[missing[i]] = map[codes[missing[i]] * stride];
        }
    }

    private int ResolveOne(int row)
    {
        var one = row;
        return Lookup(Encode(&one, 1));
    }

    private void ResolveEncoded(int* rows, int count, int* numbers)
    {
        if (rows == null && accesses.Length == 1 && table.TryNumber(accesses[0], count, numbers, add, scratch[0]))
        {
            return;
        }
        var key = Encode(rows, count);
        var width = table.Width;
        if (table.IsLarge)
        {
            ResolveLarge(key, rows, count, numbers);
            return;
        }
        if (width == 1)
        {
            // Sorted input repeats its keys: comparing with the key before is cheaper than a look-up.
            var last = *key;
            var number = Lookup(key);
            for (var i = 0; i < count; i++)
            {
                if (key[i] != last)
                {
                    last = key[i];
                    number = Lookup(key + i);
                }
                numbers[rows == null ? i : rows[i]] = number;
            }
            return;
        }
        for (var i = 0; i < count; i++, key += width)
        {
            numbers[rows == null ? i : rows[i]] = Lookup(key);
        }
    }

    /// <summary>A look-up in a large table misses the caches twice, at the slot and at the key: both are asked for ahead.</summary>
    private void ResolveLarge(ulong* key, int* rows, int count, int* numbers)
    {
        var width = table.Width;
        hashes.EnsureCapacity(count);
        var known = hashes.Items;
        for (var i = 0; i < count; i++)
        {
            known[i] = table.HashOf(key + ((long)i * width));
            if (i < SlotsAhead)
            {
                table.PrefetchSlot(known[i]);
            }
        }
        var last = key;
        var number = -1;
        for (var i = 0; i < count; i++, key += width)
        {
            if (i + SlotsAhead < count)
            {
                table.PrefetchSlot(known[i + SlotsAhead]);
            }
            if (i + PrefetchDistance < count)
            {
                table.PrefetchKey(known[i + PrefetchDistance]);
            }
            // Sorted input repeats its keys.
            if (i == 0 || known[i] != known[i - 1] || !table.AreEqual(key, last))
            {
                number = add ? table.Add(key, known[i]) : table.Find(key, known[i]);
                last = key;
            }
            numbers[rows == null ? i : rows[i]] = number;
        }
    }

    private int Lookup(ulong* key) => add ? table.Add(key) : table.Find(key);

    private ulong* Encode(int* rows, int count)
    {
        encoded.Count = 0;
        encoded.Resize(count * table.Width, 0);
        for (var i = 0; i < accesses.Length; i++)
        {
            table.Encode(i, accesses[i], rows, count, encoded.Items, add, scratch[i]);
        }
        return encoded.Items;
    }
}
