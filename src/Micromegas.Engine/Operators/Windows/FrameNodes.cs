using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>
/// Aggregates of rows that lie side by side, and of these in turn, so that a long frame is put together from few of them instead of from its rows: the cost of a
/// frame grows with the logarithm of its length. Nodes may reach from one partition to the next; frames do not use those.
/// </summary>
internal sealed unsafe class FrameNodes : IDisposable
{
    /// <summary>Rows of a node; nodes of the node above it.</summary>
    private readonly int fanout;
    private readonly List<Vector[]> levels = [];
    private readonly VectorTaker[] takers;
    private readonly Vector[] taken;
    private readonly NativeList<int>[] nodes = [.. Enumerable.Range(0, MaxLevels).Select(static _ => new NativeList<int>())];
    private readonly NativeList<int>[] groups = [.. Enumerable.Range(0, MaxLevels).Select(static _ => new NativeList<int>())];

    /// <summary>Levels of two billion rows with the smallest fanout.</summary>
    private const int MaxLevels = 8;

    /// <param name="types">The columns of the state.</param>
    /// <param name="fanout">Rows of a node; nodes of the node above it.</param>
    public FrameNodes(IReadOnlyList<DataType> types, int fanout)
    {
        this.fanout = fanout;
        takers = [.. types.Select(static type => new VectorTaker(type))];
        taken = new Vector[types.Count];
    }

    public long Bytes => levels.Sum(static level => level.Sum(static column => column.OwnedBytes));

    /// <summary>Whether the state of a call has a fixed size, and whether it can be put together in any order without another answer or an error.</summary>
    public static bool Suits(WindowCallSpec spec, Accumulator accumulator) =>
        spec.Call.Aggregate!.Name is "count" or "sum" or "avg" or "min" or "max" or "bool_and" or "bool_or" or "bit_and" or "bit_or" or "bit_xor"
        && !spec.Call.Signature.ReturnType.IsDecimal
        && !spec.Call.Distinct
        && accumulator.StateTypes.All(static type => type.Storage is StorageKind.Flat or StorageKind.Bit);

    /// <summary>Aggregates the rows of a block.</summary>
    /// <param name="block">The rows.</param>
    /// <param name="rows">Which of them count, and their arguments.</param>
    /// <param name="create">Makes an accumulator.</param>
    /// <param name="worker">The worker.</param>
    public void Build(WindowBlock block, WindowRowFilter rows, Func<Accumulator> create, WorkerContext worker)
    {
        Clear();
        using var numbers = new NativeList<int>();
        numbers.EnsureCapacity(Batch.MaxRows);
        var count = (block.Count + fanout - 1) / fanout;
        using (var accumulator = create())
        {
            accumulator.Resize(count);
            for (var start = 0; start < block.Count; start += Batch.MaxRows)
            {
                worker.ThrowIfCancelled();
                var some = Math.Min(Batch.MaxRows, block.Count - start);
                for (var i = 0; i < some; i++)
                {
                    numbers.Items[i] = (start + i) / fanout;
                }
                var selection = rows.Take(start, numbers.Items, some);
                if (selection is not { Count: 0 })
                {
                    accumulator.Update(rows.Arguments, numbers.Items, selection, some);
                }
            }
            levels.Add(accumulator.ExportState(0, count));
        }
        while (count > fanout && levels.Count < MaxLevels)
        {
            var above = (count + fanout - 1) / fanout;
            using var accumulator = create();
            accumulator.Resize(above);
            for (var start = 0; start < count; start += Batch.MaxRows)
            {
                worker.ThrowIfCancelled();
                var some = Math.Min(Batch.MaxRows, count - start);
                for (var i = 0; i < some; i++)
                {
                    Add(levels.Count - 1, start + i, (start + i) / fanout);
                }
                Flush(levels.Count - 1, accumulator);
            }
            levels.Add(accumulator.ExportState(0, above));
            count = above;
        }
    }

    /// <summary>Adds the nodes within a frame to a group, and gives the rows before and behind them that the caller adds.</summary>
    public ((int Start, int End) Before, (int Start, int End) Behind) Add(int start, int end, int group, Accumulator accumulator)
    {
        var (first, last) = ((start + fanout - 1) / fanout, end / fanout);
        if (first >= last)
        {
            return ((start, end), (end, end));
        }
        var (before, behind) = ((start, first * fanout), (last * fanout, end));
        for (var level = 0; first < last; level++)
        {
            var (above, aboveEnd) = ((first + fanout - 1) / fanout, last / fanout);
            if (level + 1 == levels.Count || above >= aboveEnd)
            {
                Add(level, first, last, group, accumulator);
                break;
            }
            Add(level, first, above * fanout, group, accumulator);
            Add(level, aboveEnd * fanout, last, group, accumulator);
            (first, last) = (above, aboveEnd);
        }
        return (before, behind);
    }

    /// <summary>Brings what was added to the accumulator.</summary>
    public void Flush(Accumulator accumulator)
    {
        for (var level = 0; level < levels.Count; level++)
        {
            Flush(level, accumulator);
        }
    }

    public void Dispose()
    {
        Clear();
        foreach (var taker in takers)
        {
            taker.Dispose();
        }
        for (var level = 0; level < MaxLevels; level++)
        {
            nodes[level].Dispose();
            groups[level].Dispose();
        }
    }

    private void Clear()
    {
        foreach (var column in levels.SelectMany(static level => level))
        {
            column.Dispose();
        }
        levels.Clear();
    }

    private void Add(int level, int first, int last, int group, Accumulator accumulator)
    {
        for (var node = first; node < last; node++)
        {
            Add(level, node, group);
            if (nodes[level].Count == Batch.MaxRows)
            {
                Flush(level, accumulator);
            }
        }
    }

    private void Add(int level, int node, int group)
    {
        nodes[level].Add(node);
        groups[level].Add(group);
    }

    private void Flush(int level, Accumulator accumulator)
    {
        var count = nodes[level].Count;
        if (count == 0)
        {
            return;
        }
        for (var i = 0; i < takers.Length; i++)
        {
            taken[i] = takers[i].Take(levels[level][i], nodes[level].Items, count);
        }
        accumulator.ImportState(taken, groups[level].Items, count);
        nodes[level].Count = 0;
        groups[level].Count = 0;
    }
}
