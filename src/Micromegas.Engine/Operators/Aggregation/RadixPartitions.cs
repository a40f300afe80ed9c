using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Aggregation;

/// <summary>
/// Rows split by the hash of their first columns into so many partitions that the groups of each fit a core's cache. Every partition fills a chunk of its own, which is
/// read as a batch later; full chunks lie in memory until a worker takes their partition.
/// </summary>
internal sealed unsafe class RadixPartitions : IDisposable
{
    /// <summary>Partitions: a million groups of some hundred bytes make partitions of less than a megabyte, and as many open chunks do not yet outgrow the caches.</summary>
    public const int Count = 128;

    /// <summary>Bytes of a chunk, about.</summary>
    public const int ChunkBytes = 32 << 10;

    /// <summary>The bits of the hash: not those by which <see cref="AggregatePartitions"/> splits what memory has no room for.</summary>
    private const int HashShift = 32;

    /// <summary>Fewer rows do not make a chunk, however long they are.</summary>
    private const int SmallestChunk = 64;

    /// <summary>Bytes of texts from which a chunk is full.</summary>
    private const int LargestText = 1 << 20;

    private const int Alignment = 64;

    private readonly RadixColumn[] columns;
    private readonly BytesRadixColumn[] texts;
    private readonly int keyCount;
    private readonly int chunkRows;
    private readonly long chunkBytes;
    private readonly KeyHasher hasher = new();
    private readonly AccessScratch[] scratch;
    private readonly NativeList<ulong> hashes = new();
    private readonly NativeList<int> partitions = new();
    private readonly NativeList<int> places = new();
    private readonly NativeList<int> added = new();
    private readonly NativeList<int> filled = new();
    private readonly RadixChunk?[] open = new RadixChunk?[Count];
    private readonly List<RadixChunk>[] full = [.. Enumerable.Range(0, Count).Select(static _ => new List<RadixChunk>())];
    private long chunkTotal;

    /// <param name="types">Types of the columns; each <see cref="RadixColumn.Suits"/>.</param>
    /// <param name="keyCount">How many of them are hashed.</param>
    /// <param name="textBytes">Bytes of a row's texts, about.</param>
    public RadixPartitions(IReadOnlyList<DataType> types, int keyCount, int textBytes)
    {
        this.keyCount = keyCount;
        columns = [.. types.Select(RadixColumn.Create)];
        texts = [.. columns.OfType<BytesRadixColumn>()];
        scratch = [.. columns.Select(static _ => new AccessScratch())];
        // A tenth more, so that few chunks turn out too small for their texts.
        var text = texts.Length == 0 ? 0 : textBytes + (textBytes / 10) + 1;
        var rowBytes = Math.Max(1, (Layout(SmallestChunk, 0) / SmallestChunk) + text);
        chunkRows = (int)Math.Clamp(ChunkBytes / rowBytes, SmallestChunk, Batch.MaxRows);
        chunkBytes = Layout(chunkRows, text);
        added.Resize(Count, 0);
        filled.Resize(Count, 0);
    }

    /// <summary>Bytes of memory.</summary>
    public long Bytes
    {
        get
        {
            var bytes = chunkTotal;
            foreach (var column in texts)
            {
                bytes += column.OutgrownBytes;
            }
            return bytes;
        }
    }

    /// <summary>Bytes of memory that a further batch asks for, if it begins a chunk in a few partitions, as batches do.</summary>
    public long GrowthBytes => chunkBytes * (Count / 8);

    /// <summary>Rows that were added and not taken.</summary>
    public long RowCount { get; private set; }

