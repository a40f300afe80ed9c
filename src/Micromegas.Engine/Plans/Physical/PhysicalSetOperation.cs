using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Aggregation;
using Micromegas.Engine.Operators.SetOperations;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>
/// INTERSECT and EXCEPT: groups the rows of both sides by all columns (so NULLs are equal), counts each side, and gives out what the counts say.
/// </summary>
internal sealed class PhysicalSetOperation(PhysicalPlan left, PhysicalPlan right, LogicalSetOperation operation)
    : PhysicalPlan(operation.Columns, left, right)
{
    public override string Name => operation.IsIntersect ? "Intersect" : "Except";

    public override IReadOnlyList<string> Details => operation.All ? ["all"] : [];

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var side = new PlanColumn("side", DataType.Boolean, false);
        PlanColumn[] counted = [.. Columns, side];
        var schema = new Schema(counted.Select(static column => column.ToField()).ToArray());
        var pipelines = new List<Pipeline>();
        for (var i = 0; i < Inputs.Count; i++)
        {
            var isLeft = i == 0;
            var input = await Inputs[i].OpenAsync(execution).ConfigureAwait(false);
            input.Add(_ => new SideStage(isLeft, schema, new OperatorStatistics()));
            pipelines.Add(input);
        }
        var isLeftRow = new BoundColumn(side);
        var aggregate = new LogicalAggregate(
            operation,
            [.. Columns.Select(static column => new Assignment(column, new BoundColumn(column)))],
            [Count("left", isLeftRow), Count("right", new BoundNot(isLeftRow))]);
        var state = execution.Own(new AggregateState(new AggregateSpec(aggregate, counted, execution.Context, Statistics), Name));
        await execution.RunAsync(new Pipeline(pipelines), worker => new AggregateStage(state, worker)).ConfigureAwait(false);
        var pipeline = new Pipeline(await AggregateSource.OpenAsync(state, execution).ConfigureAwait(false), new OperatorStatistics());
        pipeline.Add(_ => new SetOperationStage(operation.IsIntersect, operation.All, Schema, execution.Context, Statistics));
        return pipeline;
    }

    private static AggregateCall Count(string name, BoundExpression filter)
    {
        var count = FunctionRegistry.BuiltIn.FindAggregate("count")!;
        var arguments = new FunctionArguments([], [], []);
        return new AggregateCall(new PlanColumn(name, DataType.Int64, false), count, count.Resolve(arguments), arguments, [], false, filter, []);
    }
}
