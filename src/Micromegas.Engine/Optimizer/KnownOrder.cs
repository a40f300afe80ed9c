using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>In which order the rows of a plan come, as far as its nodes tell: sorts and windows deliver sorted rows, and one-row-at-a-time nodes keep that.</summary>
internal static class KnownOrder
{
    /// <summary>Whether the rows of a plan come in an order already.</summary>
    public static bool Satisfies(LogicalPlan plan, IReadOnlyList<SortKey> wanted)
    {
        if (HasOneRow(plan))
        {
            return true;
        }
        var known = Of(plan);
        return wanted.Count <= known.Count && wanted.Zip(known).All(static pair => IsSame(pair.First, pair.Second));
    }

    private static bool IsSame(SortKey wanted, SortKey known) =>
        wanted.Descending == known.Descending && (wanted.NullsFirst == known.NullsFirst || !known.Expression.Nullable) && wanted.Expression.SameAs(known.Expression);

    private static bool HasOneRow(LogicalPlan plan) => plan switch
    {
        LogicalAggregate { Keys.Count: 0, GroupingSets: null } or LogicalValues { Rows.Count: <= 1 } or LogicalLimit { Count: <= 1 } or LogicalSort { Limit: <= 1 } => true,
        LogicalFilter or LogicalProject or LogicalSort or LogicalWindow or LogicalLimit => HasOneRow(plan.Inputs[0]),
        _ => false,
    };

    /// <summary>The keys by which the rows are sorted, over the plan's columns.</summary>
    private static IReadOnlyList<SortKey> Of(LogicalPlan plan) => plan switch
    {
        LogicalSort sort => sort.Keys,
        // A window's partitions come in the order of their keys, the rows of each in its own.
        LogicalWindow window =>
        [
            .. window.PartitionBy.Where(static key => key is not BoundLiteral).Select(static key => new SortKey(key, false, false)),
            .. window.OrderBy.Where(static key => key.Expression is not BoundLiteral),
        ],
        LogicalFilter or LogicalLimit or LogicalUnnest => Of(plan.Inputs[0]),
        LogicalProject project => Through(project),
        _ => [],
    };

    private static List<SortKey> Through(LogicalProject project)
    {
        var result = new List<SortKey>();
        foreach (var key in Of(project.Input))
        {
            if (key.Expression.IsVolatile() || project.Assignments.FirstOrDefault(assignment => assignment.Expression.SameAs(key.Expression)) is not { Column: { } column })
            {
                break;
            }
            result.Add(key with { Expression = new BoundColumn(column) });
        }
        return result;
    }
}
