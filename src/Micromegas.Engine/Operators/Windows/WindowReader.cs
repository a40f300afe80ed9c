using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>
/// Reads sorted rows and cuts them into blocks of whole partitions. Rows stay where they were sorted; rows of spilled runs come back into the store and
/// are freed when the block that they belong to is done.
/// </summary>
internal sealed unsafe class WindowReader : IDisposable
{
    /// <summary>Rows of small partitions that are handled at a time.</summary>
    private const int BlockRows = Batch.MaxRows;

    private readonly SortState state;
    private readonly MemoryReservation reservation;
    private readonly WindowKeys partitionKeys;
    private readonly WindowKeys orderKeys;
    private readonly List<int> passed = [];
    private SortMerger? merger;
    private bool ended;

    public WindowReader(SortState state, WindowSpec spec)
    {
        this.state = state;
        reservation = state.Reserve();
        partitionKeys = new WindowKeys(spec.PartitionKeys, spec.Stored, state);
        orderKeys = new WindowKeys(spec.OrderKeys, spec.Stored, state);
        Block = new WindowBlock { RangeKeys = spec.RangeKey is { } key ? Windows.RangeKeys.Create(key, spec.OrderKeys[0].Descending, state.Store) : null };
    }

    /// <summary>The current block; one object for all.</summary>
    public WindowBlock Block { get; }

    /// <summary>Goes to the next block; false at the end.</summary>
    public bool NextBlock(WorkerContext worker)
    {
        merger ??= new SortMerger(state);
        Block.Advance();
        FreePassed();
        while (!ended && !HasBlock())
        {
            Fetch(worker);
        }
        Block.PartitionCount = ended ? Block.PartitionStarts.Count : Block.PartitionStarts.Count - 1;
        Block.Count = ended ? Block.Ids.Count : Block.PartitionStarts[^1];
        if (Block.Count == 0)
        {
            return false;
        }
        Block.RangeKeys?.Load(Block, worker);
        Account();
        return true;
    }

    public void Dispose()
    {
        merger?.Dispose();
        partitionKeys.Dispose();
        orderKeys.Dispose();
        Block.Dispose();
    }

    private bool HasBlock() =>
        Block.PartitionStarts.Count > 1 && (Block.PartitionStarts[^1] >= BlockRows || Block.Ids.Count >= 2 * BlockRows);

    private void Fetch(WorkerContext worker)
    {
        var ids = Block.Ids;
        ids.EnsureCapacity(ids.Count + BlockRows);
        var first = ids.Count;
        var count = merger!.Next(ids.Items + first, BlockRows, worker);
        if (count == 0)
        {
            ended = true;
            return;
        }
        ids.Count += count;
        partitionKeys.Load(ids.Items + first, count);
        orderKeys.Load(ids.Items + first, count);
        for (var i = 0; i < count; i++)
        {
            if (partitionKeys.IsNew(i))
            {
                Block.PartitionStarts.Add(first + i);
                Block.PartitionGroups.Add(Block.GroupStarts.Count);
                Block.GroupStarts.Add(first + i);
            }
            else if (orderKeys.IsNew(i))
            {
                Block.GroupStarts.Add(first + i);
            }
        }
        merger.TakePassed(passed);
        Account();
    }

    /// <summary>Frees the chunks that hold no row of a later block.</summary>
    private void FreePassed()
    {
        if (passed.Count == 0)
        {
            return;
        }
        var needed = new HashSet<int>();
        foreach (var id in Block.Ids.Span)
        {
            needed.Add(id >> RowStore.ChunkShift);
        }
        var kept = passed.FindAll(needed.Contains);
        foreach (var chunk in passed)
        {
            if (!needed.Contains(chunk))
            {
                state.Store.FreeChunk(chunk);
            }
        }
        passed.Clear();
        passed.AddRange(kept);
    }

    private void Account()
    {
        var held = Block.Bytes;
        foreach (var chunk in passed)
        {
            held += state.Store.BytesOf(chunk);
        }
        if (!reservation.TryResize(held))
        {
            reservation.Grow(held - reservation.Bytes);
        }
    }
}
