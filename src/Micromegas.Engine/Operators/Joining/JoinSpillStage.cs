using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>Splits the rows of the left side by their keys, into a temporary file: the build side did not fit into memory.</summary>
internal sealed unsafe class JoinSpillStage : Operator
{
    private readonly JoinPartitions partitions;
    private readonly CompiledExpression[] keys;
    private readonly Vector[] keyValues;

    public JoinSpillStage(JoinState state)
        : base(new OperatorStatistics())
    {
        partitions = state.CreatePartitions(isLeft: true);
        keys = CompiledExpression.Compile(state.Spec.Keys.Select(static key => key.Left), state.Spec.LeftColumns, state.Spec.Context);
        keyValues = new Vector[keys.Length];
    }

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            keyValues[i] = keys[i].Evaluate(batch, batch.Selection);
        }
        partitions.Add(batch.Columns, keyValues, batch.Selection is { } selection ? selection.Rows : null, batch.SelectedCount);
        return Flow.Continue;
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var key in keys)
        {
            key.Dispose();
        }
    }
}
