using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Compares NULL with NULL.</summary>
internal sealed class NullComparisonKernel(ComparisonOperator comparison) : BitKernel
{
    public override bool PropagatesNulls => false;

    protected override unsafe void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        Bitmap.Fill(output.Words, output.Length, comparison == ComparisonOperator.NotDistinctFrom);
        if (comparison is not (ComparisonOperator.DistinctFrom or ComparisonOperator.NotDistinctFrom))
        {
            Nulls.SetAll(output);
        }
    }
}
