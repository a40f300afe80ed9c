using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Plans.Logical;

/// <summary>Walks and rewrites logical plans.</summary>
public static class LogicalPlans
{
    /// <summary>The expressions of a node itself.</summary>
    public static IEnumerable<BoundExpression> Expressions(this LogicalPlan plan) => plan switch
    {
        LogicalScan scan => scan.Predicates,
        LogicalValues values => values.Rows.SelectMany(static row => row),
        LogicalFilter filter => [filter.Predicate],
        LogicalProject project => project.Assignments.Select(static assignment => assignment.Expression),
        LogicalAggregate aggregate => aggregate.Keys.Select(static key => key.Expression).Concat(aggregate.Aggregates.SelectMany(AggregateExpressions)),
        LogicalSort sort => sort.Keys.Select(static key => key.Expression),
        LogicalDistinctOn distinct => distinct.Keys.Concat(distinct.OrderBy.Select(static key => key.Expression)),
        LogicalJoin join => join.Keys.SelectMany(static key => new[] { key.Left, key.Right }).Concat(join.Residual is null ? [] : [join.Residual]),
        LogicalApply apply => apply.Condition is null ? [] : [apply.Condition],
        LogicalWindow window => window.PartitionBy.Concat(window.OrderBy.Select(static key => key.Expression)).Concat(window.Calls.SelectMany(WindowExpressions)),
        LogicalUnnest unnest => unnest.Lists,
        LogicalTableFunction call => call.Arguments.Concat(call.Predicates),
        LogicalAsyncCalls async => async.Calls.Select(static call => call.Expression),
        _ => [],
    };

    private static IEnumerable<BoundExpression> AggregateExpressions(AggregateCall call) =>
        call.Arguments.Concat(call.OrderBy.Select(static key => key.Expression)).Concat(call.Filter is null ? [] : [call.Filter]);

    private static IEnumerable<BoundExpression> WindowExpressions(WindowCall call) => call.Arguments.Concat(call.Filter is null ? [] : [call.Filter]);

    /// <summary>The node over other inputs.</summary>
    public static LogicalPlan WithInputs(this LogicalPlan plan, IReadOnlyList<LogicalPlan> inputs) => plan switch
    {
        LogicalFilter filter => new LogicalFilter(inputs[0], filter.Predicate),
        LogicalProject project => new LogicalProject(inputs[0], project.Assignments),
        LogicalAggregate aggregate => new LogicalAggregate(inputs[0], aggregate.Keys, aggregate.Aggregates, aggregate.GroupingSets, aggregate.GroupingId),
        LogicalSort sort => new LogicalSort(inputs[0], sort.Keys, sort.Limit, sort.Offset),
        LogicalLimit limit => new LogicalLimit(inputs[0], limit.Offset, limit.Count),
        LogicalDistinctOn distinct => new LogicalDistinctOn(inputs[0], distinct.Keys, distinct.OrderBy),
        LogicalJoin join => join with { Left = inputs[0], Right = inputs[1] },
        LogicalApply apply => new LogicalApply(inputs[0], inputs[1], apply.Kind, apply.Condition, apply.Mark),
        LogicalUnionAll union => new LogicalUnionAll(inputs, union.Output),
        LogicalSetOperation operation => new LogicalSetOperation(inputs[0], inputs[1], operation.IsIntersect, operation.All),
        LogicalWindow window => new LogicalWindow(inputs[0], window.PartitionBy, window.OrderBy, window.Calls),
        LogicalUnnest unnest => new LogicalUnnest(inputs[0], unnest.Lists, unnest.Items, unnest.Ordinality, unnest.Outer),
        LogicalTableFunction call => call with { Input = inputs[0] },
        LogicalAsyncCalls async => async with { Input = inputs[0] },
        LogicalRecursive recursive => new LogicalRecursive(inputs[0], inputs[1], recursive.Working, recursive.Distinct, recursive.Output),
        _ => plan,
    };

