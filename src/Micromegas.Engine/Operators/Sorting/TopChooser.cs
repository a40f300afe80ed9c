using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Sorting;

/// <summary>
/// Chooses the rows of a batch that a top-n may want, before anything but their keys is looked at: none behind the bound, and of a batch much larger
/// than n only its own first n.
/// </summary>
internal sealed unsafe class TopChooser(SortState state) : IDisposable
{
    private readonly NativeList<ulong> firsts = new();

    /// <summary>Keeps, of the first <paramref name="count"/> of <paramref name="rows"/>, those that may be wanted; gives their number.</summary>
    public int Choose(Batch batch, BinaryVector keys, int* rows, int count)
    {
        if (state.Top == 0)
        {
            return 0;
        }
        var kept = state.Bound is { } bound ? DropBehind(bound.Entry, keys, rows, count) : count;
        return kept >= 2L * state.Top ? CutBatch(batch, keys, rows, kept) : kept;
    }

    public void Dispose() => firsts.Dispose();

    private static int DropBehind(SortEntry bound, BinaryVector keys, int* rows, int count)
    {
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            var row = rows[i];
            rows[kept] = row;
            kept += EntryOf(keys, row).ComparePrefix(bound) <= 0 ? 1 : 0;
        }
        return kept;
    }

    private int CutBatch(Batch batch, BinaryVector keys, int* rows, int count)
    {
        firsts.EnsureCapacity(2 * count);
        var values = firsts.Items;
        var scratch = values + count;
        for (var i = 0; i < count; i++)
        {
            values[i] = scratch[i] = EntryOf(keys, rows[i]).First;
        }
        var limit = Smallest(scratch, count, state.Top - 1);
        var kept = 0;
        var last = -1;
        for (var i = 0; i < count; i++)
        {
            if (values[i] > limit)
            {
                continue;
            }
            var row = rows[i];
            if (values[i] == limit && (last < 0 || keys[row].SequenceCompareTo(keys[last]) > 0))
            {
                last = row;
            }
            rows[kept++] = row;
        }
        state.Tighten(EntryOf(keys, last), state.FirstKeyOrdinal < 0 ? null : batch.Columns[state.FirstKeyOrdinal], last);
        return kept;
    }

    private static SortEntry EntryOf(BinaryVector keys, int row) =>
        SortEntry.Of(keys.Bytes + keys.Offsets[row], keys.Offsets[row + 1] - keys.Offsets[row], 0);

    /// <summary>The value that would stand at an index if the values were sorted (Hoare's selection); the values are moved about.</summary>
    private static ulong Smallest(ulong* values, int count, int index)
    {
        var low = 0;
        var high = count - 1;
        while (low < high)
        {
            var pivot = values[low + ((high - low) / 2)];
            var left = low;
            var right = high;
            while (left <= right)
            {
                while (values[left] < pivot)
                {
                    left++;
                }
                while (values[right] > pivot)
                {
                    right--;
                }
                if (left <= right)
                {
                    (values[left], values[right]) = (values[right], values[left]);
                    left++;
                    right--;
                }
            }
            if (index <= right)
            {
                high = right;
            }
            else if (index >= left)
            {
                low = left;
            }
            else
            {
                break;
            }
        }
        return values[index];
    }
}
