using System.Runtime.CompilerServices;
using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>
/// One way to read plain vectors, dictionaries and constants: the value of a row is that of row <see cref="IndexOf"/> of <see cref="Plain"/>.
/// </summary>
internal readonly unsafe struct VectorAccess
{
    private readonly int* codes;
    private readonly int mask;
    private readonly int offset;
    private readonly ulong* rowValidity;
    private readonly ulong* valueValidity;
    private readonly bool allNull;

    private VectorAccess(Vector plain, int* codes, int mask, int offset, ulong* rowValidity, bool allNull)
    {
        Plain = plain;
        this.codes = codes;
        this.mask = mask;
        this.offset = offset;
        this.rowValidity = rowValidity;
        valueValidity = codes == null ? null : plain.Validity;
        this.allNull = allNull;
    }

    /// <summary>The vector that holds the values; neither a dictionary nor a constant.</summary>
    public Vector Plain { get; }

    public bool MayHaveNulls => allNull || rowValidity != null || valueValidity != null;

    /// <summary>Whether rows and rows of <see cref="Plain"/> are the same.</summary>
    public bool IsDirect => codes == null && mask == -1 && offset == 0;

    /// <summary>The codes of a dictionary, else null.</summary>
    public int* Codes => codes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int IndexOf(int row) => (codes != null ? codes[row] : row & mask) + offset;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNull(int row) =>
        allNull
        || (rowValidity != null && !Bitmap.Get(rowValidity, row))
        || (valueValidity != null && !Bitmap.Get(valueValidity, codes[row]));

    /// <param name="vector">What to read.</param>
    /// <param name="scratch">Memory for the rare dictionary whose values are not plain.</param>
    public static VectorAccess Of(Vector vector, AccessScratch scratch)
    {
        switch (vector)
        {
            case ConstantVector constant:
                var row = 0;
                var value = constant.Resolve(ref row);
                return new VectorAccess(value, null, 0, row, null, constant.IsNull(0));
            case DictionaryVector { Values: DictionaryVector or ConstantVector or NullVector } nested:
                return scratch.Compose(nested);
            case DictionaryVector dictionary:
                return new VectorAccess(dictionary.Values, dictionary.Codes, -1, 0, dictionary.Validity, false);
            default:
                return new VectorAccess(vector, null, -1, 0, vector.Validity, vector is NullVector);
        }
    }

    internal static VectorAccess Composed(Vector plain, int* codes, ulong* validity) => new(plain, codes, -1, 0, validity, plain is NullVector);
}

/// <summary>Memory of a <see cref="VectorAccess"/>.</summary>
internal sealed unsafe class AccessScratch : IDisposable
{
    private readonly NativeList<int> codes = new();
    private readonly NativeList<ulong> validity = new();

    public VectorAccess Compose(DictionaryVector vector)
    {
        codes.Resize(Math.Max(vector.Length, 1), 0);
        validity.Resize(Bitmap.WordCount(vector.Length) + 1, 0);
        Vector? plain = null;
        for (var row = 0; row < vector.Length; row++)
        {
            var isNull = vector.IsNull(row);
            Bitmap.Assign(validity.Items, row, !isNull);
            var index = row;
            if (!isNull)
            {
                plain = vector.Resolve(ref index);
                codes[row] = index;
            }
            else
            {
                codes[row] = 0;
            }
        }
        return VectorAccess.Composed(plain ?? new NullVector(vector.Length), codes.Items, validity.Items);
    }

    public void Dispose()
    {
        codes.Dispose();
        validity.Dispose();
    }
}
