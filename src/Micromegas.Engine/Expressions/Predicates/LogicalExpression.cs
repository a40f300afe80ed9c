using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>
/// AND and OR in Kleene logic. Operands are evaluated left to right, each only for the rows that the ones before left open, so an error in a
/// row that is already decided never comes up.
/// </summary>
internal sealed unsafe class LogicalExpression : VectorExpression
{
    private readonly bool isAnd;
    private readonly VectorExpression[] operands;
    private readonly BitVector output = new();
    private Selection first = new();
    private Selection second = new();
    private Selection third = new();

    public LogicalExpression(bool isAnd, VectorExpression[] operands)
        : base(DataType.Boolean)
    {
        this.isAnd = isAnd;
        this.operands = operands;
    }

    public override Vector Evaluate(Batch batch, Selection? selection)
    {
        var rowCount = batch.RowCount;
        output.Prepare(rowCount);
        Bitmap.Fill(output.Words, rowCount, isAnd);
        EnsureCapacity(rowCount);
        ulong* validity = null;
        var open = selection;
        foreach (var operand in operands)
        {
            if (open is { Count: 0 })
            {
                break;
            }
            var vector = operand.Evaluate(batch, open);
            var reader = new BitReader(vector);
            var mayHaveNulls = vector.MayHaveNulls;
            var next = ReferenceEquals(open, first) ? second : first;
            var rows = next.Rows;
            var count = 0;
            foreach (var row in new RowSet(open, rowCount, null))
            {
                if (mayHaveNulls && vector.IsNull(row))
                {
                    if (validity == null)
                    {
                        validity = output.PrepareValidity(rowCount);
                    }
                    Bitmap.Clear(validity, row);
                    rows[count++] = row;
                }
                else if (reader[row] == isAnd)
                {
                    rows[count++] = row;
                }
                else
                {
                    Bitmap.Assign(output.Words, row, !isAnd);
                    if (validity != null)
                    {
                        Bitmap.Set(validity, row);
                    }
                }
            }
            next.Count = count;
            open = next;
        }
        return output;
    }

    public override int Filter(Batch batch, Selection? selection, Selection result)
    {
        EnsureCapacity(batch.RowCount);
        return isAnd ? FilterAnd(batch, selection, result) : FilterOr(batch, selection, result);
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var operand in operands)
        {
            operand.Dispose();
        }
        output.Dispose();
        first.Dispose();
        second.Dispose();
        third.Dispose();
    }

    private int FilterAnd(Batch batch, Selection? selection, Selection result)
    {
        // A row where an operand is null cannot become true, but a later operand that fails on it must still be heard only if
        // the row is open; for a filter, null and false are the same and the row is closed.
        var current = selection;
        for (var i = 0; i < operands.Length; i++)
        {
            var into = i == operands.Length - 1 ? result : ReferenceEquals(current, first) ? second : first;
            if (operands[i].Filter(batch, current, into) == 0)
            {
                return BooleanRows.None(result);
            }
            current = into;
        }
        return result.Count;
    }

    private int FilterOr(Batch batch, Selection? selection, Selection result)
    {
        output.Prepare(batch.RowCount);
        Bitmap.Fill(output.Words, batch.RowCount, false);
        var current = selection;
        for (var i = 0; i < operands.Length && current is not { Count: 0 }; i++)
        {
            operands[i].Filter(batch, current, third);
            foreach (var row in third.Span)
            {
                Bitmap.Set(output.Words, row);
            }
            if (i < operands.Length - 1)
            {
                var rest = ReferenceEquals(current, first) ? second : first;
                BooleanRows.Except(current, batch.RowCount, third, rest);
                current = rest;
            }
        }
        return BooleanRows.FromMask(output.Words, batch.RowCount, result);
    }

    private void EnsureCapacity(int rowCount)
    {
        if (rowCount <= Batch.MaxRows)
        {
            return;
        }
        Grow(ref first, rowCount);
        Grow(ref second, rowCount);
        Grow(ref third, rowCount);
    }

    private static void Grow(ref Selection selection, int rowCount)
    {
        selection.Dispose();
        selection = new Selection(rowCount);
    }
}
