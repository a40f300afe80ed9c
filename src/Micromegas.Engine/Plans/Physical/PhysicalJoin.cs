using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Joining;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>
/// Keeps the right side in a hash table (in a list where there are no keys), then streams the left side past it. Without memory for that, both sides go to
/// temporary files and are joined piece by piece.
/// </summary>
internal sealed class PhysicalJoin(PhysicalPlan left, PhysicalPlan right, LogicalJoin join) : PhysicalPlan(join.Columns, left, right)
{
    public override string Name => join.Keys.Count > 0 ? "HashJoin" : "NestedLoopJoin";

    public override IReadOnlyList<string> Details => [join.Kind.ToString()];

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var spec = new JoinSpec(join, execution.Context, Name, Statistics);
        var state = execution.Own(new JoinState(spec));
        var build = await Inputs[1].OpenAsync(execution).ConfigureAwait(false);
        await execution.RunAsync(build, _ => new JoinBuildStage(state, Statistics)).ConfigureAwait(false);
        await execution.ComputeAsync(() => state.Prepare(execution.CancellationToken)).ConfigureAwait(false);
        var pipeline = await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
        if (state.IsSpilled)
        {
            await execution.RunAsync(pipeline, _ => new JoinSpillStage(state)).ConfigureAwait(false);
            return new Pipeline(new JoinSpillSource(state, state.TakePieces()), new OperatorStatistics());
        }
        pipeline.Add(_ => new JoinProbeStage(state.Table, spec));
        return pipeline;
    }
}
