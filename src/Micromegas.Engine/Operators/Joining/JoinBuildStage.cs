using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>Keeps the rows of a join's build side.</summary>
internal sealed unsafe class JoinBuildStage : Operator
{
    private readonly JoinTable table;
    private readonly CompiledExpression[] computed;
    private readonly RowWriter writer;
    private readonly Vector[] columns;
    private readonly MemoryReservation reservation;

    /// <param name="table">What is built.</param>
    /// <param name="spec">The join.</param>
    /// <param name="statistics">Counts of the build; the join's own rows are those of the probe.</param>
    public JoinBuildStage(JoinTable table, JoinSpec spec, OperatorStatistics statistics)
        : base(statistics)
    {
        this.table = table;
        computed = CompiledExpression.Compile(table.ComputedKeys, spec.RightColumns, spec.Context);
        writer = table.Rows.CreateWriter();
        columns = new Vector[table.Rows.Types.Count];
        reservation = table.Reserve();
    }

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        batch.Columns.CopyTo(columns, 0);
        for (var i = 0; i < computed.Length; i++)
        {
            columns[^(computed.Length - i)] = computed[i].Evaluate(batch, batch.Selection);
        }
        writer.Write(columns, batch.Selection is { } selection ? selection.Rows : null, batch.SelectedCount, null);
        reservation.Grow(Math.Max(0, writer.Bytes - reservation.Bytes));
        return Flow.Continue;
    }

    public override void Dispose()
    {
        base.Dispose();
        writer.Dispose();
        foreach (var expression in computed)
        {
            expression.Dispose();
        }
    }
}
