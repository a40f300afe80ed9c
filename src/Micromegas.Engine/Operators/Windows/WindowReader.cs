using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>
/// Reads sorted rows and cuts them into blocks of whole partitions. Rows stay where they were sorted; rows of spilled runs come back into the store and
/// are freed when the block that they belong to is done. A partition that memory has no room for goes to a file again, from which its rows come back as they are
/// looked at.
/// </summary>
internal sealed unsafe class WindowReader : IDisposable
{
    /// <summary>Rows of small partitions that are handled at a time.</summary>
    private const int BlockRows = Batch.MaxRows;
    private const long LittleMemory = 4 << 20;

    private readonly SortState state;
    private readonly MemoryReservation reservation;
    private readonly WindowKeys partitionKeys;
    private readonly WindowKeys orderKeys;
    private readonly List<int> passed = [];
    private SortMerger? merger;
    private bool ended;
    private bool isShort;

    public WindowReader(SortState state, WindowSpec spec)
    {
        this.state = state;
        reservation = state.Reserve();
        partitionKeys = new WindowKeys(spec.PartitionKeys, spec.Stored, state);
        orderKeys = new WindowKeys(spec.OrderKeys, spec.Stored, state);
        Block = new WindowBlock { RangeKeys = spec.RangeKey is { } key ? Windows.RangeKeys.Create(key, spec.OrderKeys[0].Descending) : null };
    }

    /// <summary>The current block; one object for all.</summary>
    public WindowBlock Block { get; }

    /// <summary>Goes to the next block; false at the end.</summary>
    public bool NextBlock(WorkerContext worker)
    {
        merger ??= new SortMerger(state);
        Block.Advance();
        isShort = false;
        FreePassed();
        while (!ended && !HasBlock())
        {
            Fetch(worker);
        }
        Block.PartitionCount = ended ? Block.PartitionStarts.Count : Block.PartitionStarts.Count - 1;
        Block.Count = ended ? Block.KnownCount : Block.PartitionStarts[^1];
        if (Block.Count == 0)
        {
            return false;
        }
        Block.RangeKeys?.Load(Block, state.Store, worker);
        if (isShort)
        {
            // The rows at hand are as few as can be.
            TryAccount();
        }
        else
        {
            Account();
        }
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
        Block.PartitionStarts.Count > 1 && (isShort || Block.PartitionStarts[^1] >= BlockRows || Block.KnownCount >= 2 * BlockRows);

    private void Fetch(WorkerContext worker)
    {
        var ids = Block.Ids;
        ids.EnsureCapacity(ids.Count + BlockRows);
        var first = Block.KnownCount;
        var added = ids.Items + ids.Count;
        var count = merger!.Next(added, FetchRows, worker);
        if (count == 0)
        {
            ended = true;
            return;
        }
        ids.Count += count;
        partitionKeys.Load(added, count);
        orderKeys.Load(added, count);
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
        isShort |= !TryAccount();
        if (Block.PartitionStarts.Count > 1)
        {
            // Where memory is short, the block ends here.
            return;
        }
        // Once a partition is too large for memory, nothing more of it stays there.
        if (isShort || state.Context.Options.ForceSpill)
        {
            Block.PageOut(state, RowBytes());
            FreePassed();
        }
        Account();
    }

    /// <summary>Rows that are taken at a time: where there is little memory, few.</summary>
    private int FetchRows => state.Context.Budget.Limit < LittleMemory ? BlockRows / 4 : BlockRows;

    /// <summary>What a row takes in the store, about.</summary>
    private long RowBytes()
    {
        var id = Block.Ids.Count == 0 ? -1 : Block.Ids[^1] >> RowStore.ChunkShift;
        return id < 0 ? 1 : state.Store.BytesOf(id) / Math.Max(1, state.Store.RowsOf(id));
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

    /// <summary>What the next rows ask for.</summary>
    private long Ahead => Block.Ids.GrowthBytes(FetchRows) + Block.GroupStarts.GrowthBytes(FetchRows) + (FetchRows * RowBytes());

    private bool TryAccount() => reservation.TryResize(Held, ended ? 0 : Ahead);

    private void Account()
    {
        if (!reservation.TryResize(Held))
        {
            reservation.Grow(Held - reservation.Bytes);
        }
    }

    private long Held
    {
        get
        {
            var held = Block.Bytes;
            foreach (var chunk in passed)
            {
                held += state.Store.BytesOf(chunk);
            }
            return held;
        }
    }
}
