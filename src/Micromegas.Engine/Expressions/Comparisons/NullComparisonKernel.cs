using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Compares NULL with NULL.</summary>
internal sealed class NullComparisonKernel(ComparisonOperator comparison) : Kernel(DataType.Boolean)
{
    public override bool PropagatesNulls => false;

    public override unsafe Vector Compute(Vector[] arguments, Selection? selection, int rowCount, Vector? reuse)
    {
        var output = (BitVector?)reuse ?? new BitVector();
        output.Prepare(rowCount);
        Bitmap.Fill(output.Words, rowCount, comparison == ComparisonOperator.NotDistinctFrom);
        if (comparison is not (ComparisonOperator.DistinctFrom or ComparisonOperator.NotDistinctFrom))
        {
            Nulls.SetAll(output);
        }
        return output;
    }
}
