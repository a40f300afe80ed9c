using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators.SetOperations;

/// <summary>Adds a column that says from which side of a set operation a row comes.</summary>
internal sealed class SideStage : Operator
{
    private readonly ConstantVector side;
    private readonly Batch output;

    public SideStage(bool isLeft, Schema schema, OperatorStatistics statistics)
        : base(statistics)
    {
        var value = new BitVector();
        value.Prepare(1);
        unsafe
        {
            Bitmap.Assign(value.Words, 0, isLeft);
        }
        side = new ConstantVector(value, 0);
        output = new Batch(schema, new Vector[schema.Count]);
    }

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        batch.Columns.CopyTo(output.Columns, 0);
        side.SetLength(batch.RowCount);
        output.Columns[^1] = side;
        output.RowCount = batch.RowCount;
        output.Selection = batch.Selection;
        return Emit(output, worker);
    }

    public override void Dispose()
    {
        base.Dispose();
        side.Dispose();
    }
}
