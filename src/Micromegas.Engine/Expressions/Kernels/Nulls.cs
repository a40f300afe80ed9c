using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Validity of results.</summary>
internal static unsafe class Nulls
{
    /// <summary>
    /// Gives <paramref name="output"/> the rule "null if any argument is null" and returns its validity, <see langword="null"/> when no row can be null.
    /// Bits of rows that are not selected are unspecified.
    /// </summary>
    public static ulong* Combine(ReadOnlySpan<Vector> arguments, Vector output, Selection? selection, int rowCount)
    {
        ulong* bits = null;
        foreach (var argument in arguments)
        {
            if (!argument.MayHaveNulls)
            {
                continue;
            }
            if (bits == null)
            {
                bits = output.PrepareValidity(Math.Max(rowCount, 1));
            }
            And(bits, argument, selection, rowCount);
        }
        return bits;
    }

    /// <summary>Marks a row null.</summary>
    public static void Set(Vector output, int row)
    {
        var bits = output.Validity;
        if (bits == null)
        {
            bits = output.PrepareValidity(output.Length);
        }
        Bitmap.Clear(bits, row);
    }

    /// <summary>Marks every row null.</summary>
    public static void SetAll(Vector output) => output.PrepareValidity(Math.Max(output.Length, 1), false);

    /// <summary>Clears the bits of the rows in which <paramref name="vector"/> is null.</summary>
    public static void And(ulong* bits, Vector vector, Selection? selection, int rowCount)
    {
        var words = Bitmap.WordCount(rowCount);
        if (vector is ConstantVector or NullVector)
        {
            if (vector.IsNull(0))
            {
                new Span<ulong>(bits, words).Clear();
            }
            return;
        }
        if (vector.Validity != null)
        {
            var other = vector.Validity;
            for (var i = 0; i < words; i++)
            {
                bits[i] &= other[i];
            }
        }
        if (vector is DictionaryVector { Values.MayHaveNulls: true } dictionary)
        {
            var codes = dictionary.Codes;
            var values = dictionary.Values;
            foreach (var row in new RowSet(selection, rowCount, dictionary.Validity))
            {
                if (values.IsNull(codes[row]))
                {
                    Bitmap.Clear(bits, row);
                }
            }
        }
    }
}
