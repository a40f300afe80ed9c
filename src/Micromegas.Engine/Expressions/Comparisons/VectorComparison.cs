using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Compares flat values of primitive types, a whole vector register at a time where both sides lie flat or are constant.</summary>
internal sealed unsafe class VectorComparison<T, TComparison>(bool swap, bool negate) : ComparisonKernel(swap, negate)
    where T : unmanaged
    where TComparison : struct, IVectorComparison<T>
{
    protected override void Run(Vector[] arguments, RowSet rows, BitVector output)
    {
        var left = arguments[Swap ? 1 : 0];
        var right = arguments[Swap ? 0 : 1];
        if (IsPlain(left) && IsPlain(right))
        {
            var wordCount = Bitmap.WordCount(output.Length);
            for (var word = 0; word < wordCount; word++)
            {
                output.Words[word] = Mask(left, right, word, output.Length);
            }
            return;
        }
        var leftReader = new FlatReader<T>(left);
        var rightReader = new FlatReader<T>(right);
        foreach (var row in rows)
        {
            Bitmap.Assign(output.Words, row, TComparison.Test(leftReader[row], rightReader[row]) != Negate);
        }
    }

    public override int Filter(Vector[] arguments, Selection? selection, int rowCount, Selection result)
    {
        var left = arguments[Swap ? 1 : 0];
        var right = arguments[Swap ? 0 : 1];
        if (!IsPlain(left) || !IsPlain(right) || (left is ConstantVector && left.MayHaveNulls) || (right is ConstantVector && right.MayHaveNulls))
        {
            return -1;
        }
        var rows = result.Rows;
        var count = 0;
        if (selection is null)
        {
            var wordCount = Bitmap.WordCount(rowCount);
            for (var word = 0; word < wordCount; word++)
            {
                var mask = Mask(left, right, word, rowCount);
                if (left.Validity != null)
                {
                    mask &= left.Validity[word];
                }
                if (right.Validity != null)
                {
                    mask &= right.Validity[word];
                }
                if (word == wordCount - 1 && (rowCount & 63) != 0)
                {
                    mask &= (1UL << (rowCount & 63)) - 1;
                }
                count = BooleanRows.Emit(mask, word << 6, rows, count);
            }
            return result.Count = count;
        }
        var leftReader = new FlatReader<T>(left);
        var rightReader = new FlatReader<T>(right);
        var from = selection.Rows;
        var total = selection.Count;
        for (var i = 0; i < total; i++)
        {
            var row = from[i];
            rows[count] = row;
            var test = TComparison.Test(leftReader[row], rightReader[row]) != Negate
                & (left.Validity == null || Bitmap.Get(left.Validity, row))
                & (right.Validity == null || Bitmap.Get(right.Validity, row));
            count += test ? 1 : 0;
        }
        return result.Count = count;
    }

    public override bool TryKeep(Vector[] arguments, int rowCount, ulong* mask)
    {
        var left = arguments[Swap ? 1 : 0];
        var right = arguments[Swap ? 0 : 1];
        if (!IsPlain(left) || !IsPlain(right) || (left is ConstantVector && left.MayHaveNulls) || (right is ConstantVector && right.MayHaveNulls))
        {
            return false;
        }
        var wordCount = Bitmap.WordCount(rowCount);
        for (var word = 0; word < wordCount; word++)
        {
            if (mask[word] == 0)
            {
                continue;
            }
            var kept = mask[word] & Mask(left, right, word, rowCount);
            if (left.Validity != null)
            {
                kept &= left.Validity[word];
            }
            if (right.Validity != null)
            {
                kept &= right.Validity[word];
            }
            mask[word] = kept;
        }
        return true;
    }

    private static bool IsPlain(Vector vector) => vector is FlatVector<T> or ConstantVector { Value: FlatVector<T> };

    /// <summary>The outcome for up to 64 rows, one bit each; bits past the last row are undefined.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Mask(Vector left, Vector right, int word, int rowCount)
    {
        var first = word << 6;
        var lanes = Math.Min(64, rowCount - first);
        ulong mask;
        if (right is ConstantVector rightConstant)
        {
            var constant = Vector256.Create(((FlatVector<T>)rightConstant.Value)[0]);
            mask = left is ConstantVector leftConstant
                ? (TComparison.Test(((FlatVector<T>)leftConstant.Value)[0], ((FlatVector<T>)rightConstant.Value)[0]) ? ulong.MaxValue : 0)
                : MaskRight(((FlatVector<T>)left).Values + first, constant, lanes);
        }
        else if (left is ConstantVector leftConstant)
        {
            mask = MaskLeft(Vector256.Create(((FlatVector<T>)leftConstant.Value)[0]), ((FlatVector<T>)right).Values + first, lanes);
        }
        else
        {
            mask = MaskBoth(((FlatVector<T>)left).Values + first, ((FlatVector<T>)right).Values + first, lanes);
        }
        return Negate ? ~mask : mask;
    }

    // The loops read whole registers: at most 31 bytes past the last value, which vectors allow.
    private static ulong MaskRight(T* left, Vector256<T> right, int lanes)
    {
        ulong mask = 0;
        for (var i = 0; i < lanes; i += Vector256<T>.Count)
        {
            mask |= (ulong)TComparison.Test(Vector256.Load(left + i), right).ExtractMostSignificantBits() << i;
        }
        return mask;
    }

    private static ulong MaskLeft(Vector256<T> left, T* right, int lanes)
    {
        ulong mask = 0;
        for (var i = 0; i < lanes; i += Vector256<T>.Count)
        {
            mask |= (ulong)TComparison.Test(left, Vector256.Load(right + i)).ExtractMostSignificantBits() << i;
        }
        return mask;
    }

    private static ulong MaskBoth(T* left, T* right, int lanes)
    {
        ulong mask = 0;
        for (var i = 0; i < lanes; i += Vector256<T>.Count)
        {
            mask |= (ulong)TComparison.Test(Vector256.Load(left + i), Vector256.Load(right + i)).ExtractMostSignificantBits() << i;
        }
        return mask;
    }
}
