using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>
/// Where all aggregates are DISTINCT over the same arguments, groups by keys and arguments first and aggregates those groups: grouping knows dictionaries and
/// runs, splits its work over the workers and spills.
/// </summary>
internal sealed class DistinctByGrouping : ILogicalRule
{
    public string Name => "distinct-by-grouping";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context) => plan.RewriteUp(Rewrite);

    private static LogicalPlan Rewrite(LogicalPlan node)
    {
        if (node is not LogicalAggregate { GroupingSets: null, GroupingId: null, Aggregates: [var first, ..] } aggregate
            || first.Arguments.Count == 0
            || !aggregate.Aggregates.All(call => IsPlainDistinct(call) && SameArguments(call, first)))
        {
            return node;
        }
        Assignment[] keys = [.. aggregate.Keys.Select(static key => new Assignment(Copy(key.Column), key.Expression))];
        Assignment[] arguments = [.. first.Arguments.Select(static argument => new Assignment(new PlanColumn("argument", argument.Type, argument.Nullable), argument))];
        BoundExpression[] values = [.. arguments.Select(static argument => new BoundColumn(argument.Column))];
        return new LogicalAggregate(
            new LogicalAggregate(aggregate.Input, [.. keys, .. arguments], []),
            [.. aggregate.Keys.Zip(keys, static (outer, inner) => new Assignment(outer.Column, new BoundColumn(inner.Column)))],
            [.. aggregate.Aggregates.Select(call => call with { Arguments = values, Distinct = false })]);
    }

    private static bool IsPlainDistinct(AggregateCall call) =>
        call is { Distinct: true, Filter: null, OrderBy.Count: 0 } && !call.Function.IgnoresDuplicates;

    private static bool SameArguments(AggregateCall left, AggregateCall right) =>
        left.Arguments.Count == right.Arguments.Count && left.Arguments.Zip(right.Arguments).All(static pair => pair.First.SameAs(pair.Second));

    private static PlanColumn Copy(PlanColumn column) => new(column.Name, column.Type, column.Nullable, column.Relation);
}
