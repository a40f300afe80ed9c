using System.Numerics;
using System.Runtime.InteropServices;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>A number, and what a <see cref="NumberIndex"/> knows of its rows.</summary>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(int))]
internal struct NumberSlot<T>
    where T : unmanaged
{
    public T Key;

    /// <summary>The only row; <see cref="NumberIndex.FirstList"/> minus the place of several; <see cref="NumberIndex.Free"/>.</summary>
    public int Place;
}

/// <summary>A <see cref="NumberIndex"/> of numbers of one size.</summary>
internal sealed unsafe class NumberTable<T, TBits> : NumberIndex
    where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    where TBits : struct, INumberBits<T>
{
    /// <summary>While rows of a key are counted, the place of several is this minus their number.</summary>
    private const int NoRows = -1;

    /// <summary>Rows between two looks at the token.</summary>
    private const int RowsAtOnce = 1 << 16;

    private readonly RowStore rows;
    private readonly JoinLayout layout;
    private readonly int ordinal;
    private readonly int chunksPerPart;
    private readonly int parts;

    /// <summary>For each part of the chunks and each partition, its rows; then where the next of them goes.</summary>
    private readonly NativeList<int> places = new();

    /// <summary>Where the rows of each partition begin.</summary>
    private readonly NativeList<int> starts = new();
    private NativeBuffer? scattered;
    private NativeBuffer? slots;
    private int nextCounted;
    private int nextScattered;
    private int nextFilled;

    public NumberTable(RowStore rows, JoinLayout layout, long count)
        : base(sizeof(T), sizeof(NumberSlot<T>))
    {
        this.rows = rows;
        this.layout = layout;
        ordinal = layout.OrdinalOf(0);
        chunksPerPart = Math.Max(1, (rows.ChunkCount + NumberPartitions.Parts - 1) / NumberPartitions.Parts);
        parts = (rows.ChunkCount + chunksPerPart - 1) / chunksPerPart;
        Partitions = new NumberPartitions(count * 2 * sizeof(NumberSlot<T>));
        places.Resize(parts * Partitions.Count, 0);
        starts.Resize(Partitions.Count + 1, 0);
    }

    public override long Bytes => base.Bytes + (slots?.Capacity ?? 0) + (scattered?.Capacity ?? 0) + places.Bytes + starts.Bytes;

    public NumberPartitions Partitions { get; }

    public NumberSlot<T>* Table => (NumberSlot<T>*)Slots;

    public override JoinLookup CreateLookup() => new NumberLookup<T, TBits>(this);

    public override void Count(JoinKeyValues? values, JoinGroups? groups, CancellationToken cancellationToken)
    {
        using var view = FlatVector.Create(layout.Types[ordinal]);
        using var seen = values?.Begin(0);
        Vector[] keys = [view];
        foreach (var (chunk, part) in Chunks(() => Interlocked.Increment(ref nextCounted) - 1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var start = 0; start < rows.RowsOf(chunk); start += Batch.MaxRows)
            {
                rows.View(ordinal, chunk, start, Math.Min(Batch.MaxRows, rows.RowsOf(chunk) - start), view);
                Count(view, places.Items + (part * Partitions.Count));
                seen?.Add(view, null, view.Length);
                groups?.Add(layout, keys, null, view.Length);
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
        var slot = 0;
        for (var partition = 0; partition < Partitions.Count; partition++)
        {
            starts[partition] = row;
            for (var part = 0; part < parts; part++)
            {
                ref var place = ref places[(part * Partitions.Count) + partition];
                (place, row) = (row, row + place);
            }
            // One slot is always free, so that each look-up comes to an end.
            Partitions[partition] = new NumberPartition(slot, ((row - starts[partition]) * 2) + 1);
            slot += Partitions[partition].Size;
        }
        starts[Partitions.Count] = row;
        scattered = BufferPool.Shared.Rent(Math.Max(1L, row) * sizeof(NumberSlot<T>));
        slots = BufferPool.Shared.Rent((long)slot * sizeof(NumberSlot<T>));
        Slots = slots.Pointer;
    }

    public override void Scatter(CancellationToken cancellationToken)
    {
        using var view = FlatVector.Create(layout.Types[ordinal]);
        foreach (var (chunk, part) in Chunks(() => Interlocked.Increment(ref nextScattered) - 1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            rows.View(ordinal, chunk, 0, rows.RowsOf(chunk), view);
            Scatter(view, chunk << RowStore.ChunkShift, places.Items + (part * Partitions.Count));
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
        places.Dispose();
        starts.Dispose();
    }

    public override void Dispose()
    {
        base.Dispose();
        Complete();
        slots?.Dispose();
        slots = null;
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
        var keys = (T*)view.Data;
        var present = view.Validity;
        for (var i = 0; i < view.Length; i++)
        {
            if (present == null || Bitmap.Get(present, i))
            {
                counts[Partitions.Of(HashOf(keys[i]))]++;
            }
        }
    }

    private void Scatter(FlatVector view, int firstRow, int* places)
    {
        var keys = (T*)view.Data;
        var present = view.Validity;
        var target = (NumberSlot<T>*)scattered!.Pointer;
        for (var i = 0; i < view.Length; i++)
        {
            if (present == null || Bitmap.Get(present, i))
            {
                var key = TBits.Of(keys[i]);
                target[places[Partitions.Of(NumberPartitions.HashOf(ulong.CreateTruncating(key)))]++] = new NumberSlot<T> { Key = key, Place = firstRow + i };
            }
        }
    }

    private static ulong HashOf(T key) => NumberPartitions.HashOf(ulong.CreateTruncating(TBits.Of(key)));

    private void Fill(int partition, CancellationToken cancellationToken)
    {
        var table = Table;
        var (first, size) = Partitions[partition];
        new Span<NumberSlot<T>>(table + first, size).Fill(new NumberSlot<T> { Place = Free });
        var row = (NumberSlot<T>*)scattered!.Pointer + starts[partition];
        var end = (NumberSlot<T>*)scattered.Pointer + starts[partition + 1];
        var repeated = 0L;
        var several = 0;
        var count = (int)(end - row);
        while (row < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var stop = row + Math.Min(end - row, RowsAtOnce); row < stop; row++)
            {
                var slot = table + Find(row->Key, NumberPartitions.HashOf(ulong.CreateTruncating(row->Key)));
                if (slot->Place == Free)
                {
                    *slot = *row;
                }
                else
                {
                    several += slot->Place >= 0 ? 1 : 0;
                    slot->Place = slot->Place >= 0 ? NoRows - 2 : slot->Place - 1;
                    repeated++;
                }
            }
        }
        AddKeys((int)(count - repeated));
        if (several > 0)
        {
            List(partition, repeated + several + several, cancellationToken);
        }
    }

    /// <summary>Lists the rows of keys that have several, in their order.</summary>
    private void List(int partition, long wanted, CancellationToken cancellationToken)
    {
        var table = Table;
        var (first, size) = Partitions[partition];
        var lists = AddLists(wanted, starts[Partitions.Count] * 3L / 2, out var next);
        for (var slot = table + first; slot < table + first + size; slot++)
        {
            if (slot->Place < Free)
            {
                var count = NoRows - slot->Place;
                slot->Place = FirstList - next;
                lists[next] = 0;
                next += count + 1;
            }
        }
        var row = (NumberSlot<T>*)scattered!.Pointer + starts[partition];
        var end = (NumberSlot<T>*)scattered.Pointer + starts[partition + 1];
        while (row < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var stop = row + Math.Min(end - row, RowsAtOnce); row < stop; row++)
            {
                var place = table[Find(row->Key, NumberPartitions.HashOf(ulong.CreateTruncating(row->Key)))].Place;
                if (place < Free)
                {
                    var list = lists + (FirstList - place);
                    list[++*list] = row->Place;
                }
            }
        }
    }

    /// <summary>The slot that a key has, or may take.</summary>
    private int Find(T key, ulong hash)
    {
        var table = Table;
        var slot = Partitions.SlotOf(hash);
        while (table[slot].Key != key && table[slot].Place != Free)
        {
            slot = Partitions.SlotAfter(slot, hash);
        }
        return slot;
    }
}
