using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>Delivers sorted rows with the results of window calls; one reader, so the order is kept.</summary>
internal sealed class WindowSource(SortState state, WindowSpec spec, Schema schema) : PipelineSource
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

    private SortState State => state;

    private WindowSpec Spec => spec;

    private Schema Schema => schema;

    private sealed unsafe class Reader : SourceReader
    {
        private readonly WindowSource source;
        private readonly WindowReader blocks;
        private readonly WindowRowReader[] rows;
        private readonly WindowEvaluator[] evaluators;
        private readonly Batch output;
        private readonly int inputCount;
        private int position;

        public Reader(WindowSource source)
        {
            this.source = source;
            blocks = new WindowReader(source.State, source.Spec);
            
            evaluators = [.. source.Spec.Calls.Select(call => WindowEvaluator.Create(call, blocks.Block, source.State))];
            output = new Batch(source.Schema, new Vector[source.Schema.Count]);
            inputCount = source.Spec.Input.Count;
            rows = [.. Enumerable.Range(0, inputCount).Select(_ => new WindowRowReader(blocks.Block, source.State.Store))];
        }

        public override Supply Next(WorkerContext worker, out Batch? batch)
        {
            batch = null;
            if (source.stopped || (position == blocks.Block.Count && !NextBlock(worker)))
            {
                return Supply.End;
            }
            worker.ThrowIfCancelled();
            var count = Math.Min(source.State.Context.Options.BatchSize, blocks.Block.Count - position);
            for (var i = 0; i < inputCount; i++)
            {
                output.Columns[i] = rows[i].Take(i, position, count);
            }
            for (var i = 0; i < evaluators.Length; i++)
            {
                output.Columns[inputCount + i] = evaluators[i].Evaluate(position, count, worker);
            }
            position += count;
            output.RowCount = count;
            batch = output;
            return Supply.Ready;
        }

        public override void Dispose()
        {
            base.Dispose();
            foreach (var evaluator in evaluators)
            {
                evaluator.Dispose();
            }
            foreach (var reader in rows)
            {
                reader.Dispose();
            }
            blocks.Dispose();
        }

        private bool NextBlock(WorkerContext worker)
        {
            if (!blocks.NextBlock(worker))
            {
                return false;
            }
            position = 0;
            foreach (var evaluator in evaluators)
            {
                evaluator.Begin(worker);
            }
            return true;
        }
    }
}
