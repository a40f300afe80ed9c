using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Aggregation;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Groups by hashing: every worker its own groups, merged at the end.</summary>
internal sealed class PhysicalAggregate(PhysicalPlan input, LogicalAggregate aggregate) : PhysicalPlan(aggregate.Columns, input)
{
    /// <summary>The columns whose values somebody above looks at, of others at most whether they are null; null = all.</summary>
    private HashSet<PlanColumn>? wanted;

    public override string Name => "HashAggregate";

    public override IReadOnlyList<string> Details =>
        [
            .. aggregate.Keys.Count == 0 ? Array.Empty<string>() : [$"keys {string.Join(", ", aggregate.Keys.Select(static key => key.Column.Name))}"],
            .. aggregate.Aggregates.Count == 0 ? Array.Empty<string>() : [string.Join(", ", aggregate.Aggregates.Select(static call => call.Function.Name))],
        ];

    /// <summary>Groups whose key is of no use need not be made.</summary>
    public override bool Attach(PlanColumn column, ProbeBound bound) =>
        aggregate.GroupingSets is null
        && aggregate.Keys.FirstOrDefault(key => ReferenceEquals(key.Column, column)).Expression is BoundColumn key && Inputs[0].Attach(key.Column, bound);

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        Announce();
        SpareValues();
        var pipeline = await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
        var spec = new AggregateSpec(aggregate, Inputs[0].Columns, execution.Context, Statistics) { Wanted = wanted };
        var state = execution.Own(new AggregateState(spec, Name));
        await execution.RunAsync(pipeline, worker => new AggregateStage(state, worker)).ConfigureAwait(false);
        return new Pipeline(await AggregateSource.OpenAsync(state, execution).ConfigureAwait(false), Statistics);
    }

    /// <summary>Tells a scan below what is done with its rows, before it is planned.</summary>
    public void Announce()
    {
        if (aggregate is { Aggregates.Count: 0, Keys.Count: > 0 } && aggregate.Keys.All(static key => key.Expression is BoundColumn))
        {
            var below = Inputs[0];
            while (below is PhysicalProject { IsRenaming: true })
            {
                below = below.Inputs[0];
            }
            if (below is PhysicalScan scan)
            {
                scan.Distinct = true;
            }
        }
        if (Inputs[0] is PhysicalScan counted)
        {
            counted.Counted = aggregate.Aggregates.All(IsCountable) && !aggregate.Expressions().Any(static expression => expression.IsVolatile());
        }
    }

    /// <summary>Tells an aggregation right below whose keys need not be put together: those that this one does not use, or only counts.</summary>
    private void SpareValues()
    {
        var used = new HashSet<PlanColumn>();
        foreach (var key in aggregate.Keys)
        {
            key.Expression.CollectColumns(used);
        }
        foreach (var call in aggregate.Aggregates)
        {
            var isCount = call is { Function: CountFunction, Distinct: false } && call.Arguments.All(static argument => argument is BoundColumn);
            foreach (var expression in (isCount ? [] : call.Arguments).Concat(call.OrderBy.Select(static key => key.Expression)).Concat(call.Filter is null ? [] : [call.Filter]))
            {
                expression.CollectColumns(used);
            }
        }
        var below = Inputs[0];
        while (below is PhysicalProject { IsRenaming: true } project)
        {
            used = [.. used.Select(project.SourceOf).OfType<PlanColumn>()];
            below = project.Inputs[0];
        }
        if (below is PhysicalAggregate inner)
        {
            inner.wanted = used;
        }
    }

    /// <summary>Whether a call can do with different rows and how often each occurs.</summary>
    private static bool IsCountable(AggregateCall call) => !AggregateSpec.IsDeferred(call) && (call.Function is CountFunction || call.Function.IgnoresDuplicates);
}
