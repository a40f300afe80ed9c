using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Optimizer;

/// <summary>Drops columns, aggregates and window calls that nobody reads, down to what scans deliver.</summary>
internal sealed class ProjectionPruning : ILogicalRule
{
    public string Name => "projection-pruning";

    public LogicalPlan Apply(LogicalPlan plan, QueryContext context) => WithColumns(Prune(plan, [.. plan.Columns]), plan.Columns);

    private static LogicalPlan Prune(LogicalPlan plan, HashSet<PlanColumn> required)
    {
        switch (plan)
        {
            case LogicalScan scan:
                return scan with { Projection = [.. scan.Projection.Where(ordinal => required.Contains(scan.TableColumns[ordinal]))] };
            case LogicalProject project:
            {
                Assignment[] kept = [.. project.Assignments.Where(assignment => required.Contains(assignment.Column))];
                var input = Prune(project.Input, Needs(kept.Select(static assignment => assignment.Expression)));
                return IsIdentity(kept, input) ? input : new LogicalProject(input, kept);
            }
            case LogicalAggregate aggregate:
            {
                AggregateCall[] kept = [.. aggregate.Aggregates.Where(call => required.Contains(call.Column))];
                var slim = new LogicalAggregate(aggregate.Input, aggregate.Keys, kept, aggregate.GroupingSets, aggregate.GroupingId);
                return slim.WithInputs([Prune(aggregate.Input, Needs(slim.Expressions()))]);
            }
            case LogicalWindow window:
            {
                WindowCall[] kept = [.. window.Calls.Where(call => required.Contains(call.Column))];
                if (kept.Length == 0)
                {
                    return Prune(window.Input, required);
                }
                var slim = new LogicalWindow(window.Input, window.PartitionBy, window.OrderBy, kept);
                return slim.WithInputs([Prune(window.Input, [.. required, .. Needs(slim.Expressions())])]);
            }
            case LogicalUnionAll union:
            {
                int[] positions = [.. Enumerable.Range(0, union.Output.Count).Where(i => required.Contains(union.Output[i]))];
                LogicalPlan[] branches = [.. union.Branches.Select(branch =>
                {
                    PlanColumn[] wanted = [.. positions.Select(i => branch.Columns[i])];
                    return WithColumns(Prune(branch, [.. wanted]), wanted);
                })];
                return new LogicalUnionAll(branches, [.. positions.Select(i => union.Output[i])]);
            }
            case LogicalTableFunction call:
                return call with
                {
                    Input = Prune(call.Input, [.. required, .. Needs(call.Arguments)]),
                    Projection = [.. call.Projection.Where(ordinal => required.Contains(call.TableColumns[ordinal]))],
                };
            case LogicalSetOperation or LogicalRecursive:
                return plan.MapInputs(static input => WithColumns(Prune(input, [.. input.Columns]), input.Columns));
            case LogicalDistinctOn or LogicalFilter or LogicalSort or LogicalLimit or LogicalJoin or LogicalUnnest:
            {
                HashSet<PlanColumn> needed = [.. required, .. Needs(plan.Expressions())];
                return plan.MapInputs(input => Prune(input, needed));
            }
            default:
                return plan.MapInputs(static input => Prune(input, [.. input.Columns]));
        }
    }

    private static HashSet<PlanColumn> Needs(IEnumerable<BoundExpression> expressions)
    {
        var columns = new HashSet<PlanColumn>();
        foreach (var expression in expressions)
        {
            expression.CollectColumns(columns);
        }
        return columns;
    }

    private static bool IsIdentity(Assignment[] assignments, LogicalPlan input) =>
        assignments.Length == input.Columns.Count
        && assignments.Zip(input.Columns).All(static pair => pair.First.Expression is BoundColumn column && column.Column == pair.Second && pair.First.Column == pair.Second);

    /// <summary>The plan with exactly these columns in this order.</summary>
    private static LogicalPlan WithColumns(LogicalPlan plan, IReadOnlyList<PlanColumn> columns) => plan.Columns.SequenceEqual(columns)
        ? plan
        : new LogicalProject(plan, [.. columns.Select(static column => new Assignment(column, new BoundColumn(column)))]);
}
