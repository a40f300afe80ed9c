using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>From Boolean vectors and bit masks to row numbers.</summary>
internal static unsafe class BooleanRows
{
    /// <summary>Ones of a word up to which they are searched for one by one.</summary>
    private const int FewRows = 8;

    /// <summary>Puts the selected rows in which <paramref name="vector"/> is true into <paramref name="result"/>.</summary>
    public static int Select(Vector vector, Selection? selection, int rowCount, Selection result) => vector switch
    {
        BitVector bits => SelectBits(bits, selection, rowCount, result),
        ConstantVector constant => !constant.IsNull(0) && ((BitVector)constant.Value)[0] ? All(selection, rowCount, result) : None(result),
        DictionaryVector dictionary => SelectCodes(dictionary, selection, rowCount, result),
        _ => None(result),
    };

    public static int None(Selection result) => result.Count = 0;

    /// <summary>Every selected row.</summary>
    public static int All(Selection? selection, int rowCount, Selection result)
    {
        if (selection is not null)
        {
            selection.Span.CopyTo(new Span<int>(result.Rows, selection.Count));
            return result.Count = selection.Count;
        }
        var rows = result.Rows;
        for (var i = 0; i < rowCount; i++)
        {
            rows[i] = i;
        }
        return result.Count = rowCount;
    }

    /// <summary>The rows of a mask's ones, all below <paramref name="rowCount"/>.</summary>
    public static int FromMask(ulong* words, int rowCount, Selection result)
    {
        var rows = result.Rows;
        var count = 0;
        var wordCount = Bitmap.WordCount(rowCount);
        for (var i = 0; i < wordCount; i++)
        {
            var word = words[i];
            if (i == wordCount - 1 && (rowCount & 63) != 0)
            {
                word &= (1UL << (rowCount & 63)) - 1;
            }
            count = Emit(word, i << 6, rows, count);
        }
        return result.Count = count;
    }

    /// <summary>Appends the rows of one word's ones. Up to 64 bytes behind the rows are written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Emit(ulong word, int first, int* rows, int count) =>
        Avx512F.IsSupported && BitOperations.PopCount(word) > FewRows ? EmitMany(word, first, rows, count) : EmitEach(word, first, rows, count);

    public static int EmitEach(ulong word, int first, int* rows, int count)
    {
        if (word == ulong.MaxValue)
        {
            for (var i = 0; i < 64; i++)
            {
                rows[count + i] = first + i;
            }
            return count + 64;
        }
        while (word != 0)
        {
            rows[count++] = first + BitOperations.TrailingZeroCount(word);
            word &= word - 1;
        }
        return count;
    }

    /// <summary>Sixteen rows at a time, of which those that are not wanted are squeezed out.</summary>
    private static int EmitMany(ulong word, int first, int* rows, int count)
    {
        var lane = Vector512<int>.Indices;
        var bit = Avx512F.ShiftLeftLogicalVariable(Vector512<int>.One, lane.AsUInt32());
        for (var start = 0; start < 64; start += 16, word >>= 16)
        {
            var isWanted = Vector512.Equals(Vector512.Create((int)(word & 0xffff)) & bit, bit);
            Avx512F.Compress(Vector512<int>.Zero, isWanted, lane + Vector512.Create(first + start)).Store(rows + count);
            count += BitOperations.PopCount((uint)(word & 0xffff));
        }
        return count;
    }

    /// <summary>The selected rows that are not in <paramref name="without"/>, which is a part of them.</summary>
    public static int Except(Selection? selection, int rowCount, Selection without, Selection result)
    {
        var total = selection?.Count ?? rowCount;
        var removed = without.Rows;
        var removedCount = without.Count;
        var rows = result.Rows;
        int count = 0, at = 0;
        for (var i = 0; i < total; i++)
        {
            var row = selection is null ? i : selection.Rows[i];
            if (at < removedCount && removed[at] == row)
            {
                at++;
                continue;
            }
            rows[count++] = row;
        }
        return result.Count = count;
    }

