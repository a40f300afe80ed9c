using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Operators.Windows;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Sorts by partition and order, then computes window calls partition by partition.</summary>
internal sealed class PhysicalWindow(PhysicalPlan input, LogicalWindow window) : PhysicalPlan(window.Columns, input)
{
    public override string Name => "Window";

    public override IReadOnlyList<string> Details => [string.Join(", ", window.Calls.Select(static call => call.Name))];

    /// <summary>Rows of a partition see no others.</summary>
    public override bool Attach(PlanColumn column, ProbeBound bound) =>
        window.PartitionBy.Any(key => key is BoundColumn partition && ReferenceEquals(partition.Column, column)) && Inputs[0].Attach(column, bound);

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var spec = new WindowSpec(window, Inputs[0].Columns);
        var pipeline = await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
        if (spec.HasHidden)
        {
            var schema = new Schema(spec.Stored.Select(static column => column.ToField()).ToArray());
            pipeline.Add(_ => new ProjectStage(
                CompiledExpression.Compile(spec.Expressions, Inputs[0].Columns, execution.Context), schema, new OperatorStatistics()));
        }
        SortKey[] keys = [.. spec.PartitionKeys, .. spec.OrderKeys];
        var state = execution.Own(new SortState(spec.Stored, keys, null, 0, execution.Context, Name, Statistics));
        await execution.RunAsync(pipeline, worker => new SortStage(state, worker)).ConfigureAwait(false);
        await execution.ComputeAsync(() => state.Prepare(needsRoom: true, execution.CancellationToken)).ConfigureAwait(false);
        return new Pipeline(new WindowSource(state, spec, Schema), Statistics);
    }
}
