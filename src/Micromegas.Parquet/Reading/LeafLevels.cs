using Micromegas.Columnar;
using Micromegas.Parquet.Encodings;
using Micromegas.Parquet.Schemas;

namespace Micromegas.Parquet.Reading;

/// <summary>The levels and values of one leaf of a nested column for the rows read last.</summary>
internal sealed unsafe class LeafLevels(LeafNode leaf, PageCursor cursor, int itemLevel) : IDisposable
{
    /// <summary>Damaged run lengths can claim any number of levels; honest pages stay far below this.</summary>
    private const int MostLevels = 1 << 26;

    private readonly LeafOutput? output = leaf.Type.Kind == TypeKind.Null ? null : new LeafOutput(leaf, cursor);
    private readonly NullVector nulls = new(0);
    private readonly ScratchBuffer pageLevels = new();
    private readonly ScratchBuffer definitions = new();
    private readonly ScratchBuffer repetitions = new();
    private readonly ScratchBuffer validity = new();

    /// <summary>Levels of the open page, and how many of them are taken.</summary>
    private int pageCount;
    private int pageNext;

    public long FileOffset => cursor.FileOffset;

    /// <summary>Level entries of the rows.</summary>
    public int Count { get; private set; }

    public int* Definitions => (int*)definitions.Pointer;

    public int* Repetitions => (int*)repetitions.Pointer;

    /// <summary>One row wherever the innermost list around the leaf has an item.</summary>
    public Vector? Values { get; private set; }

    public void Read(int rows)
    {
        output?.Begin();
        Count = 0;
        var slots = 0;
        var valid = 0;
        // The last row ends where another begins, which only the next level (perhaps the next page's) tells.
        for (var started = 0; NextLevels();)
        {
            var count = TakeRows(ref started, rows);
            if (count == 0 && started >= rows)
            {
                break;
            }
            var (newSlots, present) = Append(count, slots);
            output?.Append(present, newSlots, present < newSlots ? (ulong*)validity.Pointer : null, false);
            slots += newSlots;
            valid += present;
            pageNext += count;
            cursor.Advance(count);
        }
        if (output is null)
        {
            nulls.SetLength(slots);
            Values = nulls;
        }
        else
        {
            Values = output.Finish(valid < slots ? (ulong*)validity.Pointer : null);
        }
    }

    public void Skip(long rows)
    {
        long started = 0;
        while (true)
        {
            if (!cursor.MoveToPage())
            {
                break;
            }
            // Pages of version 2 say how many rows they hold, and begin with a row.
            var rowsInPage = leaf.Leaf.RepetitionLevel == 0 ? cursor.Header.ValueCount : cursor.Header.RowCount;
            if (cursor.IsAtStart && rowsInPage > 0 && started + rowsInPage <= rows)
            {
                started += rowsInPage;
                cursor.SkipPage();
                continue;
            }
            NextLevels();
            var inPage = 0;
            var count = TakeRows(ref inPage, (int)Math.Min(rows - started, int.MaxValue), started > 0);
            started += inPage;
            if (count == 0)
            {
                break;
            }
            var present = 0;
            for (var i = 0; i < count; i++)
            {
                present += ((int*)pageLevels.Pointer)[pageNext + i] == leaf.Leaf.DefinitionLevel ? 1 : 0;
            }
            if (output is not null)
            {
                cursor.SkipValues(present);
            }
            pageNext += count;
            cursor.Advance(count);
        }
    }

    public void Dispose()
    {
        output?.Dispose();
        cursor.Dispose();
        nulls.Dispose();
        pageLevels.Dispose();
        definitions.Dispose();
        repetitions.Dispose();
        validity.Dispose();
    }

    /// <summary>Makes sure that there are levels to take; false at the end of the chunk.</summary>
    private bool NextLevels()
    {
        if (!cursor.MoveToPage())
        {
            return false;
        }
        if (!cursor.IsAtStart)
        {
            return true;
        }
        var count = cursor.Header.ValueCount;
        if (count > MostLevels)
        {
            Throw.Unsupported($"a page of {count} nested values is not supported");
        }
        cursor.Open();
        pageCount = count;
        pageNext = 0;
        var levels = (int*)pageLevels.Ensure(count * 8L);
        if (leaf.Leaf.DefinitionLevel > 0)
        {
            cursor.Definitions.Read(levels, count);
        }
        else
        {
            new Span<int>(levels, count).Clear();
        }
        if (leaf.Leaf.RepetitionLevel > 0)
        {
            cursor.Repetitions.Read(levels + count, count);
        }
        else
        {
            new Span<int>(levels + count, count).Clear();
        }
        Check(levels, count, leaf.Leaf.DefinitionLevel);
        Check(levels + count, count, leaf.Leaf.RepetitionLevel);
        return true;
    }

    private static void Check(int* levels, int count, int highest)
    {
        for (var i = 0; i < count; i++)
        {
            if ((uint)levels[i] > (uint)highest)
            {
                Throw.Corrupt("a level is higher than the schema allows");
            }
        }
    }

    /// <summary>Counts the levels of the open page that belong to the rows wanted; <paramref name="started"/> counts rows that began.</summary>
    private int TakeRows(ref int started, int rows, bool isWithin = false)
    {
        var levels = (int*)pageLevels.Pointer + pageCount;
        var at = pageNext;
        if (at < pageCount && started == 0 && !isWithin && levels[at] != 0)
        {
            Throw.Corrupt("a column chunk does not begin with a row");
        }
        for (; at < pageCount; at++)
        {
            if (levels[at] == 0)
            {
                if (started == rows)
                {
                    break;
                }
                started++;
            }
        }
        return at - pageNext;
    }

    /// <summary>Copies levels of the page and marks which rows of the leaf have a value.</summary>
    private (int Slots, int Present) Append(int count, int slots)
    {
        if (Count + (long)count > MostLevels)
        {
            Throw.Unsupported($"a batch of more than {MostLevels} nested values is not supported");
        }
        var to = (int*)definitions.Ensure((Count + (long)count) * 4, Count * 4L) + Count;
        var from = (int*)pageLevels.Pointer + pageNext;
        Buffer.MemoryCopy(from, to, count * 4L, count * 4L);
        var repetitionsTo = (int*)repetitions.Ensure((Count + (long)count) * 4, Count * 4L) + Count;
        Buffer.MemoryCopy(from + pageCount, repetitionsTo, count * 4L, count * 4L);
        Count += count;
        var bits = (ulong*)validity.Ensure((Bitmap.WordCount(slots + count) * 8L) + 8, Bitmap.WordCount(slots) * 8L);
        var newSlots = 0;
        var present = 0;
        for (var i = 0; i < count; i++)
        {
            if (to[i] >= itemLevel)
            {
                var isPresent = to[i] == leaf.Leaf.DefinitionLevel;
                Bitmap.Assign(bits, slots + newSlots++, isPresent);
                present += isPresent ? 1 : 0;
            }
        }
        return (newSlots, present);
    }
}
