using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>An aggregate over frames of any form: each row of the output is a group, to which the rows of its frame are added.</summary>
internal sealed unsafe class FrameAggregateEvaluator : WindowEvaluator
{
    private readonly WindowRowFilter rows;
    private readonly WindowFrames frames;
    private readonly NativeList<int> ids = new();
    private readonly NativeList<int> groups = new();
    private Accumulator? accumulator;
    private Vector? output;

    public FrameAggregateEvaluator(WindowCallSpec spec, WindowBlock block, SortState state)
        : base(spec, block, state)
    {
        rows = new WindowRowFilter(spec, Store);
        frames = new WindowFrames(spec.Call.Frame, block);
        ids.EnsureCapacity(Batch.MaxRows);
        groups.EnsureCapacity(Batch.MaxRows);
    }

    public override void Begin(WorkerContext worker) => frames.Begin();

    public override Vector Evaluate(int start, int count, WorkerContext worker)
    {
        output?.Dispose();
        output = null;
        accumulator = CreateAccumulator();
        try
        {
            accumulator.Resize(count);
            rows.Begin();
            for (var i = 0; i < count; i++)
            {
                var frame = frames.FindRows(start + i);
                for (var piece = 0; piece < frame.Pieces; piece++)
                {
                    var (from, to) = frame[piece];
                    Add(from, to, i, worker);
                }
            }
            Flush(worker);
            output = accumulator.Finish(0, count);
            Hold(accumulator.MemoryBytes + output.OwnedBytes);
            return output;
        }
        finally
        {
            accumulator.Dispose();
            accumulator = null;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        rows.Dispose();
        ids.Dispose();
        groups.Dispose();
        output?.Dispose();
    }

    private void Add(int from, int to, int group, WorkerContext worker)
    {
        while (from < to)
        {
            var count = Math.Min(to - from, Batch.MaxRows - ids.Count);
            new ReadOnlySpan<int>(Block.Ids.Items + from, count).CopyTo(new Span<int>(ids.Items + ids.Count, count));
            new Span<int>(groups.Items + ids.Count, count).Fill(group);
            ids.Count += count;
            from += count;
            if (ids.Count == Batch.MaxRows)
            {
                Flush(worker);
            }
        }
    }

    private void Flush(WorkerContext worker)
    {
        worker.ThrowIfCancelled();
        if (ids.Count == 0)
        {
            return;
        }
        var selection = rows.Take(ids.Items, groups.Items, ids.Count);
        if (selection is not { Count: 0 })
        {
            accumulator!.Update(rows.Arguments, groups.Items, selection, ids.Count);
        }
        ids.Count = 0;
        Hold(accumulator!.MemoryBytes + rows.Bytes);
    }
}