    private static int SelectBits(BitVector bits, Selection? selection, int rowCount, Selection result)
    {
        var words = bits.Words;
        var validity = bits.Validity;
        var rows = result.Rows;
        var count = 0;
        if (selection is null)
        {
            var wordCount = Bitmap.WordCount(rowCount);
            for (var i = 0; i < wordCount; i++)
            {
                var word = validity == null ? words[i] : words[i] & validity[i];
                if (i == wordCount - 1 && (rowCount & 63) != 0)
                {
                    word &= (1UL << (rowCount & 63)) - 1;
                }
                count = Emit(word, i << 6, rows, count);
            }
            return result.Count = count;
        }
        var from = selection.Rows;
        var total = selection.Count;
        for (var i = 0; i < total; i++)
        {
            var row = from[i];
            rows[count] = row;
            var bit = words[row >> 6] >> row;
            if (validity != null)
            {
                bit &= validity[row >> 6] >> row;
            }
            count += (int)(bit & 1);
        }
        return result.Count = count;
    }

    private static int SelectCodes(DictionaryVector dictionary, Selection? selection, int rowCount, Selection result)
    {
        var values = (BitVector)dictionary.Values;
        var words = values.Words;
        var valid = values.Validity;
        var rows = result.Rows;
        var count = 0;
        var runs = dictionary.Runs;
        if (runs.Length > 0 && dictionary.Validity == null)
        {
            return SelectRuns(runs, words, valid, selection, result);
        }
        var codes = dictionary.Codes;
        if (selection is null && dictionary.Validity == null && valid == null && Avx2.IsSupported && rowCount <= Batch.MaxRows)
        {
            var mask = stackalloc ulong[Batch.MaxRows / 64];
            Bitmap.Fill(mask, rowCount, true);
            KeepCodes(codes, words, values.Length, rowCount, mask);
            return FromMask(mask, rowCount, result);
        }
        foreach (var row in new RowSet(selection, rowCount, dictionary.Validity))
        {
            var code = codes[row];
            rows[count] = row;
            var bit = words[code >> 6] >> code;
            if (valid != null)
            {
                bit &= valid[code >> 6] >> code;
            }
            count += (int)(bit & 1);
        }
        return result.Count = count;
    }

    /// <summary>Whether one value of a dictionary alone is true, or alone is false, as <c>=</c> and <c>&lt;&gt;</c> leave it.</summary>
    private static bool TryFindOdd(ulong* words, int valueCount, out int odd, out bool isTrue)
    {
        var trueCount = 0;
        var lastTrue = -1;
        var lastFalse = -1;
        for (var start = 0; start < valueCount; start += 64)
        {
            var all = valueCount - start < 64 ? (1UL << (valueCount - start)) - 1 : ulong.MaxValue;
            var word = words[start >> 6] & all;
            trueCount += BitOperations.PopCount(word);
            lastTrue = word != 0 ? start + BitOperations.Log2(word) : lastTrue;
            lastFalse = word != all ? start + BitOperations.Log2(~word & all) : lastFalse;
            if (trueCount > 1 && start + 64 - trueCount > 1 && start + 64 < valueCount)
            {
                break;
            }
        }
        isTrue = trueCount == 1;
        odd = isTrue ? lastTrue : lastFalse;
        return isTrue || trueCount == valueCount - 1;
    }

    /// <summary>Clears the bits of rows whose code stands for false.</summary>
    private static void KeepCodes(int* codes, ulong* words, int valueCount, int rowCount, ulong* mask)
    {
        if (TryFindOdd(words, valueCount, out var odd, out var isTrue))
        {
            KeepCode(codes, odd, isTrue, rowCount, mask);
        }
        else
        {
            KeepTrueCodes(codes, (int*)words, valueCount, rowCount, mask);
        }
    }

