using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>
/// An aggregate over frames of any form: each row of the output is a group, to which the rows of its frame are added. Where frames are long, what
/// <see cref="FrameNodes"/> know of most rows is added instead.
/// </summary>
internal sealed unsafe class FrameAggregateEvaluator : WindowEvaluator
{
    /// <summary>Rows of a node, and of one of a partition that lies in a file: there are many.</summary>
    private const int Fanout = 16;
    private const int PagedFanout = 64;

    /// <summary>Rows of a frame for which nodes pay.</summary>
    private const int LongFrame = 4 * Fanout;

    /// <summary>The same for floats, whose sums depend on the order in the last digit: up to here they are added row by row.</summary>
    private const int LongFloatFrame = 1024;

    private readonly WindowRowFilter rows;
    private readonly WindowFrames frames;
    private readonly NativeList<int> taken = new();
    private readonly NativeList<int> groups = new();
    private readonly int longFrame;
    private FrameNodes? nodes;
    private bool hasNodes;
    private bool mayHaveNodes;
    private Accumulator? accumulator;
    private Vector? output;

    public FrameAggregateEvaluator(WindowCallSpec spec, WindowBlock block, SortState state)
        : base(spec, block, state)
    {
        rows = new WindowRowFilter(spec, block, Store);
        frames = new WindowFrames(spec.Call.Frame, block);
        taken.EnsureCapacity(Batch.MaxRows);
        groups.EnsureCapacity(Batch.MaxRows);
        using var probe = CreateAccumulator();
        longFrame = !FrameNodes.Suits(spec, probe) ? int.MaxValue : spec.Call.Signature.ReturnType.IsFloat && spec.Call.Aggregate!.Name is "sum" or "avg" ? LongFloatFrame : LongFrame;
    }

    public override void Begin(WorkerContext worker)
    {
        frames.Begin();
        hasNodes = false;
        mayHaveNodes = longFrame < int.MaxValue;
    }

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
                    if (to - from > longFrame && HasNodes(worker))
                    {
                        var (before, behind) = nodes!.Add(from, to, i, accumulator);
                        Add(before.Start, before.End, i, worker);
                        Add(behind.Start, behind.End, i, worker);
                    }
                    else
                    {
                        Add(from, to, i, worker);
                    }
                }
            }
            Flush(worker);
            nodes?.Flush(accumulator);
            output = accumulator.Finish(0, count);
            Hold(accumulator.MemoryBytes + output.OwnedBytes + NodeBytes);
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
        taken.Dispose();
        groups.Dispose();
        output?.Dispose();
        nodes?.Dispose();
    }

    private long NodeBytes => nodes?.Bytes ?? 0;

    /// <summary>Makes the nodes of the block when they are first wanted, if there is memory for them.</summary>
    private bool HasNodes(WorkerContext worker)
    {
        if (hasNodes || !mayHaveNodes)
        {
            return hasNodes;
        }
        var fanout = Block.Pages is null ? Fanout : PagedFanout;
        // While they are made, they are held twice.
        const int StateBytes = 48;
        if (!TryHold(accumulator!.MemoryBytes + ((long)Block.Count * StateBytes * accumulator.StateTypes.Count / fanout)))
        {
            return mayHaveNodes = false;
        }
        // The rows so far are taken through the same filter.
        Flush(worker);
        nodes?.Dispose();
        nodes = new FrameNodes(accumulator.StateTypes, fanout);
        nodes.Build(Block, rows, CreateAccumulator, worker);
        return hasNodes = true;
    }

    private void Add(int from, int to, int group, WorkerContext worker)
    {
        while (from < to)
        {
            var count = Math.Min(to - from, Batch.MaxRows - taken.Count);
            for (var i = 0; i < count; i++)
            {
                taken.Items[taken.Count + i] = from + i;
            }
            new Span<int>(groups.Items + taken.Count, count).Fill(group);
            taken.Count += count;
            from += count;
            if (taken.Count == Batch.MaxRows)
            {
                Flush(worker);
            }
        }
    }

    private void Flush(WorkerContext worker)
    {
        worker.ThrowIfCancelled();
        if (taken.Count == 0)
        {
            return;
        }
        var selection = rows.Take(taken.Items, groups.Items, taken.Count);
        if (selection is not { Count: 0 })
        {
            accumulator!.Update(rows.Arguments, groups.Items, selection, taken.Count);
        }
        taken.Count = 0;
        Hold(accumulator!.MemoryBytes + rows.Bytes + NodeBytes);
    }
}
