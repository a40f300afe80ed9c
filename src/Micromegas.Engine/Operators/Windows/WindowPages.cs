using System.Numerics;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Sorting;
using Micromegas.Engine.Operators.Spilling;

namespace Micromegas.Engine.Operators.Windows;

/// <summary>
/// The first rows of a partition that memory has no room for: pages of rows in a temporary file. The pages asked for last are in the row store, so that their
/// rows have ids.
/// </summary>
internal sealed unsafe class WindowPages : IDisposable
{
    /// <summary>Rows of a page at most.</summary>
    private const int LargestShift = 10;

    /// <summary>Rows of a page, and pages in memory, where spilling is forced, so that few rows already need many.</summary>
    private const int ForcedShift = 5;
    private const int FewestResident = 4;
    private const int MostResident = 64;

    /// <summary>The parts of a statement's memory, 1 / 128 and 1 / 16, that a page and all pages in memory may take.</summary>
    private const int PageBytesShift = 7;
    private const int ResidentBytesShift = 4;

    private readonly SortState state;
    private readonly RowReader reader;
    private readonly NativeList<Page> pages = new();
    private readonly List<int> resident = [];
    private readonly int shift;
    private readonly int mostResident;
    private long uses;

    /// <param name="state">The sorted rows.</param>
    /// <param name="rowBytes">Bytes that a row takes in the store, about.</param>
    public WindowPages(SortState state, long rowBytes)
    {
        this.state = state;
        var limit = state.Context.Budget.Limit;
        shift = state.Context.Options.ForceSpill
            ? ForcedShift
            : Math.Clamp(63 - BitOperations.LeadingZeroCount((ulong)Math.Max(1, (limit >> PageBytesShift) / Math.Max(1, rowBytes))), 0, LargestShift);
        mostResident = state.Context.Options.ForceSpill
            ? FewestResident
            : (int)Math.Clamp((limit >> ResidentBytesShift) / Math.Max(1, rowBytes << shift), FewestResident, MostResident);
        File = state.CreateFile();
        reader = state.Store.CreateReader();
    }

    /// <summary>Where other things that belong to the partition may go too.</summary>
    public SpillFile File { get; }

    public int PageRows => 1 << shift;

    /// <summary>Rows in the file.</summary>
    public int Count => pages.Count << shift;

    /// <summary>Bytes of the pages in memory.</summary>
    public long Bytes => resident.Sum(page => state.Store.BytesOf(pages[page].Chunk));

    /// <summary>Writes a page of rows, which may be freed then.</summary>
    public void Add(int* ids)
    {
        var columns = new Vector[state.PayloadTypes.Count];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = reader.Take(i, ids, PageRows);
        }
        pages.Add(new Page { Place = File.Write(columns, PageRows), Chunk = -1 });
    }

    /// <summary>Brings the pages of rows to memory and gives the rows' ids, which are valid until the next call.</summary>
    /// <param name="rows">Rows in the file; others are left alone.</param>
    /// <param name="count">How many.</param>
    /// <param name="ids">Gets the ids.</param>
    /// <returns>How many of the first rows have pages that fit memory at a time.</returns>
    public int Locate(int* rows, int count, int* ids)
    {
        uses++;
        for (var i = 0; i < count; i++)
        {
            if ((uint)rows[i] >= (uint)Count)
            {
                continue;
            }
            ref var page = ref pages[rows[i] >> shift];
            if (page.Chunk < 0 && !TryLoad(rows[i] >> shift))
            {
                return i;
            }
            page.Used = uses;
            ids[i] = (page.Chunk << RowStore.ChunkShift) + (rows[i] & (PageRows - 1));
        }
        return count;
    }

    /// <summary>Nobody asks for the rows any more.</summary>
    public void Free()
    {
        foreach (var page in resident)
        {
            state.Store.FreeChunk(pages[page].Chunk);
        }
        resident.Clear();
    }

    public void Dispose()
    {
        reader.Dispose();
        pages.Dispose();
        state.Release(File);
    }

    private bool TryLoad(int number)
    {
        if (resident.Count == mostResident)
        {
            var oldest = resident.MinBy(page => pages[page].Used);
            if (pages[oldest].Used == uses)
            {
                return false;
            }
            state.Store.FreeChunk(pages[oldest].Chunk);
            pages[oldest].Chunk = -1;
            resident.Remove(oldest);
        }
        var columns = File.Read(pages[number].Place, state.PayloadTypes);
        // The keys of the order are not asked for any more.
        using var key = new NullVector(PageRows);
        using var writer = state.Store.CreateWriter(PageRows);
        try
        {
            writer.Write(state.StoresKeys ? [.. columns, key] : columns, null, PageRows, null);
        }
        finally
        {
            foreach (var column in columns)
            {
                column.Dispose();
            }
        }
        pages[number].Chunk = writer.Chunks[0];
        resident.Add(number);
        return true;
    }

    private struct Page
    {
        public SpilledBatch Place;

        /// <summary>The chunk of the store that has the rows, -1 = none.</summary>
        public int Chunk;

        public long Used;
    }
}