    /// <summary>Rewrites the inputs; the same object when nothing changed.</summary>
    public static LogicalPlan MapInputs(this LogicalPlan plan, Func<LogicalPlan, LogicalPlan> map)
    {
        var inputs = plan.Inputs;
        LogicalPlan[]? mapped = null;
        for (var i = 0; i < inputs.Count; i++)
        {
            var input = map(inputs[i]);
            if (!ReferenceEquals(input, inputs[i]))
            {
                mapped ??= [.. inputs];
                mapped[i] = input;
            }
        }
        return mapped is null ? plan : plan.WithInputs(mapped);
    }

    /// <summary>Rewrites from the leaves up.</summary>
    public static LogicalPlan RewriteUp(this LogicalPlan plan, Func<LogicalPlan, LogicalPlan> rewrite) =>
        rewrite(plan.MapInputs(input => input.RewriteUp(rewrite)));

    /// <summary>The node with every expression of its own mapped.</summary>
    public static LogicalPlan MapExpressions(this LogicalPlan plan, Func<BoundExpression, BoundExpression> map)
    {
        return plan switch
        {
            LogicalFilter filter => new LogicalFilter(filter.Input, map(filter.Predicate)),
            LogicalProject project => new LogicalProject(project.Input, Assignments(project.Assignments)),
            LogicalAggregate aggregate => new LogicalAggregate(
                aggregate.Input, Assignments(aggregate.Keys), [.. aggregate.Aggregates.Select(Aggregate)], aggregate.GroupingSets, aggregate.GroupingId),
            LogicalSort sort => new LogicalSort(sort.Input, Keys(sort.Keys), sort.Limit, sort.Offset),
            LogicalDistinctOn distinct => new LogicalDistinctOn(distinct.Input, [.. distinct.Keys.Select(map)], Keys(distinct.OrderBy)),
            LogicalJoin join => join with
            {
                Keys = [.. join.Keys.Select(key => new JoinKey(map(key.Left), map(key.Right), key.NullsEqual))],
                Residual = join.Residual is null ? null : map(join.Residual),
            },
            LogicalApply apply => new LogicalApply(apply.Left, apply.Right, apply.Kind, apply.Condition is null ? null : map(apply.Condition), apply.Mark),
            LogicalWindow window => new LogicalWindow(
                window.Input, [.. window.PartitionBy.Select(map)], Keys(window.OrderBy),
                [.. window.Calls.Select(call => call with { Arguments = [.. call.Arguments.Select(map)], Filter = call.Filter is null ? null : map(call.Filter) })]),
            LogicalUnnest unnest => new LogicalUnnest(unnest.Input, [.. unnest.Lists.Select(map)], unnest.Items, unnest.Ordinality, unnest.Outer),
            LogicalTableFunction call => call with { Arguments = [.. call.Arguments.Select(map)], Predicates = [.. call.Predicates.Select(map)] },
            LogicalAsyncCalls async => async with { Calls = Assignments(async.Calls) },
            LogicalScan scan when scan.Predicates.Count > 0 => scan with { Predicates = [.. scan.Predicates.Select(map)] },
            LogicalValues values => new LogicalValues(values.Output, [.. values.Rows.Select(row => (IReadOnlyList<BoundExpression>)[.. row.Select(map)])]),
            _ => plan,
        };

        Assignment[] Assignments(IReadOnlyList<Assignment> assignments) =>
            [.. assignments.Select(assignment => new Assignment(assignment.Column, map(assignment.Expression)))];

        SortKey[] Keys(IReadOnlyList<SortKey> keys) => [.. keys.Select(key => key with { Expression = map(key.Expression) })];

        AggregateCall Aggregate(AggregateCall call) => call with
        {
            Arguments = [.. call.Arguments.Select(map)],
            Filter = call.Filter is null ? null : map(call.Filter),
            OrderBy = Keys(call.OrderBy),
        };
    }
}
