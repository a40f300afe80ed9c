using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>
/// Smallest or largest text or binary of each group. For a dictionary column it compares ranks of codes, and looks at the bytes only when the
/// dictionary changes.
/// </summary>
internal sealed unsafe class BytesExtremeAccumulator(DataType type, bool isMax) : Accumulator
{
    private const int LargestRanked = 1 << 16;

    private readonly GroupItems<byte> best = new();
    private int groupCount;

    // The best code of each group in the dictionary seen last, or -1.
    private GroupArray<int> codes;
    private Vector? dictionary;
    private int[] ranks = [];

    public override IReadOnlyList<DataType> StateTypes { get; } = [type];

    public override long MemoryBytes => best.Bytes + codes.Bytes + (ranks.Length * 4L);

    public override void Resize(int count)
    {
        codes.Resize(count, -1);
        best.Resize(count);
        groupCount = Math.Max(groupCount, count);
    }

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount) =>
        Add(arguments[0], groups, selection, rowCount);

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount) =>
        Add(arguments[0], null, selection, rowCount);

    public override Vector[] ExportState(int start, int count) => [Finish(start, count)];

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount) => Add(state[0], groups, null, rowCount);

    public override Vector Finish(int start, int count)
    {
        using var builder = new BinaryVectorBuilder(type);
        for (var group = start; group < start + count; group++)
        {
            if (best.IsSet(group))
            {
                builder.Append(best[group]);
            }
            else
            {
                builder.AppendNull();
            }
        }
        return builder.Build();
    }

    public override void Dispose()
    {
        base.Dispose();
        best.Dispose();
        codes.Dispose();
    }

    private void Add(Vector vector, int* groups, Selection? selection, int rowCount)
    {
        if (vector is DictionaryVector coded && coded.Values.Length <= LargestRanked)
        {
            AddCodes(coded, groups, selection, rowCount);
            return;
        }
        var reader = new BytesReader(vector);
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            if (!vector.IsNull(row))
            {
                Offer(groups == null ? 0 : groups[row], reader[row]);
            }
        }
    }

    private void AddCodes(DictionaryVector coded, int* groups, Selection? selection, int rowCount)
    {
        if (!ReferenceEquals(dictionary, coded.Values))
        {
            codes.Slice(0, groupCount).Fill(-1);
            Rank(coded.Values);
        }
        var source = coded.Codes;
        var current = codes.Items;
        foreach (var row in new RowSet(selection, rowCount, coded.Validity))
        {
            var code = source[row];
            var rank = ranks[code];
            if (rank < 0)
            {
                continue;
            }
            var group = groups == null ? 0 : groups[row];
            var held = current[group];
            if (held < 0 || (isMax ? rank > ranks[held] : rank < ranks[held]))
            {
                // Better than all of this dictionary so far: rare, so the bytes can be taken at once (the dictionary is only borrowed).
                current[group] = code;
                Offer(group, ((BinaryVector)coded.Values)[code]);
            }
        }
    }

    /// <summary>Orders the dictionary's values; nulls get the rank -1.</summary>
    private void Rank(Vector values)
    {
        dictionary = values;
        var order = new int[values.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }
        Array.Sort(order, (a, b) => ValueOrder.Compare(values, a, values, b));
        ranks = new int[values.Length];
        for (var i = 0; i < order.Length; i++)
        {
            ranks[order[i]] = values.IsNull(order[i]) ? -1 : i;
        }
    }

    private void Offer(int group, ReadOnlySpan<byte> value)
    {
        if (best.IsSet(group))
        {
            var order = value.SequenceCompareTo(best[group]);
            if (isMax ? order <= 0 : order >= 0)
            {
                return;
            }
        }
        best.Replace(group, value);
    }
}
