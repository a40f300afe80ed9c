using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Plans;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators;

/// <summary>Keeps the first of the rows with equal keys; rows come sorted by them, to the only instance of the stage.</summary>
internal sealed unsafe class DistinctOnStage : Operator
{
    private readonly SortKeyEncoder encoder;
    private readonly Selection kept = new();
    private readonly Batch output;
    private byte[]? last;

    public DistinctOnStage(IReadOnlyList<SortKey> keys, IReadOnlyList<PlanColumn> input, Schema schema, QueryContext context, OperatorStatistics statistics)
        : base(statistics)
    {
        encoder = new SortKeyEncoder(keys, input, context);
        output = new Batch(schema, new Vector[schema.Count]);
    }

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        var keys = encoder.Encode(batch, batch.Selection);
        var count = batch.SelectedCount;
        var before = -1;
        kept.Count = 0;
        for (var i = 0; i < count; i++)
        {
            var row = batch.Selection is { } selection ? selection.Rows[i] : i;
            var isNew = before >= 0 ? !keys[row].SequenceEqual(keys[before]) : last is null || !keys[row].SequenceEqual(last);
            if (isNew)
            {
                kept.Rows[kept.Count++] = row;
            }
            before = row;
        }
        if (before >= 0)
        {
            last = keys[before].ToArray();
        }
        batch.Columns.CopyTo(output.Columns, 0);
        output.RowCount = batch.RowCount;
        output.Selection = kept;
        return Emit(output, worker);
    }

    public override void Dispose()
    {
        base.Dispose();
        encoder.Dispose();
        kept.Dispose();
    }
}
