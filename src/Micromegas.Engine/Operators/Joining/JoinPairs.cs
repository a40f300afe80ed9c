using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>Pairs of a left and a right row, and the batches made of them: what the residual condition sees, and what is delivered.</summary>
internal sealed unsafe class JoinPairs : IDisposable
{
    private readonly JoinSpec spec;
    private readonly RowReader reader;
    private readonly VectorTaker[] leftTakers;
    private readonly NullColumn?[] leftNulls;
    private readonly VectorExpression? residual;
    private readonly Batch pairs;
    private readonly Selection kept = new();
    private readonly bool[] isInResidual;

    public JoinPairs(JoinSpec spec, JoinTable table)
    {
        this.spec = spec;
        reader = table.Rows.CreateReader();
        leftTakers = [.. spec.LeftColumns.Select(static column => new VectorTaker(column.Type))];
        leftNulls = new NullColumn?[spec.LeftColumns.Count];
        residual = spec.Residual is null ? null : ExpressionCompiler.Compile(spec.Residual, spec.PairColumns, spec.Context);
        isInResidual = [.. spec.PairColumns.Select(spec.ResidualColumns.Contains)];
        pairs = new Batch(new Schema(spec.PairColumns.Select(static column => column.ToField()).ToArray()), new Vector[spec.PairColumns.Count]);
        Left.EnsureCapacity(Batch.MaxRows);
        Right.EnsureCapacity(Batch.MaxRows);
    }

    /// <summary>Row of the left batch, one a pair.</summary>
    public NativeList<int> Left { get; } = new();

    /// <summary>Row id of the right side, one a pair.</summary>
    public NativeList<int> Right { get; } = new();

    public int Count => Left.Count;

    public void Clear()
    {
        Left.Count = 0;
        Right.Count = 0;
    }

    public void Add(int left, int right)
    {
        Left.Add(left);
        Right.Add(right);
    }

    /// <summary>Drops the pairs for which the residual condition is not true.</summary>
    public void Filter(Batch left)
    {
        if (residual is null || Count == 0)
        {
            return;
        }
        TakeForResidual(left);
        kept.Count = residual.Filter(pairs, null, kept);
        for (var i = 0; i < kept.Count; i++)
        {
            Left[i] = Left[kept.Rows[i]];
            Right[i] = Right[kept.Rows[i]];
        }
        Left.Count = kept.Count;
        Right.Count = kept.Count;
    }

    /// <summary>The residual condition of each pair, which may be null; null when there is no condition.</summary>
    public Vector? Evaluate(Batch left)
    {
        if (residual is null || Count == 0)
        {
            return null;
        }
        TakeForResidual(left);
        return residual.Evaluate(pairs, null);
    }

    /// <summary>The pairs as a batch of left and right columns.</summary>
    public Batch Take(Batch left)
    {
        for (var i = 0; i < leftTakers.Length; i++)
        {
            pairs.Columns[i] = leftTakers[i].Take(left.Columns[i], Left.Items, Count);
        }
        TakeRight(Right.Items, Count);
        pairs.RowCount = Count;
        return pairs;
    }

    /// <summary>Right rows with NULLs on the left.</summary>
    public Batch TakeRightOnly()
    {
        for (var i = 0; i < leftNulls.Length; i++)
        {
            pairs.Columns[i] = (leftNulls[i] ??= new NullColumn(spec.LeftColumns[i].Type)).Take(Right.Count);
        }
        TakeRight(Right.Items, Right.Count);
        pairs.RowCount = Right.Count;
        return pairs;
    }

    /// <summary>A right column of one row id a row (-1 = NULL).</summary>
    public Vector TakeRight(int column, int* ids, int count) => reader.Take(column, ids, count);

    public void Dispose()
    {
        reader.Dispose();
        residual?.Dispose();
        kept.Dispose();
        Left.Dispose();
        Right.Dispose();
        foreach (var taker in leftTakers)
        {
            taker.Dispose();
        }
        foreach (var column in leftNulls)
        {
            column?.Dispose();
        }
    }

    private void TakeRight(int* ids, int count)
    {
        for (var i = 0; i < spec.RightColumns.Count; i++)
        {
            pairs.Columns[leftTakers.Length + i] = spec.LeftTwins[i] is >= 0 and var twin ? pairs.Columns[twin] : reader.Take(i, ids, count);
        }
    }

    private void TakeForResidual(Batch left)
    {
        // Of a nested loop's pairs few survive: only what the condition reads is copied for all of them.
        for (var i = 0; i < isInResidual.Length; i++)
        {
            if (isInResidual[i])
            {
                pairs.Columns[i] = i < leftTakers.Length
                    ? leftTakers[i].Take(left.Columns[i], Left.Items, Count)
                    : reader.Take(i - leftTakers.Length, Right.Items, Count);
            }
        }
        pairs.RowCount = Count;
    }
}
