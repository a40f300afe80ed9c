using System.Numerics;
using System.Runtime.InteropServices;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>A row of the build side and its key.</summary>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(int))]
internal struct NumberRow<T>
    where T : unmanaged
{
    public T Key;
    public int Row;
}

/// <summary>
/// A <see cref="NumberIndex"/> of numbers of one size, in buckets of a line of the cache. A slot that holds 0 is free: the number 0 has its own one behind all others.
/// </summary>
internal sealed unsafe class NumberTable<T, TBits> : NumberIndex
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    where TBits : struct, INumberBits<T>
{
    /// <summary>While rows of a key are counted, the place of several is this minus their number.</summary>
    private const int NoRows = 0;

    /// <summary>While 0 has no row.</summary>
    private const int Unknown = -1;

    /// <summary>Rows between two looks at the token.</summary>
    private const int RowsAtOnce = 1 << 16;

    private readonly RowStore rows;
    private readonly JoinLayout layout;
    private readonly int ordinal;
    private readonly int chunksPerPart;
    private readonly int parts;

    /// <summary>For each part of the chunks and each partition, its rows; then where the next of them goes.</summary>
    private readonly NativeList<int> counts = new();

    /// <summary>Where the rows of each partition begin.</summary>
    private readonly NativeList<int> starts = new();
    private NativeBuffer? scattered;
    private NativeBuffer? buckets;
    private int zero;
    private int nextCounted;
    private int nextScattered;
    private int nextFilled;

    public NumberTable(RowStore rows, JoinLayout layout, long count)
        : base(sizeof(T))
    {
        this.rows = rows;
        this.layout = layout;
        ordinal = layout.OrdinalOf(0);
        chunksPerPart = Math.Max(1, (rows.ChunkCount + NumberPartitions.Parts - 1) / NumberPartitions.Parts);
        parts = (rows.ChunkCount + chunksPerPart - 1) / chunksPerPart;
        Partitions = new NumberPartitions(count * 2 / NumberBucket.SlotsOf(sizeof(T)) * NumberBucket.Bytes);
        counts.Resize(parts * Partitions.Count, 0);
        starts.Resize(Partitions.Count + 1, 0);
    }

    public override long Bytes => base.Bytes + (buckets?.Capacity ?? 0) + (scattered?.Capacity ?? 0) + counts.Bytes + starts.Bytes;

    public NumberPartitions Partitions { get; }

    /// <summary>The slot of 0, -1 when no row has it.</summary>
    public int SlotOfZero => *PlaceOf(zero) == Unknown ? -1 : zero;

    /// <summary>A bucket; they are there once they were arranged.</summary>
    public byte* BucketAt(int bucket) => Buckets + ((long)bucket * NumberBucket.Bytes);

    public override JoinLookup CreateLookup() => new NumberLookup<T, TBits>(this);

    public override void Count(JoinKeyValues? values, JoinGroups? groups, CancellationToken cancellationToken)
    {
        using var view = FlatVector.Create(layout.Types[ordinal]);
        using var seen = values?.Begin(0);
        Vector[] columns = [view];
        foreach (var (chunk, part) in Chunks(() => Interlocked.Increment(ref nextCounted) - 1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var start = 0; start < rows.RowsOf(chunk); start += Batch.MaxRows)
            {
                rows.View(ordinal, chunk, start, Math.Min(Batch.MaxRows, rows.RowsOf(chunk) - start), view);
                Count(view, counts.Items + (part * Partitions.Count));
                seen?.Add(view, null, view.Length);
                groups?.Add(layout, columns, null, view.Length);
            }
        }
        if (seen is not null)
        {
            values!.Add(0, seen);
        }
    }

    public override void Arrange()
    {
        var row = 0;
        var bucket = 0;
        for (var partition = 0; partition < Partitions.Count; partition++)
        {
            starts[partition] = row;
            for (var part = 0; part < parts; part++)
            {
                ref var place = ref counts[(part * Partitions.Count) + partition];
                (place, row) = (row, row + place);
            }
            // Some slot is always free, so that each look-up comes to an end.
            Partitions[partition] = new NumberPartition(bucket, (int)((row - starts[partition]) * 2L / NumberBucket.SlotsOf(sizeof(T))) + 1);
            bucket += Partitions[partition].Size;
        }
        starts[Partitions.Count] = row;
        scattered = BufferPool.Shared.Rent(Math.Max(1L, row) * sizeof(NumberRow<T>));
        buckets = BufferPool.Shared.Rent((bucket + 1L) * NumberBucket.Bytes);
        Buckets = buckets.Pointer;
        zero = NumberBucket.FirstOf(bucket);
        *PlaceOf(zero) = Unknown;
    }

    public override void Scatter(CancellationToken cancellationToken)
    {
        using var view = FlatVector.Create(layout.Types[ordinal]);
        foreach (var (chunk, part) in Chunks(() => Interlocked.Increment(ref nextScattered) - 1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.View(ordinal, chunk, 0, rows.RowsOf(chunk), view);
            Scatter(view, chunk << RowStore.ChunkShift, counts.Items + (part * Partitions.Count));
        }
    }

    public override void Fill(CancellationToken cancellationToken)
    {
        for (var partition = Interlocked.Increment(ref nextFilled) - 1; partition < Partitions.Count; partition = Interlocked.Increment(ref nextFilled) - 1)
        {
            Fill(partition, cancellationToken);
        }
    }

    public override void Complete()
    {
        scattered?.Dispose();
        scattered = null;
        counts.Dispose();
        starts.Dispose();
    }

    public override void Dispose()
    {
        base.Dispose();
        Complete();
        buckets?.Dispose();
        buckets = null;
        Partitions.Dispose();
    }

    /// <summary>The chunks of the parts that the calling worker takes.</summary>
    private IEnumerable<(int Chunk, int Part)> Chunks(Func<int> takePart)
    {
        for (var part = takePart(); part < parts; part = takePart())
        {
            for (var chunk = part * chunksPerPart; chunk < Math.Min(rows.ChunkCount, (part + 1) * chunksPerPart); chunk++)
            {
                yield return (chunk, part);
            }
        }
    }

    private void Count(FlatVector view, int* counts)
    {
        var values = (T*)view.Data;
        var present = view.Validity;
        for (var i = 0; i < view.Length; i++)
        {
            if (present == null || Bitmap.Get(present, i))
            {
                counts[Partitions.Of(HashOf(TBits.Of(values[i])))]++;
            }
        }
    }

    private void Scatter(FlatVector view, int firstRow, int* next)
    {
        var values = (T*)view.Data;
        var present = view.Validity;
        var target = (NumberRow<T>*)scattered!.Pointer;
        for (var i = 0; i < view.Length; i++)
        {
            if (present == null || Bitmap.Get(present, i))
            {
                var key = TBits.Of(values[i]);
                target[next[Partitions.Of(HashOf(key))]++] = new NumberRow<T> { Key = key, Row = firstRow + i };
            }
        }
    }

    private static ulong HashOf(T key) => NumberPartitions.HashOf(ulong.CreateTruncating(key));

    private void Fill(int partition, CancellationToken cancellationToken)
    {
        var (first, size) = Partitions[partition];
        NativeMemory.Clear(BucketAt(first), (nuint)((long)size * NumberBucket.Bytes));
        var several = 0;
        var repeated = 0L;
        for (var row = starts[partition]; row < starts[partition + 1];)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var stop = Math.Min(starts[partition + 1], row + RowsAtOnce); row < stop; row++)
            {
                ref var added = ref ((NumberRow<T>*)scattered!.Pointer)[row];
                var slot = Find(added.Key, out var isNew);
                ref var place = ref *PlaceOf(slot);
                if (isNew)
                {
                    place = added.Row;
                }
                else
                {
                    several += place >= 0 ? 1 : 0;
                    place = place >= 0 ? NoRows - 2 : place - 1;
                    repeated++;
                }
            }
        }
        AddKeys((int)(starts[partition + 1] - starts[partition] - repeated));
        if (several > 0)
        {
            List(partition, repeated + several + several, cancellationToken);
        }
    }

    /// <summary>Lists the rows of keys that have several, in their order.</summary>
    private void List(int partition, long wanted, CancellationToken cancellationToken)
    {
        var lists = AddLists(wanted, starts[Partitions.Count] * 3L / 2, out var next);
        var (first, size) = Partitions[partition];
        for (var bucket = first; bucket < first + size; bucket++)
        {
            NumberBucket.Find(BucketAt(bucket), T.One, out var free);
            for (var slot = 0; slot < NumberBucket.SlotsOf(sizeof(T)); slot++)
            {
                ref var place = ref *PlaceOf(NumberBucket.FirstOf(bucket) + slot);
                if ((free >> slot & 1) == 0 && place < 0)
                {
                    Begin(ref place, lists, ref next);
                }
            }
        }
        // Its hash is 0, too.
        if (partition == 0 && *PlaceOf(zero) < Unknown)
        {
            Begin(ref *PlaceOf(zero), lists, ref next);
        }
        for (var row = starts[partition]; row < starts[partition + 1];)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var stop = Math.Min(starts[partition + 1], row + RowsAtOnce); row < stop; row++)
            {
                ref var added = ref ((NumberRow<T>*)scattered!.Pointer)[row];
                var place = *PlaceOf(Find(added.Key, out _));
                if (place < 0)
                {
                    var list = lists + (FirstList - place);
                    list[++*list] = added.Row;
                }
            }
        }
    }

    private static void Begin(ref int place, int* lists, ref int next)
    {
        var count = NoRows - place;
        place = FirstList - next;
        lists[next] = 0;
        next += count + 1;
    }

    /// <summary>The slot of a key, which gets one if it has none.</summary>
    private int Find(T key, out bool isNew)
    {
        if (T.IsZero(key))
        {
            isNew = *PlaceOf(zero) == Unknown;
            return zero;
        }
        var hash = HashOf(key);
        for (var bucket = Partitions.BucketOf(hash); ; bucket = Partitions.BucketAfter(bucket, hash))
        {
            var slot = NumberBucket.FirstOf(bucket);
            var found = NumberBucket.Find(BucketAt(bucket), key, out var free);
            if (found != 0)
            {
                isNew = false;
                return slot + BitOperations.TrailingZeroCount(found);
            }
            if (free != 0)
            {
                ((T*)BucketAt(bucket))[BitOperations.TrailingZeroCount(free)] = key;
                isNew = true;
                return slot + BitOperations.TrailingZeroCount(free);
            }
        }
    }

    private int* PlaceOf(int slot) => NumberBucket.PlaceOf(Buckets, slot, sizeof(T));
}