    /// <summary>Keeps the rows that have a code, or those that do not: comparing costs less than looking bits up.</summary>
    private static void KeepCode(int* codes, int code, bool isWanted, int rowCount, ulong* mask)
    {
        var wanted = Vector256.Create(code);
        for (var row = 0; row < rowCount; row += 64)
        {
            var end = Math.Min(row + 64, rowCount);
            var found = 0UL;
            var at = row;
            for (; at <= end - Vector256<int>.Count; at += Vector256<int>.Count)
            {
                found |= (ulong)Vector256.Equals(Vector256.Load(codes + at), wanted).ExtractMostSignificantBits() << (at - row);
            }
            for (; at < end; at++)
            {
                found |= (codes[at] == code ? 1UL : 0) << (at - row);
            }
            mask[row >> 6] &= isWanted ? found : ~found;
        }
    }

    /// <summary>Tests the codes of all rows, eight at a time, against one bit a dictionary value.</summary>
    private static void KeepTrueCodes(int* codes, int* bits, int valueCount, int rowCount, ulong* mask)
    {
        const int Lanes = 8;
        var isOneWord = valueCount <= 32;
        var word = Vector256.Create(*bits);
        var low = Vector256.Create(31);
        for (var row = 0; row < rowCount; row += 64)
        {
            var end = Math.Min(row + 64, rowCount);
            var found = 0UL;
            var at = row;
            for (; at <= end - Lanes; at += Lanes)
            {
                var code = Vector256.Load(codes + at);
                var looked = isOneWord ? word : Avx2.GatherVector256(bits, code >> 5, sizeof(int));
                var shifted = Avx2.ShiftLeftLogicalVariable(looked, (low - (code & low)).AsUInt32());
                found |= (ulong)shifted.ExtractMostSignificantBits() << (at - row);
            }
            for (; at < end; at++)
            {
                found |= (ulong)(uint)((bits[codes[at] >> 5] >> (codes[at] & 31)) & 1) << (at - row);
            }
            mask[row >> 6] &= found;
        }
    }

    /// <summary>Clears the bits of rows in which a dictionary of Booleans is not true; false, and nothing has changed, where that needs a look at each row.</summary>
    public static bool TryKeep(DictionaryVector dictionary, int rowCount, ulong* mask)
    {
        var values = (BitVector)dictionary.Values;
        if (dictionary.Validity != null || values.Validity != null || !Avx2.IsSupported)
        {
            return false;
        }
        var runs = dictionary.Runs;
        if (runs.Length == 0)
        {
            KeepCodes(dictionary.Codes, values.Words, values.Length, rowCount, mask);
            return true;
        }
        var start = 0;
        foreach (var run in runs)
        {
            if (!Bitmap.Get(values.Words, run.Code))
            {
                ClearRange(mask, start, run.End);
            }
            start = run.End;
        }
        return true;
    }

    private static void ClearRange(ulong* mask, int start, int end)
    {
        while (start < end)
        {
            var next = Math.Min((start | 63) + 1, end);
            var ones = next - start == 64 ? ulong.MaxValue : (1UL << (next - start)) - 1;
            mask[start >> 6] &= ~(ones << start);
            start = next;
        }
    }

    private static int SelectRuns(ReadOnlySpan<DictionaryRun> runs, ulong* words, ulong* valid, Selection? selection, Selection result)
    {
        var rows = result.Rows;
        var count = 0;
        int start = 0, at = 0;
        foreach (var run in runs)
        {
            var isTrue = Bitmap.Get(words, run.Code) && (valid == null || Bitmap.Get(valid, run.Code));
            if (selection is null)
            {
                for (var row = start; isTrue && row < run.End; row++)
                {
                    rows[count++] = row;
                }
            }
            else
            {
                for (; at < selection.Count && selection.Rows[at] < run.End; at++)
                {
                    rows[count] = selection.Rows[at];
                    count += isTrue ? 1 : 0;
                }
            }
            start = run.End;
        }
        return result.Count = count;
    }
}
