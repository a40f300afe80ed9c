namespace Micromegas.Engine.Execution;

/// <summary>Makes a stage for one instance of a pipeline. Instances are made before any of them runs, one after the other.</summary>
internal delegate Operator StageFactory(WorkerContext worker);

/// <summary>One source and the steps that its rows go through.</summary>
internal sealed class PipelineBranch(PipelineSource source, OperatorStatistics statistics)
{
    private readonly List<StageFactory> stages = [];

    public PipelineSource Source { get; } = source;

    /// <summary>Counts what the source delivers.</summary>
    public OperatorStatistics Statistics { get; } = statistics;

    public IReadOnlyList<StageFactory> Stages => stages;

    public int MaxParallelism { get; set; } = source.MaxParallelism;

    public void Add(StageFactory stage) => stages.Add(stage);
}

/// <summary>
/// Rows on their way to some sink: branches that run side by side (one unless there is a UNION ALL), to which each plan node adds its step.
/// </summary>
internal sealed class Pipeline
{
    public Pipeline(PipelineSource source, OperatorStatistics statistics) => Branches = [new PipelineBranch(source, statistics)];

    public Pipeline(IEnumerable<Pipeline> pipelines) => Branches = [.. pipelines.SelectMany(static pipeline => pipeline.Branches)];

    public IReadOnlyList<PipelineBranch> Branches { get; }

    public void Add(StageFactory stage)
    {
        foreach (var branch in Branches)
        {
            branch.Add(stage);
        }
    }
}
