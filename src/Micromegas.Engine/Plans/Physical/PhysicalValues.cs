using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Plans.Physical;

internal sealed class PhysicalValues(LogicalValues values) : PhysicalPlan(values.Columns)
{
    public override string Name => "Values";

    public override async ValueTask<Pipeline> OpenAsync(QueryExecution execution)
    {
        Batch? rows = null;
        await execution.ComputeAsync(() => rows = Evaluate(execution)).ConfigureAwait(false);
        foreach (var column in rows!.Columns)
        {
            execution.Own(column);
        }
        return new Pipeline(new BatchSource([rows], execution.Context.Options.BatchSize, isOrdered: true), Statistics);
    }

    private Batch Evaluate(QueryExecution execution)
    {
        var oneRow = new Batch(Schema.Empty, []) { RowCount = 1 };
        VectorBuilder[] builders = [.. Schema.Fields.Select(static field => VectorBuilder.Create(field.Type))];
        try
        {
            foreach (var row in values.Rows)
            {
                execution.CancellationToken.ThrowIfCancellationRequested();
                for (var i = 0; i < builders.Length; i++)
                {
                    if (row[i] is BoundLiteral literal)
                    {
                        builders[i].AppendValue(literal.Value.Value);
                        continue;
                    }
                    using var expression = ExpressionCompiler.Compile(row[i], [], execution.Context);
                    builders[i].Append(expression.Evaluate(oneRow, null), 0);
                }
            }
            return new Batch(Schema, Array.ConvertAll(builders, static builder => builder.Build())) { RowCount = values.Rows.Count };
        }
        finally
        {
            foreach (var builder in builders)
            {
                builder.Dispose();
            }
        }
    }
}
