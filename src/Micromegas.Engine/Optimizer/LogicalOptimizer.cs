using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>Runs the rules in their order.</summary>
internal static class LogicalOptimizer
{
    private static readonly ILogicalRule[] Rules =
    [
        new SemiJoinRule(),
        new PredicatePushdown(),
        new JoinOrder(),
        new JoinBuildSide(),
        new DistinctByGrouping(),
        new ProjectionMerging(),
        new CommonSubexpressions(),
        new SortElision(),
        new TopN(),
        new TopNPushdown(),
        new LimitPushdown(),
        new ProjectionPruning(),
        new MetadataAggregates(),
        new JoinBounds(),
    ];

    /// <summary>Names of the rules that can be switched off.</summary>
    public static IEnumerable<string> RuleNames => Rules.Select(static rule => rule.Name);

    public static LogicalPlan Optimize(LogicalPlan plan, QueryContext context)
    {
        // Correlated subqueries have no other way to run, so this one is no option.
        plan = Decorrelation.Apply(OuterFilters.Apply(plan));
        foreach (var rule in Rules)
        {
            if (!context.Options.DisabledRules.Contains(rule.Name))
            {
                plan = rule.Apply(plan, context);
            }
        }

        // Calls that wait must not hold a worker, whatever else is switched off.
        return AsyncCalls.Extract(plan);
    }
}
