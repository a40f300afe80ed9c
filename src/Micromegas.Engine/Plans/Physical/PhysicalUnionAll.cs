using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Runs its inputs side by side into one sink.</summary>
internal sealed class PhysicalUnionAll(IReadOnlyList<PhysicalPlan> branches, IReadOnlyList<PlanColumn> output) : PhysicalPlan(output, branches)
{
    public override string Name => "UnionAll";

    public override bool Attach(PlanColumn column, ProbeBound bound)
    {
        var at = Columns.ToList().IndexOf(column);
        var isHeard = false;
        foreach (var branch in at < 0 ? [] : Inputs)
        {
            isHeard |= branch.Attach(branch.Columns[at], bound);
        }
        return isHeard;
    }

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var pipelines = new List<Pipeline>(Inputs.Count);
        foreach (var input in Inputs)
        {
            pipelines.Add(await input.OpenAsync(execution).ConfigureAwait(false));
        }
        return new Pipeline(pipelines);
    }
}
