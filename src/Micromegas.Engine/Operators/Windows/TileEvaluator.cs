using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Sorting;

namespace Micromegas.Engine.Operators.Windows;

/// <summary><c>ntile(n)</c>: splits each partition into n tiles as even as can be, the larger ones first. The first row of a partition gives n.</summary>
internal sealed unsafe class TileEvaluator(WindowCallSpec spec, WindowBlock block, SortState state) : WindowEvaluator(spec, block, state)
{
    private readonly FlatVector<ulong> output = new(DataType.UInt64);
    private readonly WindowIntegers tileCounts = new(spec.Arguments[0], block, state.Store);
    private WindowCursor cursor;
    private int partition = -1;
    private long tiles;

    public override void Begin(WorkerContext worker)
    {
        cursor = new WindowCursor(Block);
        partition = -1;
    }

    public override Vector Evaluate(int start, int count, WorkerContext worker)
    {
        output.Prepare(count);
        var values = output.Values;
        for (var i = 0; i < count; i++)
        {
            cursor.MoveTo(start + i);
            if (cursor.Partition != partition)
            {
                partition = cursor.Partition;
                tileCounts.Load(cursor.PartitionStart, 1);
                tiles = tileCounts[0] ?? 0;
                if (tiles <= 0)
                {
                    throw Spec.Call.Place.Locate(new EngineException(SqlState.InvalidParameterValue, "The argument of ntile must be greater than zero."));
                }
            }
            long rows = cursor.PartitionEnd - cursor.PartitionStart;
            long row = start + i - cursor.PartitionStart;
            var (small, larger) = (rows / tiles, rows % tiles);
            var inLarger = larger * (small + 1);
            values[i] = (ulong)(row < inLarger ? row / (small + 1) : larger + ((row - inLarger) / small)) + 1;
        }
        return output;
    }

    public override void Dispose()
    {
        base.Dispose();
        output.Dispose();
        tileCounts.Dispose();
    }
}
