using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>Delivers the sorted rows, merging runs as they are asked for; one reader, so the order is kept.</summary>
internal sealed class SortSource(SortState state, Schema schema) : PipelineSource
{
    private volatile bool stopped;

    public override int MaxParallelism => 1;

    public override SourceReader CreateReader() => new Reader(this);

    public override void Stop() => stopped = true;

    public override ValueTask DisposeAsync()
    {
        state.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed unsafe class Reader(SortSource source) : SourceReader
    {
        private readonly SortState state = source.State;
        private readonly NativeList<int> ids = new();
        private readonly RowReader rows = source.State.Store.CreateReader();
        private readonly Batch output = new(source.Schema, new Vector[source.Schema.Count]);
        private SortMerger? merger;
        private long left = long.MaxValue;

        public override Supply Next(WorkerContext worker, out Batch? batch)
        {
            batch = null;
            if (source.stopped)
            {
                return Supply.End;
            }
            if (merger is null)
            {
                Start(worker);
            }
            var count = Take(worker, (int)Math.Min(left, state.Context.Options.BatchSize));
            if (count == 0)
            {
                return Supply.End;
            }
            left -= count;
            for (var i = 0; i < output.Columns.Length; i++)
            {
                output.Columns[i] = rows.Take(i, ids.Items, count);
            }
            merger!.FreePassed();
            output.RowCount = count;
            batch = output;
            return Supply.Ready;
        }

        public override void Dispose()
        {
            base.Dispose();
            merger?.Dispose();
            rows.Dispose();
            ids.Dispose();
        }

        private void Start(WorkerContext worker)
        {
            ids.EnsureCapacity(Batch.MaxRows);
            merger = new SortMerger(state);
            for (var skip = state.Offset; skip > 0;)
            {
                var skipped = Take(worker, (int)Math.Min(skip, Batch.MaxRows));
                merger.FreePassed();
                if (skipped == 0)
                {
                    break;
                }
                skip -= skipped;
            }
            left = state.Limit ?? long.MaxValue;
        }

        private int Take(WorkerContext worker, int count) => count == 0 ? 0 : merger!.Next(ids.Items, count, worker);
    }

    private SortState State => state;

    private Schema Schema => schema;
}
