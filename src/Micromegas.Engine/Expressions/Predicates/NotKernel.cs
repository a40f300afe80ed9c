using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>NOT: null stays null.</summary>
internal sealed class NotKernel() : BitKernel
{
    protected override unsafe void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        if (arguments[0] is BitVector bits)
        {
            var words = Bitmap.WordCount(output.Length);
            for (var i = 0; i < words; i++)
            {
                output.Words[i] = ~bits.Words[i];
            }
            return;
        }
        var reader = new BitReader(arguments[0]);
        foreach (var row in rows)
        {
            Bitmap.Assign(output.Words, row, !reader[row]);
        }
    }
}

/// <summary><c>IS NULL</c> and <c>IS NOT NULL</c>.</summary>
internal sealed class IsNullKernel(bool negated) : BitKernel
{
    public override bool PropagatesNulls => false;

    protected override unsafe void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        var argument = arguments[0];
        if (!argument.MayHaveNulls)
        {
            Bitmap.Fill(output.Words, output.Length, negated);
            return;
        }
        if (argument is not (DictionaryVector or ConstantVector or NullVector))
        {
            var words = Bitmap.WordCount(output.Length);
            var flip = negated ? 0 : ulong.MaxValue;
            for (var i = 0; i < words; i++)
            {
                output.Words[i] = argument.Validity[i] ^ flip;
            }
            return;
        }
        foreach (var row in rows)
        {
            Bitmap.Assign(output.Words, row, argument.IsNull(row) != negated);
        }
    }
}
