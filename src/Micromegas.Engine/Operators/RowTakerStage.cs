using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators;

/// <summary>The values of the only row of a plan.</summary>
internal sealed class RowTaker(int columnCount)
{
    public object?[] Values { get; } = new object?[columnCount];
}

/// <summary>Takes the only row that comes.</summary>
internal sealed class RowTakerStage(RowTaker taker, OperatorStatistics statistics) : Operator(statistics)
{
    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        var row = batch.Selection is { } selection ? SelectedRow(selection) : 0;
        for (var i = 0; i < taker.Values.Length && batch.SelectedCount > 0; i++)
        {
            taker.Values[i] = batch.Columns[i].GetValue(row);
        }
        return Flow.Continue;
    }

    private static unsafe int SelectedRow(Selection selection) => selection.Count > 0 ? selection.Rows[0] : 0;
}
