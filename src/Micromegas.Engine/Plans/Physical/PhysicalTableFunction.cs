using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Operators.Lateral;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

/// <summary>Gathers the input's rows, then scans the table of each, one after the other.</summary>
internal sealed class PhysicalTableFunction(PhysicalPlan input, LogicalTableFunction call) : PhysicalPlan(call.Columns, input)
{
    public override string Name => "TableFunction";

    public override IReadOnlyList<string> Details => [call.Function.Name];

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        var rows = execution.Own(new CallRows(Inputs[0].Schema, call.Arguments, Inputs[0].Columns, execution.Context, Name));
        var pipeline = await Inputs[0].OpenAsync(execution).ConfigureAwait(false);
        await execution.RunAsync(pipeline, _ => new CallRowsStage(rows, new OperatorStatistics())).ConfigureAwait(false);

        // The scans answer predicates as well as they can, each in its own way; what they leave is filtered here.
        var used = new HashSet<PlanColumn>();
        foreach (var predicate in call.Predicates)
        {
            predicate.CollectColumns(used);
        }
        int[] delivered = [.. call.Projection, .. Enumerable.Range(0, call.TableColumns.Count)
            .Where(ordinal => used.Contains(call.TableColumns[ordinal]) && !call.Projection.Contains(ordinal))];
        PlanColumn[] columns = [.. Inputs[0].Columns, .. delivered.Select(ordinal => call.TableColumns[ordinal])];
        var schema = new Schema(columns.Select(static column => column.ToField()).ToArray());
        var context = execution.Context;
        var calls = new Pipeline(new MorselSource(new CallScan(rows, call, delivered, schema)), Statistics);
        if (context.Options.FlattenDictionaries)
        {
            calls.Add(_ => new FlattenStage(schema, Statistics));
        }
        if (BoundExpressions.And(call.Predicates) is { } condition)
        {
            calls.Add(_ => new FilterStage(ExpressionCompiler.Compile(condition, columns, context), schema, Statistics));
        }
        if (delivered.Length > call.Projection.Count)
        {
            calls.Add(_ => new ProjectStage(
                CompiledExpression.Compile(Columns.Select(static column => new BoundColumn(column)), columns, context), Schema, Statistics));
        }
        return calls;
    }
}
