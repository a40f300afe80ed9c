using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>Asks a dictionary whether any row can satisfy a predicate.</summary>
internal static class DictionaryTest
{
    /// <summary>Whether the values of its column decide a predicate about one column: rows without a value never satisfy it.</summary>
    public static bool CanDecide(BoundExpression predicate) => predicate switch
    {
        BoundComparison { Left: BoundColumn, Right: BoundLiteral, Operator: not (ComparisonOperator.DistinctFrom or ComparisonOperator.NotDistinctFrom) } => true,
        BoundIn { Negated: false, Operand: BoundColumn } => true,
        BoundLike { Operand: BoundColumn, Pattern: BoundLiteral } => true,
        BoundLogical logical => logical.Operands.All(CanDecide),
        _ => false,
    };

    /// <summary>Whether the predicate is true for any of the values.</summary>
    /// <param name="predicate">The predicate.</param>
    /// <param name="dictionary">The values.</param>
    /// <param name="field">Their column.</param>
    /// <param name="batch">A batch of the table's columns to use.</param>
    /// <param name="ordinal">The column's place in it.</param>
    /// <param name="found">A selection to use.</param>
    /// <param name="isAlways">Whether it is known to be true for all of them.</param>
    public static bool IsTrueForAny(VectorExpression predicate, Vector dictionary, Field field, Batch batch, int ordinal, Selection found, out bool isAlways)
    {
        isAlways = false;
        if (dictionary.Length is > 0 and <= Batch.MaxRows)
        {
            batch.Columns[ordinal] = dictionary;
            batch.RowCount = dictionary.Length;
            var matching = predicate.Filter(batch, null, found);
            isAlways = matching == dictionary.Length;
            return matching > 0;
        }
        using var view = new BatchView(new Batch(new Schema(field), [dictionary]) { RowCount = dictionary.Length });
        for (var start = 0; start < dictionary.Length; start += Batch.MaxRows)
        {
            var piece = view.Move(start, Math.Min(Batch.MaxRows, dictionary.Length - start));
            batch.Columns[ordinal] = piece.Columns[0];
            batch.RowCount = piece.RowCount;
            if (predicate.Filter(batch, null, found) > 0)
            {
                return true;
            }
        }
        return false;
    }
}
