using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Sorting;

namespace Micromegas.Engine.Operators.Windows;

/// <summary><c>row_number</c>, <c>rank</c> and <c>dense_rank</c>.</summary>
internal sealed unsafe class RankEvaluator(WindowCallSpec spec, WindowBlock block, SortState state) : WindowEvaluator(spec, block, state)
{
    private readonly FlatVector<ulong> output = new(DataType.UInt64);
    private readonly string name = spec.Call.Name;
    private WindowCursor cursor;

    public override void Begin(WorkerContext worker) => cursor = new WindowCursor(Block);

    public override Vector Evaluate(int start, int count, WorkerContext worker)
    {
        output.Prepare(count);
        var values = output.Values;
        for (var i = 0; i < count; i++)
        {
            cursor.MoveTo(start + i);
            var before = name switch
            {
                "row_number" => start + i - cursor.PartitionStart,
                "rank" => cursor.GroupStart - cursor.PartitionStart,
                _ => cursor.Group - cursor.FirstGroup,
            };
            values[i] = (ulong)before + 1;
        }
        return output;
    }

    public override void Dispose()
    {
        base.Dispose();
        output.Dispose();
    }
}

/// <summary><c>percent_rank</c>: (rank - 1) / (rows - 1), 0 for a single row; <c>cume_dist</c>: rows up to the last peer / rows.</summary>
internal sealed unsafe class RelativeRankEvaluator(WindowCallSpec spec, WindowBlock block, SortState state) : WindowEvaluator(spec, block, state)
{
    private readonly FlatVector<double> output = new(DataType.Float64);
    private readonly bool isPercentRank = spec.Call.Name == "percent_rank";
    private WindowCursor cursor;

    public override void Begin(WorkerContext worker) => cursor = new WindowCursor(Block);

    public override Vector Evaluate(int start, int count, WorkerContext worker)
    {
        output.Prepare(count);
        var values = output.Values;
        for (var i = 0; i < count; i++)
        {
            cursor.MoveTo(start + i);
            var first = cursor.PartitionStart;
            double rows = cursor.PartitionEnd - first;
            values[i] = isPercentRank
                ? rows == 1 ? 0 : (cursor.GroupStart - first) / (rows - 1)
                : (cursor.GroupEnd - first) / rows;
        }
        return output;
    }

    public override void Dispose()
    {
        base.Dispose();
        output.Dispose();
    }
}
