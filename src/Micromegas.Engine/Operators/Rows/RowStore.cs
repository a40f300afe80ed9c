using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>
/// Keeps rows, column by column, in chunks of fixed size. Several workers write at a time, each its own chunks; a row is known by its id:
/// chunk number and row in the chunk. Reading starts when writing has ended.
/// </summary>
internal sealed class RowStore : IDisposable
{
    public const int ChunkShift = 13;
    public const int ChunkRows = 1 << ChunkShift;
    public const int ChunkMask = ChunkRows - 1;

    private const int MaxChunks = int.MaxValue >> ChunkShift;

    /// <summary>The part of a statement's memory, 1 / 64, that one dictionary may take.</summary>
    private const int DictionaryShift = 6;

    private readonly Lock gate = new();
    private readonly DataType[] types;
    private readonly ColumnStore?[] columns;
    private readonly List<int> chunkRows = [];

    /// <summary>Numbers of freed chunks, the smallest first: who writes alone gets ids that rise from one time that all is freed to the next.</summary>
    private readonly PriorityQueue<int, int> freed = new();

    private readonly long largestDictionary;

    /// <param name="types">The columns.</param>
    /// <param name="largestDictionary">Bytes up to which the values of a dictionary-coded column are kept once for all rows.</param>
    public RowStore(IEnumerable<DataType> types, long largestDictionary = long.MaxValue)
    {
        this.largestDictionary = largestDictionary;
        this.types = [.. types];
        columns = new ColumnStore?[this.types.Length];
    }

    /// <summary>How large a dictionary may be under a budget.</summary>
    public static long LargestDictionary(MemoryBudget budget) => budget.Limit >> DictionaryShift;

    public IReadOnlyList<DataType> Types => types;

    /// <summary>Numbers of chunks in use are below this.</summary>
    public int ChunkCount => chunkRows.Count;

    /// <summary>Bytes that the columns hold in common, outside chunks.</summary>
    public long SharedBytes => columns.Sum(static column => column?.SharedBytes ?? 0);

    /// <summary>Rows of a chunk.</summary>
    public int RowsOf(int chunk) => chunkRows[chunk];

    /// <summary>Bytes of a chunk.</summary>
    public long BytesOf(int chunk) => columns.Sum(column => column?.BytesOf(chunk) ?? 0);

    /// <summary>Bytes of a column.</summary>
    public long BytesOfColumn(int ordinal)
    {
        var bytes = 0L;
        if (columns[ordinal] is { } column)
        {
            bytes = column.SharedBytes;
            for (var chunk = 0; chunk < ChunkCount; chunk++)
            {
                bytes += column.BytesOf(chunk);
            }
        }
        return bytes;
    }

    /// <summary>Looks at rows of a chunk where they lie, in a column of fixed size; see <see cref="ColumnStore.View"/>.</summary>
    public void View(int ordinal, int chunk, int start, int count, FlatVector view) => columns[ordinal]!.View(chunk, start, count, view);

    /// <summary>Something to take rows with; one a worker.</summary>
    public RowReader CreateReader() => new(this);

    /// <summary>Something to write rows with; one a worker.</summary>
    /// <param name="rowsPerChunk">Rows of a chunk, at most <see cref="ChunkRows"/>.</param>
    public RowWriter CreateWriter(int rowsPerChunk = ChunkRows) => new(this, rowsPerChunk);

    public void FreeChunk(int number)
    {
        lock (gate)
        {
            foreach (var column in columns)
            {
                column?.FreeChunk(number);
            }
            chunkRows[number] = 0;
            freed.Enqueue(number, number);
        }
    }

    public void Dispose()
    {
        foreach (var column in columns)
        {
            column?.Dispose();
        }
    }

    internal ColumnStore? ColumnOf(int ordinal) => columns[ordinal];

    internal int AddChunk(Vector[] first, ColumnChunk[] chunks, int rows)
    {
        lock (gate)
        {
            if (!freed.TryDequeue(out var number, out _))
            {
                number = chunkRows.Count;
                if (number == MaxChunks)
                {
                    Throw.Engine(SqlState.OutOfMemory, "An operator can hold no more than two billion rows.");
                }
                chunkRows.Add(0);
            }
            for (var i = 0; i < columns.Length; i++)
            {
                chunks[i] = (columns[i] ??= ColumnStore.Create(types[i], first[i], largestDictionary)).AddChunk(number, rows);
            }
            return number;
        }
    }

    internal void SetRows(int chunk, int rows)
    {
        lock (gate)
        {
            chunkRows[chunk] = rows;
        }
    }
}
