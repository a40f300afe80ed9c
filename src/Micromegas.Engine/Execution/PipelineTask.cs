using System.Diagnostics;
using Micromegas.Columnar;

namespace Micromegas.Engine.Execution;

/// <summary>
/// One instance of a pipeline branch: pulls batches from the source and pushes them through its own stages, in slices, until the source or
/// the stages have had enough. Parks when the source has nothing ready or the last stage is full.
/// </summary>
internal sealed class PipelineTask : WorkItem
{
    private static readonly long SliceTicks = Stopwatch.Frequency / 200;

    private readonly PipelineRun run;
    private readonly PipelineBranch branch;
    private readonly WorkerContext worker;
    private readonly List<Stage> stages = [];
    private SourceReader? reader;
    private Flow flow = Flow.Continue;
    private bool isFinishing;
    private Exception? failure;

    public PipelineTask(PipelineRun run, PipelineBranch branch, int index)
        : base(run.Group)
    {
        this.run = run;
        this.branch = branch;
        worker = new WorkerContext(run.Context, index, this, run.CancellationToken);
    }

    /// <summary>Makes the stages and chains them in front of the sink.</summary>
    public void Build(StageFactory sink)
    {
        reader = branch.Source.CreateReader();
        Operator? last = null;
        foreach (var factory in branch.Stages.Append(sink))
        {
            var stage = factory(worker);
            stages.Add(stage);
            if (last is not null)
            {
                last.Next = stage;
            }
            last = stage;
        }
    }

    /// <summary>Frees the stages; the task does not run any more.</summary>
    public void DisposeStages()
    {
        foreach (var stage in stages)
        {
            stage.Dispose();
        }
        stages.Clear();
        reader?.Dispose();
        reader = null;
    }

    protected override SliceEnd RunSlice()
    {
        var before = Interruption.Enter(worker.Query.Budget, worker.CancellationToken);
        try
        {
            return RunSteps();
        }
        catch (Exception exception)
        {
            failure = exception;
            return SliceEnd.Completed;
        }
        finally
        {
            Interruption.Leave(before);
        }
    }

    protected override void Ended() => run.TaskEnded(failure);

    private SliceEnd RunSteps()
    {
        var head = stages[0];
        var deadline = Stopwatch.GetTimestamp() + SliceTicks;
        do
        {
            worker.ThrowIfCancelled();
            if (flow == Flow.Full)
            {
                flow = head.Resume(worker);
                if (flow == Flow.Full)
                {
                    return SliceEnd.Park;
                }
            }
            if (isFinishing)
            {
                flow = head.Finish(worker);
                if (flow != Flow.Full)
                {
                    return SliceEnd.Completed;
                }
                continue;
            }
            if (flow == Flow.Done)
            {
                branch.Source.Stop();
                isFinishing = true;
                flow = Flow.Continue;
                continue;
            }
            var start = branch.Statistics.Now();
            var supply = reader!.Next(worker, out var batch);
            branch.Statistics.CountTicks(branch.Statistics.Now() - start);
            switch (supply)
            {
                case Supply.Wait:
                    return SliceEnd.Park;
                case Supply.End:
                    isFinishing = true;
                    break;
                default:
                    Push(head, batch!);
                    break;
            }
        }
        while (Stopwatch.GetTimestamp() < deadline);
        return SliceEnd.Yield;
    }

    private void Push(Stage head, Batch batch)
    {
        var count = batch.SelectedCount;
        if (count > 0)
        {
            branch.Statistics.CountRows(count);
            flow = head.Push(batch, worker);
        }
    }
}
