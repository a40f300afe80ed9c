using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>An aggregate over whole partitions: a group a partition, as GROUP BY does.</summary>
internal sealed unsafe class PartitionAggregateEvaluator : WindowEvaluator
{
    private readonly WindowRowFilter rows;
    private readonly NativeList<int> partitions = new();
    private readonly VectorTaker taker;
    private DictionaryVector? shared;
    private Vector? results;
    private WindowCursor cursor;

    public PartitionAggregateEvaluator(WindowCallSpec spec, WindowBlock block, SortState state)
        : base(spec, block, state)
    {
        rows = new WindowRowFilter(spec, block, Store);
        taker = new VectorTaker(Type);
        partitions.EnsureCapacity(Batch.MaxRows);
    }

    public override void Begin(WorkerContext worker)
    {
        results?.Dispose();
        results = null;
        using var accumulator = CreateAccumulator();
        accumulator.Resize(Block.PartitionCount);
        rows.Begin();
        cursor = new WindowCursor(Block);
        for (var start = 0; start < Block.Count; start += Batch.MaxRows)
        {
            worker.ThrowIfCancelled();
            var count = Math.Min(Batch.MaxRows, Block.Count - start);
            Number(start, count);
            var selection = rows.Take(start, partitions.Items, count);
            if (selection is not { Count: 0 })
            {
                accumulator.Update(rows.Arguments, partitions.Items, selection, count);
            }
            Hold(accumulator.MemoryBytes + rows.Bytes);
        }
        results = accumulator.Finish(0, Block.PartitionCount);
        Hold(accumulator.MemoryBytes + results.OwnedBytes);
        cursor = new WindowCursor(Block);
    }

    public override Vector Evaluate(int start, int count, WorkerContext worker)
    {
        Number(start, count);
        if (results is FlatVector)
        {
            return taker.Take(results, partitions.Items, count);
        }
        // Texts and lists are not repeated for each row of their partition.
        shared ??= new DictionaryVector(Type, results!);
        shared.Attach(results!, partitions.Items, count);
        return shared;
    }

    public override void Dispose()
    {
        base.Dispose();
        rows.Dispose();
        partitions.Dispose();
        taker.Dispose();
        shared?.Dispose();
        results?.Dispose();
    }

    private void Number(int start, int count)
    {
        for (var i = 0; i < count; i++)
        {
            cursor.MoveTo(start + i);
            partitions[i] = cursor.Partition;
        }
    }
}
