using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Operators.Joining;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>
/// Keeps the right side in a hash table (in a list where there are no keys), then streams the left side past it. Without memory for that, both sides go to
/// temporary files and are joined piece by piece. Scans of the left side are told which keys have a match.
/// </summary>
internal sealed class PhysicalJoin : PhysicalPlan
{
    private readonly LogicalJoin join;
    private readonly List<ProbeBound> bounds = [];

    public PhysicalJoin(PhysicalPlan left, PhysicalPlan right, LogicalJoin join)
        : base(join.Columns, left, right)
    {
        this.join = join;
        foreach (var key in join.BoundsScans ? join.Keys : [])
        {
            var bound = new ProbeBound(key.Left, key.NullsEqual && key.Right.Nullable);
            if (ProbeBound.ColumnOf(key.Left) is { } column && left.Attach(column, bound))
            {
                bounds.Add(bound);
            }
        }
    }

    public override string Name => join.Keys.Count > 0 ? "HashJoin" : "NestedLoopJoin";

    public override IReadOnlyList<string> Details => [join.Kind.ToString()];

    public override bool Attach(PlanColumn column, ProbeBound bound)
    {
        var (left, right) = (Inputs[0], Inputs[1]);
        return left.Columns.Contains(column)
            ? join.Kind.MayFilterLeft() && left.Attach(column, bound)
            : right.Columns.Contains(column) && join.Kind.MayFilterRight() && right.Attach(column, bound);
    }

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var spec = new JoinSpec(join, execution.Context, Name, Statistics, key => bounds.Exists(bound => ReferenceEquals(bound.Key, key.Left)));
        var state = execution.Own(new JoinState(spec));
        var build = await Inputs[1].OpenAsync(execution).ConfigureAwait(false);
        await execution.RunAsync(build, _ => new JoinBuildStage(state, Statistics)).ConfigureAwait(false);
        await JoinPreparation.RunAsync(state, execution).ConfigureAwait(false);
        foreach (var bound in bounds)
        {
            bound.Values = state.KeyValues[spec.Keys.ToList().FindIndex(key => ReferenceEquals(bound.Key, key.Left))];
        }
        var pipeline = state.KeyValues.IsEmpty && join.Kind.NeedsMatch()
            // No left row can have a match: none is read.
            ? new Pipeline(new BatchSource([], execution.Context.Options.BatchSize, isOrdered: true), Inputs[0].Statistics)
            : await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
        if (state.IsSpilled)
        {
            await execution.RunAsync(pipeline, _ => new JoinSpillStage(state)).ConfigureAwait(false);
            return new Pipeline(new JoinSpillSource(state, state.TakePieces()), new OperatorStatistics());
        }
        pipeline.Add(_ => new JoinProbeStage(state.Table, spec));
        return pipeline;
    }
}
