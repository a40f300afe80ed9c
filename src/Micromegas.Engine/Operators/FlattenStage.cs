using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Operators;

/// <summary>Writes dictionaries out as plain vectors: tests prove with it that no answer depends on how a column is encoded.</summary>
internal sealed class FlattenStage : Operator
{
    private readonly VectorBuilder[] builders;
    private readonly Batch output;

    public FlattenStage(Schema schema, OperatorStatistics statistics)
        : base(statistics)
    {
        builders = [.. schema.Fields.Select(static field => VectorBuilder.Create(field.Type.ValueType))];
        output = new Batch(schema, new Vector[schema.Count]);
    }

    protected override Flow Process(Batch batch, WorkerContext worker)
    {
        FreeOutput();
        for (var i = 0; i < builders.Length; i++)
        {
            builders[i].AppendRange(batch.Columns[i], 0, batch.RowCount);
            output.Columns[i] = builders[i].Build();
            output.Columns[i].Relabel(output.Schema[i].Type);
        }
        output.RowCount = batch.RowCount;
        output.Selection = batch.Selection;
        return Emit(output, worker);
    }

    public override void Dispose()
    {
        base.Dispose();
        FreeOutput();
        foreach (var builder in builders)
        {
            builder.Dispose();
        }
    }

    private void FreeOutput()
    {
        foreach (var column in output.Columns)
        {
            column?.Dispose();
        }
    }
}
