using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>
/// The Boolean column of a mark join: is there a match? Where SQL's IN would not know (no match, but NULL on either side), it is null
/// (spec/sql.md §5.4), unless the mark is declared never null (EXISTS).
/// </summary>
internal sealed unsafe class JoinMark(JoinTable table, JoinSpec spec) : IDisposable
{
    private readonly BitVector marks = new();
    private readonly NativeList<int> groups = new();
    private readonly KeyEncoder? groupEncoder = table.Groups is null ? null : new KeyEncoder(table.Groups.Keys, add: false);

    /// <summary>Marks of rows by the numbers of their keys; there is no further condition.</summary>
    public BitVector OfKeys(Vector[] keys, int* numbers, Batch batch)
    {
        marks.Prepare(batch.RowCount);
        var count = batch.SelectedCount;
        for (var i = 0; i < count; i++)
        {
            var row = batch.Selection is { } selection ? selection.Rows[i] : i;
            Bitmap.Assign(marks.Words, row, numbers[row] >= 0);
        }
        if (groupEncoder is not null && keys.Length > spec.NullsEqualKeys)
        {
            MarkUnknown(keys, numbers, batch);
        }
        return marks;
    }

    /// <summary>Marks of rows by what was found of their pairs: 0 = no match, 1 = a match, 2 = none, but something unknown.</summary>
    public BitVector OfMatches(byte* matches, int rowCount)
    {
        marks.Prepare(rowCount);
        ulong* bits = null;
        for (var row = 0; row < rowCount; row++)
        {
            Bitmap.Assign(marks.Words, row, matches[row] == 1);
            if (matches[row] == 2)
            {
                if (bits == null)
                {
                    bits = marks.PrepareValidity(rowCount);
                }
                Bitmap.Clear(bits, row);
            }
        }
        return marks;
    }

    public void Dispose()
    {
        marks.Dispose();
        groups.Dispose();
        groupEncoder?.Dispose();
    }

    private void MarkUnknown(Vector[] keys, int* numbers, Batch batch)
    {
        groups.EnsureCapacity(batch.RowCount);
        groupEncoder!.Resolve(keys.AsSpan(0, spec.NullsEqualKeys), batch.Selection, batch.RowCount, groups.Items);
        var operand = keys[spec.NullsEqualKeys];
        ulong* bits = null;
        var count = batch.SelectedCount;
        for (var i = 0; i < count; i++)
        {
            var row = batch.Selection is { } selection ? selection.Rows[i] : i;
            var group = groups.Items[row];
            // Nothing to compare with is a plain no, even for NULL.
            if (numbers[row] < 0 && group >= 0 && (operand.IsNull(row) || table.Groups!.HasNull(group)))
            {
                if (bits == null)
                {
                    bits = marks.PrepareValidity(batch.RowCount);
                }
                Bitmap.Clear(bits, row);
            }
        }
    }
}
