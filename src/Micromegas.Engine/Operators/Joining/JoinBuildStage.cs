using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>Keeps the rows of a join's build side: in memory, or in a temporary file once memory was refused.</summary>
internal sealed unsafe class JoinBuildStage : Operator
{
    private readonly JoinState state;
    private readonly CompiledExpression[] computed;
    private readonly RowWriter writer;
    private readonly Vector[] columns;
    private readonly Vector[] keys;
    private readonly MemoryReservation reservation;
    private readonly Selection present = new();
    private readonly bool accountsForShared;
    private JoinPartitions? partitions;

    /// <param name="state">The join.</param>
    /// <param name="statistics">Counts of the build; the join's own rows are those of the probe.</param>
    public JoinBuildStage(JoinState state, OperatorStatistics statistics)
        : base(statistics)
    {
        this.state = state;
        computed = CompiledExpression.Compile(state.Layout.ComputedKeys, state.Spec.RightColumns, state.Spec.Context);
        writer = state.Table.Rows.CreateWriter();
        columns = new Vector[state.Layout.Types.Count];
        keys = new Vector[state.Layout.KeyCount];
        reservation = state.Reserve();
        accountsForShared = state.TakeShared();
    }

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        batch.Columns.CopyTo(columns, 0);
        for (var i = 0; i < computed.Length; i++)
        {
            columns[^(computed.Length - i)] = computed[i].Evaluate(batch, batch.Selection);
        }
        if (state.IsSpilled)
        {
            if (partitions is null)
            {
                Spill(worker);
            }
            state.Layout.TakeKeys(columns, keys);
            state.AddRight(partitions!, columns, keys, batch.Selection, batch.RowCount, present);
            return Flow.Continue;
        }
        writer.Write(columns, batch.Selection is { } selection ? selection.Rows : null, batch.SelectedCount, null);
        if (!reservation.TryResize(writer.Bytes + (accountsForShared ? state.Table.Rows.SharedBytes : 0)))
        {
            Spill(worker);
        }
        return Flow.Continue;
    }

    public override void Dispose()
    {
        base.Dispose();
        writer.Dispose();
        present.Dispose();
        foreach (var expression in computed)
        {
            expression.Dispose();
        }
    }

    private void Spill(WorkerContext worker)
    {
        partitions = state.CreatePartitions(isLeft: false);
        // What the rows held is needed to write them: it is given back first.
        reservation.Shrink(reservation.Bytes);
        writer.Close();
        state.Spill(writer.Chunks, partitions, worker.CancellationToken);
        writer.Forget();
    }
}
