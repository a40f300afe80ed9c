using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>
/// The direct index over keys that are small codes (<see cref="KeyCodes"/>): one array entry a combination, as long as there are at most 64 Ki of them
/// (design.md §4). The entries stay valid while the codes mean the same, so a key is looked up once a dictionary, not once a row.
/// </summary>
internal sealed unsafe class DirectKeys : IDisposable
{
    private const int MaxEntries = 64 * 1024;

    private readonly KeyCodes[] columns;
    private readonly int[] sizes;
    private readonly object?[] identities;
    private readonly int[] positions;
    private readonly NativeList<int> map = new();
    private readonly NativeList<int> index = new();
    private readonly NativeList<DictionaryRun> runs = new();
    private bool isFilled;
    private long servedRows;

    /// <summary>The one column that <see cref="TryUseRuns"/> found without runs; -1 where there are more or none, or another batch came.</summary>
    private int coded = -1;

    public DirectKeys(int columnCount)
    {
        columns = new KeyCodes[columnCount];
        for (var i = 0; i < columnCount; i++)
        {
            columns[i] = new KeyCodes();
        }
        sizes = new int[columnCount];
        identities = new object?[columnCount];
        positions = new int[columnCount];
    }

    /// <summary>For each combination of codes the number of its key, <see cref="KeyScratch.Unknown"/> while not looked up.</summary>
    public int* Map => map.Items;

    /// <summary>Whether the rows can be resolved directly.</summary>
    public bool TryUse(ReadOnlySpan<VectorAccess> accesses, int* rows, int count, int rowCount)
    {
        for (var i = 0; i < columns.Length; i++)
        {
            if (!columns[i].TryRead(accesses[i], rows, count, rowCount))
            {
                return false;
            }
        }
        return TryFill(count);
    }

    /// <summary>Each selected row's place in the map, at the row's place.</summary>
    public int* Index(int* rows, int count, int rowCount)
    {
        if (columns.Length == 1)
        {
            return columns[0].Codes;
        }
        index.EnsureCapacity(Math.Max(rowCount, Batch.MaxRows));
        var target = index.Items;
        var codes = columns[0].Codes;
        for (var i = 1; i < columns.Length; i++)
        {
            Combine(codes, columns[i].Codes, sizes[i] + 1, rows, count, target);
            codes = target;
        }
        return target;
    }

    /// <summary>Runs of rows with their places in the map, when all columns come in runs and all rows count; empty otherwise.</summary>
    public ReadOnlySpan<DictionaryRun> TryUseRuns(ReadOnlySpan<Vector> keys, int rowCount)
    {
        coded = -1;
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i].TryReadRuns(keys[i], rowCount))
            {
                continue;
            }
            if (coded >= 0 || columns.Length == 1)
            {
                coded = -1;
                return [];
            }
            coded = i;
        }
        if (coded >= 0 || !TryFill(rowCount))
        {
            return [];
        }
        if (columns.Length == 1)
        {
            return columns[0].Runs;
        }
        MergeRuns(rowCount, -1);
        return runs.Span;
    }

    /// <summary>The column that lacks runs where <see cref="TryUseRuns"/> has just failed for no other reason; else -1. Asked once a batch.</summary>
    public int TakeCoded()
    {
        var column = coded;
        coded = -1;
        return column;
    }

    /// <summary>
    /// Segments of rows that agree in all columns but one, with the place in the map of that column's code 0; empty when keys cannot be found so.
    /// </summary>
    /// <param name="column">What <see cref="TakeCoded"/> gave.</param>
    /// <param name="access">That column's values.</param>
    /// <param name="rowCount">Rows of the batch.</param>
    /// <param name="stride">From the place of one code to the next.</param>
    public ReadOnlySpan<DictionaryRun> TryUseSegments(int column, in VectorAccess access, int rowCount, out int stride)
    {
        stride = 1;
        if (!columns[column].TryRead(access, null, rowCount, rowCount) || !TryFill(rowCount))
        {
            return [];
        }
        for (var i = column + 1; i < columns.Length; i++)
        {
            stride *= sizes[i] + 1;
        }
        MergeRuns(rowCount, column);
        return runs.Span;
    }

    /// <summary>The codes of the column without runs.</summary>
    public int* CodesOf(int column) => columns[column].Codes;

    public void Dispose()
    {
        foreach (var column in columns)
        {
            column.Dispose();
        }
        map.Dispose();
        index.Dispose();
        runs.Dispose();
    }

    private bool TryFill(int count)
    {
        var entries = 1L;
        foreach (var column in columns)
        {
            entries *= column.Size + 1;
            if (entries > MaxEntries)
            {
                return false;
            }
        }
        // Only now: what a refused batch brought must not pass for what the map was filled with.
        var same = isFilled;
        for (var i = 0; i < columns.Length; i++)
        {
            var column = columns[i];
            same &= sizes[i] == column.Size && ReferenceEquals(identities[i], column.Identity);
            sizes[i] = column.Size;
            identities[i] = column.Identity;
        }
        if (same)
        {
            servedRows += count;
            return true;
        }
        // Filling the map must not cost more than it saves: with dictionaries that change all the time only small maps pay.
        isFilled = entries <= 4L * count || servedRows >= entries || !isFilled;
        servedRows = count;
        if (isFilled)
        {
            map.Count = 0;
            map.Resize((int)entries, KeyScratch.Unknown);
        }
        return isFilled;
    }

    private static void Combine(int* codes, int* more, int size, int* rows, int count, int* target)
    {
        if (rows == null)
        {
            for (var i = 0; i < count; i++)
            {
                target[i] = (codes[i] * size) + more[i];
            }
            return;
        }
        for (var i = 0; i < count; i++)
        {
            var row = rows[i];
            target[row] = (codes[row] * size) + more[row];
        }
    }

    /// <summary>Rows that agree in all columns; one may be left out, as if its codes were all 0.</summary>
    private void MergeRuns(int rowCount, int without)
    {
        Array.Clear(positions);
        runs.Count = 0;
        for (var row = 0; row < rowCount;)
        {
            var end = rowCount;
            var place = 0;
            for (var i = 0; i < columns.Length; i++)
            {
                var run = i == without ? new DictionaryRun(rowCount, 0) : columns[i].Runs[positions[i]];
                place = (place * (sizes[i] + 1)) + run.Code;
                end = Math.Min(end, run.End);
            }
            runs.Add(new DictionaryRun(end, place));
            for (var i = 0; i < columns.Length; i++)
            {
                if (i != without && columns[i].Runs[positions[i]].End == end)
                {
                    positions[i]++;
                }
            }
            row = end;
        }
    }
}
