using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators;

/// <summary>Computes the output columns of each row.</summary>
internal sealed class ProjectStage(CompiledExpression[] expressions, Schema schema, OperatorStatistics statistics) : Operator(statistics)
{
    private readonly Batch output = new(schema, new Vector[schema.Count]);

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        for (var i = 0; i < expressions.Length; i++)
        {
            output.Columns[i] = expressions[i].Evaluate(batch, batch.Selection);
        }
        output.RowCount = batch.RowCount;
        output.Selection = batch.Selection;
        return Emit(output, worker);
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var expression in expressions)
        {
            expression.Dispose();
        }
    }
}
