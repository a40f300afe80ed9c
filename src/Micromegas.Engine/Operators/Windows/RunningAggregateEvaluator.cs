using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>
/// An aggregate over frames that start with the partition and grow: every row is added once, to the group of its partition, and the group's result is asked for
/// whenever the frame has grown.
/// </summary>
internal sealed unsafe class RunningAggregateEvaluator : WindowEvaluator
{
    private readonly WindowRowFilter rows;
    private readonly WindowFrames frames;
    private readonly VectorBuilder builder;
    private readonly NativeList<int> groups = new();
    private readonly Selection added = new();
    private readonly Selection countable = new();
    private Accumulator? accumulator;
    private Vector? output;
    private Vector? result;
    private WindowCursor feeding;
    private int pieceStart;
    private int pieceCount;
    private int nextCountable;
    private int fed;
    private int partition = -1;

    public RunningAggregateEvaluator(WindowCallSpec spec, WindowBlock block, SortState state)
        : base(spec, block, state)
    {
        rows = new WindowRowFilter(spec, block, Store);
        frames = new WindowFrames(spec.Call.Frame, block);
        builder = VectorBuilder.Create(Type);
        groups.EnsureCapacity(Batch.MaxRows);
    }

    public override void Begin(WorkerContext worker)
    {
        accumulator?.Dispose();
        accumulator = CreateAccumulator();
        accumulator.Resize(Block.PartitionCount);
        rows.Begin();
        frames.Begin();
        feeding = new WindowCursor(Block);
        pieceStart = 0;
        pieceCount = 0;
        fed = 0;
        partition = -1;
    }

    public override Vector Evaluate(int start, int count, WorkerContext worker)
    {
        output?.Dispose();
        output = null;
        for (var row = start; row < start + count; row++)
        {
            var end = frames.Find(row).End;
            var cursor = frames.Cursor;
            var isNew = cursor.Partition != partition;
            if (isNew)
            {
                partition = cursor.Partition;
                // Frames that end before their partition does leave rows that nobody needs any more.
                Feed(cursor.PartitionStart, worker);
            }
            if (end > fed || isNew)
            {
                Feed(end, worker);
                result?.Dispose();
                result = accumulator!.Finish(partition, 1);
            }
            builder.Append(result!, 0);
            if ((row & 63) == 0)
            {
                Hold(accumulator!.MemoryBytes + rows.Bytes + builder.AllocatedBytes);
            }
        }
        return output = builder.Build();
    }

    public override void Dispose()
    {
        base.Dispose();
        rows.Dispose();
        builder.Dispose();
        groups.Dispose();
        added.Dispose();
        countable.Dispose();
        accumulator?.Dispose();
        output?.Dispose();
        result?.Dispose();
    }

    /// <summary>Adds the rows up to <paramref name="end"/>.</summary>
    private void Feed(int end, WorkerContext worker)
    {
        while (fed < end)
        {
            if (fed == pieceStart + pieceCount)
            {
                Load(worker);
            }
            var stop = Math.Min(end, pieceStart + pieceCount);
            added.Count = 0;
            while (nextCountable < countable.Count && countable.Rows[nextCountable] < stop - pieceStart)
            {
                added.Rows[added.Count++] = countable.Rows[nextCountable++];
            }
            if (added.Count > 0)
            {
                accumulator!.Update(rows.Arguments, groups.Items, added.Count == pieceCount ? null : added, pieceCount);
            }
            fed = stop;
        }
    }

    /// <summary>Takes the arguments of the next rows.</summary>
    private void Load(WorkerContext worker)
    {
        worker.ThrowIfCancelled();
        pieceStart = fed;
        pieceCount = Math.Min(Batch.MaxRows, Block.Count - fed);
        for (var i = 0; i < pieceCount; i++)
        {
            feeding.MoveTo(pieceStart + i);
            groups[i] = feeding.Partition;
        }
        var selection = rows.Take(pieceStart, groups.Items, pieceCount);
        nextCountable = 0;
        countable.Count = selection?.Count ?? pieceCount;
        for (var i = 0; i < countable.Count; i++)
        {
            countable.Rows[i] = selection is null ? i : selection.Rows[i];
        }
    }
}
