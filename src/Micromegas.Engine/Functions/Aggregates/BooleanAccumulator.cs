using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

internal enum BooleanReduction
{
    And,
    Or,
}

/// <summary>Conjunction or disjunction of Booleans (also their minimum and maximum); null without values.</summary>
internal sealed unsafe class BooleanAccumulator(BooleanReduction reduction) : Accumulator
{
    private GroupArray<byte> values;
    private GroupArray<byte> isSet;

    public override IReadOnlyList<DataType> StateTypes { get; } = [DataType.Boolean];

    public override long MemoryBytes => values.Bytes + isSet.Bytes;

    public override void Resize(int groupCount)
    {
        values.Resize(groupCount, reduction == BooleanReduction.And ? (byte)1 : (byte)0);
        isSet.Resize(groupCount);
    }

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount)
    {
        var reader = new BitReader(arguments[0]);
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            if (!arguments[0].IsNull(row))
            {
                Add(groups[row], reader[row]);
            }
        }
    }

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount)
    {
        var reader = new BitReader(arguments[0]);
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            if (!arguments[0].IsNull(row))
            {
                Add(0, reader[row]);
            }
        }
    }

    public override Vector[] ExportState(int start, int count) => [Finish(start, count)];

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount) => Update(state, groups, null, rowCount);

    public override Vector Finish(int start, int count)
    {
        var vector = GroupVectors.Bits(values.Slice(start, count));
        GroupVectors.SetNulls(vector, isSet.Slice(start, count));
        return vector;
    }

    internal override bool IsFixedSize => true;

    public override void Dispose()
    {
        base.Dispose();
        values.Dispose();
        isSet.Dispose();
    }

    private void Add(int group, bool value)
    {
        isSet.Items[group] = 1;
        if (value == (reduction == BooleanReduction.Or))
        {
            values.Items[group] = value ? (byte)1 : (byte)0;
        }
    }
}