    /// <summary>Adds rows.</summary>
    /// <param name="values">The columns.</param>
    /// <param name="rows">The rows; null = the first <paramref name="count"/>.</param>
    /// <param name="count">Rows.</param>
    public void Add(ReadOnlySpan<Vector> values, int* rows, int count)
    {
        hashes.EnsureCapacity(Math.Max(count, Batch.MaxRows));
        partitions.EnsureCapacity(Math.Max(count, Batch.MaxRows));
        places.EnsureCapacity(Math.Max(count, Batch.MaxRows));
        hasher.Hash(values[..keyCount], rows, count, hashes.Items);
        for (var first = 0; first < count; first += chunkRows)
        {
            var some = Math.Min(chunkRows, count - first);
            Place(hashes.Items + first, some);
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i].Scatter(VectorAccess.Of(values[i], scratch[i]), rows, first, some, partitions.Items, places.Items);
            }
        }
        RowCount += count;
    }

    /// <summary>No rows come any more, for the time being: chunks that are not full can be taken too.</summary>
    public void Complete()
    {
        for (var partition = 0; partition < Count; partition++)
        {
            if (open[partition] is not null)
            {
                Close(partition);
            }
        }
    }

    /// <summary>Rows of a partition that can be taken.</summary>
    public long RowsOf(int partition) => full[partition].Sum(static chunk => (long)chunk.Rows);

    /// <summary>Looks at the chunks of a partition. Several workers may look at different partitions.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="take">Gets the columns and the rows of each chunk.</param>
    /// <param name="freed">Gets bytes and rows of each chunk, which is freed when it was looked at; null = none is freed.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public void Read(int partition, Action<Vector[], int> take, Action<long, long>? freed, CancellationToken cancellationToken)
    {
        var views = new Vector[columns.Length];
        var chunks = full[partition];
        for (var next = 0; next < chunks.Count; next++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var chunk = chunks[next];
            for (var i = 0; i < views.Length; i++)
            {
                views[i] = columns[i].View(chunk, i);
            }
            take(views, chunk.Rows);
            if (freed is not null)
            {
                freed(chunk.Bytes, chunk.Rows);
                chunk.Dispose();
            }
        }
        if (freed is not null)
        {
            chunks.Clear();
        }
    }

    /// <summary>Forgets the count of chunks that were read and freed by one worker.</summary>
    public void Forget(long bytes, long rows)
    {
        chunkTotal -= bytes;
        RowCount -= rows;
    }

    public void Dispose()
    {
        foreach (var chunk in open)
        {
            chunk?.Dispose();
        }
        foreach (var chunk in full.SelectMany(static chunks => chunks))
        {
            chunk.Dispose();
        }
        foreach (var column in columns)
        {
            column.Dispose();
        }
        foreach (var access in scratch)
        {
            access.Dispose();
        }
        hasher.Dispose();
        hashes.Dispose();
        partitions.Dispose();
        places.Dispose();
        added.Dispose();
        filled.Dispose();
    }

    internal static long Align(long offset) => (offset + Alignment - 1) & -Alignment;

    private long Layout(int rows, int text)
    {
        var at = 0L;
        foreach (var column in columns)
        {
            at = column.Layout(at, rows);
        }
        foreach (var column in texts)
        {
            column.ByteCapacity = text * rows / texts.Length;
            at = column.LayoutBytes(at);
        }
        return at;
    }

    /// <summary>Tells where rows go. There is room: a chunk that would not hold all of them is full as it is.</summary>
    private void Place(ulong* hash, int count)
    {
        added.Span.Clear();
        var counts = added.Items;
        var target = partitions.Items;
        for (var i = 0; i < count; i++)
        {
            var partition = (int)(hash[i] >> HashShift) & (Count - 1);
            target[i] = partition;
            counts[partition]++;
        }
        for (var partition = 0; partition < Count; partition++)
        {
            if (counts[partition] > 0 && (open[partition] is null || IsFull(partition, counts[partition])))
            {
                Open(partition);
            }
        }
        var next = filled.Items;
        for (var i = 0; i < count; i++)
        {
            places.Items[i] = next[target[i]]++;
        }
    }

    private bool IsFull(int partition, int more)
    {
        if (filled[partition] + more > chunkRows)
        {
            return true;
        }
        foreach (var column in texts)
        {
            if (column.BytesOf(partition) >= LargestText)
            {
                return true;
            }
        }
        return false;
    }

    private void Open(int partition)
    {
        if (open[partition] is not null)
        {
            Close(partition);
        }
        var chunk = new RadixChunk(BufferPool.Shared.Rent(chunkBytes));
        chunkTotal += chunk.Buffer.Capacity;
        foreach (var column in columns)
        {
            column.Open(partition, chunk.Buffer.Pointer);
        }
        open[partition] = chunk;
    }

    private void Close(int partition)
    {
        var chunk = open[partition]!;
        open[partition] = null;
        chunk.Rows = filled[partition];
        filled[partition] = 0;
        chunkTotal -= chunk.Bytes;
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i].Close(partition, chunk, i);
        }
        chunkTotal += chunk.Bytes;
        full[partition].Add(chunk);
    }
}

/// <summary>Rows of one partition.</summary>
internal sealed class RadixChunk(NativeBuffer buffer) : IDisposable
{
    public NativeBuffer Buffer { get; } = buffer;

    public int Rows { get; set; }

    /// <summary>A bit a column that has nulls.</summary>
    public ulong NullColumns { get; set; }

    /// <summary>Texts that did not fit the chunk, by column.</summary>
    public Dictionary<int, NativeBuffer>? Outgrown { get; set; }

    public long Bytes => Buffer.Capacity + (Outgrown?.Values.Sum(static buffer => buffer.Capacity) ?? 0);

    public void Dispose()
    {
        Buffer.Dispose();
        foreach (var texts in Outgrown?.Values ?? Enumerable.Empty<NativeBuffer>())
        {
            texts.Dispose();
        }
    }
}
