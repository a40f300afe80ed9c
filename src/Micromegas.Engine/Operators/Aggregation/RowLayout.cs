using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>The columns of rows that are kept before they are grouped: the keys, then what the calls are about, a column only once.</summary>
internal sealed class RowLayout
{
    /// <summary>Columns are named by the bits of a word.</summary>
    private const int MostColumns = 64;

    /// <param name="calls">The aggregate calls.</param>
    /// <param name="keys">Types of the keys.</param>
    /// <param name="states">Types of the state of all calls.</param>
    public RowLayout(IReadOnlyList<AggregateCall> calls, IEnumerable<DataType> keys, IEnumerable<DataType> states)
    {
        List<DataType> types = [.. keys];
        KeyCount = types.Count;
        GroupTypes = [.. types, .. states];
        var known = new Dictionary<BoundExpression, int>();
        var ordinals = new int[calls.Count][];
        for (var i = 0; i < calls.Count; i++)
        {
            ordinals[i] = new int[calls[i].Arguments.Count];
            for (var argument = 0; argument < ordinals[i].Length; argument++)
            {
                var expression = calls[i].Arguments[argument];
                if (expression is not BoundColumn || !known.TryGetValue(expression, out var ordinal))
                {
                    ordinal = types.Count;
                    types.Add(expression.Type);
                    known.TryAdd(expression, ordinal);
                }
                ordinals[i][argument] = ordinal;
            }
        }
        Types = types;
        Ordinals = ordinals;
        IsText = KeyCount == 1 && types[0].Storage == StorageKind.Bytes;
        IsSplittable = types.Count <= MostColumns && GroupTypes.Count <= MostColumns && types.Concat(GroupTypes).All(RadixColumn.Suits)
            && types.Skip(KeyCount).All(static type => type.Storage != StorageKind.Bytes) && calls.All(static call => call.Filter is null);
    }

    public int KeyCount { get; }

    /// <summary>Types of the columns.</summary>
    public IReadOnlyList<DataType> Types { get; }

    /// <summary>Types of the columns of exported groups.</summary>
    public IReadOnlyList<DataType> GroupTypes { get; }

    /// <summary>For each call the columns of its arguments.</summary>
    public IReadOnlyList<int[]> Ordinals { get; }

    /// <summary>Whether the only key is a text or binary.</summary>
    public bool IsText { get; }

    /// <summary>Whether all calls take rows as they are: there are no filters, nor arguments that are dear to copy.</summary>
    public bool IsSplittable { get; }
}
