using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Smallest or largest list, struct or map of each group.</summary>
internal sealed unsafe class NestedExtremeAccumulator(DataType type, bool isMax) : Accumulator
{
    private readonly ValueCells cells = new(type);

    public override IReadOnlyList<DataType> StateTypes { get; } = [type];

    public override long MemoryBytes => cells.Bytes;

    public override void Resize(int groupCount) => cells.Resize(groupCount);

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount) =>
        Add(arguments[0], groups, selection, rowCount);

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount) =>
        Add(arguments[0], null, selection, rowCount);

    public override Vector[] ExportState(int start, int count) => [cells.Export(start, count)];

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount) => Add(state[0], groups, null, rowCount);

    public override Vector Finish(int start, int count) => cells.Export(start, count);

    public override void Dispose()
    {
        base.Dispose();
        cells.Dispose();
    }

    private void Add(Vector vector, int* groups, Selection? selection, int rowCount)
    {
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            if (vector.IsNull(row))
            {
                continue;
            }
            var group = groups == null ? 0 : groups[row];
            if (cells[group] is { } held)
            {
                var order = ValueOrder.Compare(vector, row, held, 0);
                if (isMax ? order <= 0 : order >= 0)
                {
                    continue;
                }
            }
            cells.Set(group, vector, row);
        }
    }
}
