using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Operators;

/// <summary>Narrows the selection to the rows for which a predicate is true.</summary>
internal sealed class FilterStage(VectorExpression predicate, Schema schema, OperatorStatistics statistics) : Operator(statistics)
{
    private readonly Selection kept = new();
    private readonly Batch output = new(schema, new Vector[schema.Count]);

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        kept.Count = predicate.Filter(batch, batch.Selection, kept);
        if (kept.Count == 0)
        {
            return Flow.Continue;
        }
        batch.Columns.CopyTo(output.Columns, 0);
        output.RowCount = batch.RowCount;
        output.Selection = kept.Count == batch.RowCount ? null : kept;
        return Emit(output, worker);
    }

    public override void Dispose()
    {
        base.Dispose();
        predicate.Dispose();
        kept.Dispose();
    }
}
