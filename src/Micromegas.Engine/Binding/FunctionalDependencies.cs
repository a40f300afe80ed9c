using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Binding;

/// <summary>
/// Which columns of a plan have one value wherever some others have one value each: those of a table beside its primary key, of a grouping beside its keys.
/// </summary>
internal static class FunctionalDependencies
{
    /// <summary>The columns that <paramref name="known"/> determine, themselves included.</summary>
    public static HashSet<PlanColumn> Of(LogicalPlan plan, HashSet<PlanColumn> known)
    {
        switch (plan)
        {
            case LogicalScan scan:
                return scan.Table.UniqueKeys.Any(key => key.All(ordinal => known.Contains(scan.TableColumns[ordinal]))) ? [.. known, .. scan.TableColumns] : known;
            case LogicalAggregate { GroupingSets: null } aggregate:
                return aggregate.Keys.All(key => known.Contains(key.Column)) ? [.. known, .. aggregate.Columns] : known;
            case LogicalProject project:
            {
                var copies = project.Assignments.Where(static assignment => assignment.Expression is BoundColumn).ToList();
                var below = Of(project.Input, [.. copies.Where(copy => known.Contains(copy.Column)).Select(static copy => ((BoundColumn)copy.Expression).Column)]);
                return [.. known, .. copies.Where(copy => below.Contains(((BoundColumn)copy.Expression).Column)).Select(static copy => copy.Column)];
            }
            case LogicalFilter or LogicalSort or LogicalLimit or LogicalJoin or LogicalApply or LogicalWindow or LogicalUnnest:
            {
                // A side of an outer join that is missing is NULL as a whole: a key of it, which is never NULL elsewhere, tells that too.
                HashSet<PlanColumn> determined = [.. known];
                foreach (var input in plan.Inputs)
                {
                    determined.UnionWith(Of(input, known));
                }
                return determined;
            }
            default:
                return known;
        }
    }
}
