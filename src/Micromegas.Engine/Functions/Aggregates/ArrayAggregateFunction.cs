using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>array_agg</c>: the values of a group as a list, nulls included; null without rows.</summary>
internal sealed class ArrayAggregateFunction() : AggregateFunction("array_agg")
{
    public override string Usage => "([DISTINCT] x [ORDER BY …])";

    public override string Summary => "The values as a list.";

    public override bool IsOrderSensitive => true;

    public override bool SkipsNulls => false;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 1);
        return new FunctionSignature(arguments.Types, DataType.List(arguments.Types[0]));
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) =>
        new ListAccumulator(signature.ReturnType);
}

internal sealed unsafe class ListAccumulator(DataType listType) : Accumulator
{
    private readonly ListCells cells = new(listType.ItemField.Type);

    public override IReadOnlyList<DataType> StateTypes { get; } = [listType];

    public override long MemoryBytes => cells.Bytes;

    internal override long GrowthBytes(int rows) => cells.GrowthBytes(rows);

    public override void Resize(int groupCount) => cells.Resize(groupCount);

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            cells.Append(groups[row], arguments[0], row);
        }
    }

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount)
    {
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            cells.Append(0, arguments[0], row);
        }
    }

    public override Vector[] ExportState(int start, int count) => [Finish(start, count)];

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount) => cells.Import(state[0], groups, rowCount);

    public override Vector Finish(int start, int count) => cells.Export(start, count, listType);

    public override void Dispose()
    {
        base.Dispose();
        cells.Dispose();
    }
}
