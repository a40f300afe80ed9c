using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Chooses an operator for each node of a logical plan.</summary>
internal static class PhysicalPlanner
{
    public static PhysicalPlan Plan(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => new PhysicalScan(scan),
        LogicalValues values => new PhysicalValues(values),
        LogicalFilter filter => new PhysicalFilter(Plan(filter.Input), filter.Predicate),
        LogicalProject project => new PhysicalProject(Plan(project.Input), project.Assignments),
        LogicalAggregate { ScannedColumns: { } columns } aggregate => new PhysicalMetadataAggregate(new PhysicalAggregate(Plan(aggregate.Input), aggregate), aggregate, columns),
        LogicalAggregate aggregate => new PhysicalAggregate(Plan(aggregate.Input), aggregate),
        LogicalJoin join => new PhysicalJoin(Plan(join.Left), Plan(join.Right), join),
        LogicalSort sort => new PhysicalSort(Plan(sort.Input), sort.Keys, sort.Limit, sort.Offset),
        LogicalLimit limit => new PhysicalLimit(Plan(limit.Input), limit.Offset, limit.Count),
        LogicalUnionAll union => new PhysicalUnionAll([.. union.Branches.Select(Plan)], union.Output),
        LogicalSetOperation operation => new PhysicalSetOperation(Plan(operation.Left), Plan(operation.Right), operation),
        LogicalWindow window => new PhysicalWindow(Plan(window.Input), window),
        LogicalDistinctOn distinct => new PhysicalDistinctOn(Plan(distinct.Input), distinct),
        LogicalRecursive recursive => new PhysicalRecursive(Plan(recursive.Anchor), Plan(recursive.Step), recursive),
        LogicalRecursiveReference reference => new PhysicalRecursiveReference(reference),
        LogicalUnnest unnest => new PhysicalUnnest(Plan(unnest.Input), unnest),
        LogicalTableFunction call => new PhysicalTableFunction(Plan(call.Input), call),
        LogicalAsyncCalls calls => new PhysicalAsyncCalls(Plan(calls.Input), calls),
        _ => throw new EngineException(SqlState.FeatureNotSupported, $"{plan.GetType().Name} cannot be executed."),
    };
}
