using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Schemas;
using Micromegas.Storage;

namespace Micromegas.Parquet.Reading;

/// <summary>The bytes of a row group's column chunks: fetches them, or finds them in the cache, and holds them until it is released.</summary>
internal sealed class RowGroupBytes
{
    /// <summary>Part of a chunk above which it is fetched whole, and then kept in the cache: requests have a price too.</summary>
    private const double LargestPart = 0.7;

    private readonly ParquetFile file;
    private readonly ParquetRowGroup group;
    private readonly ChunkCache? cache;
    private readonly bool maps;
    private RowRanges? rows;

    /// <summary>On whose account the bytes are fetched; what continues after a fetch runs on any thread.</summary>
    private readonly MemoryBudget? account = MemoryBudget.Current;
    private HeldChunk[] held;
    private int heldCount;

    /// <param name="file">The file.</param>
    /// <param name="group">The row group.</param>
    /// <param name="columns">Columns that will be read, about.</param>
    /// <param name="cache">Where fetched bytes are kept and looked for.</param>
    /// <param name="rows">Rows that will be read; null = all.</param>
    /// <param name="maps">Whether chunks are read where they lie, where the store can do that.</param>
    public RowGroupBytes(ParquetFile file, ParquetRowGroup group, int columns, ChunkCache? cache, RowRanges? rows, bool maps)
    {
        this.file = file;
        this.group = group;
        this.cache = cache;
        this.maps = maps;
        Rows = rows;
        held = new HeldChunk[columns];
    }

    /// <summary>Rows that will be read; null = all.</summary>
    public RowRanges? Rows
    {
        get => rows;
        set => rows = value is not null && value.RowCount < group.RowCount ? value : null;
    }

    /// <summary>Bytes that were fetched so far; what the cache had does not count.</summary>
    public long FetchedBytes { get; private set; }

    /// <summary>Bytes of pages that were left out, because none of the rows that were asked for are in them.</summary>
    public long SkippedBytes { get; private set; }

    public int SkippedPages { get; private set; }

    /// <summary>Chunks that came from the cache.</summary>
    public int CacheHits { get; private set; }

    /// <summary>Fetches what is not there yet of some columns in one batched request.</summary>
    public async ValueTask FetchAsync(IObjectStore store, ReadOnlyMemory<int> columns, CancellationToken ct)
    {
        var indexes = rows is null ? null : await ReadIndexesAsync(store, columns, ct).ConfigureAwait(false);
        if (Plan(store, columns.Span, indexes) is { } fetch)
        {
            await RunAsync(store, fetch, ct).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Fetches some columns whole, and the dictionary pages of some leaves, in one batched request; the leaf's chunk where that hardly costs more, or where the dictionary page's end is not known.
    /// </summary>
    public ValueTask FetchAsync(IObjectStore store, ReadOnlySpan<int> columns, ReadOnlySpan<LeafNode> dictionaries, CancellationToken ct)
    {
        var fetch = Plan(store, columns, null) ?? new ChunkFetch();
        try
        {
            foreach (var leaf in dictionaries)
            {
                PlanDictionary(leaf.Leaf, store, fetch);
            }
        }
        catch
        {
            fetch.Discard();
            throw;
        }
        return fetch.Chunks.Count == 0 ? ValueTask.CompletedTask : RunAsync(store, fetch, ct);
    }

    /// <summary>Bytes that are fetched of a leaf of which only the dictionary is wanted.</summary>
    public long MissingOfDictionary(ParquetNode leaf, int requestCost)
    {
        var ordinal = leaf.LeafOrdinal;
        var chunk = ReadableChunk(leaf);
        if (FindHeld(ordinal) >= 0 || TryTakeCached(ordinal))
        {
            return 0;
        }
        var size = chunk.DictionaryPageSize;
        if (size == 0 || chunk.CompressedSize - size <= requestCost || group.RowCount > int.MaxValue)
        {
            return chunk.CompressedSize;
        }
        if (cache?.Find(file, group.Ordinal, ordinal, ChunkPart.Dictionary) is not { } known)
        {
            return size;
        }
        Hold(new HeldChunk(ordinal, FetchedChunk.DictionaryOf(chunk, known.Buffer, group.RowCount), known, true));
        return 0;
    }

    /// <summary>Takes what the cache has of a column; whether all of it is there.</summary>
    public bool TryTakeCached(ColumnNode column)
    {
        if (column is LeafNode only)
        {
            return TryTakeCached(only.Leaf.LeafOrdinal);
        }
        var isAll = true;
        foreach (var leaf in column.Leaves)
        {
            isAll &= TryTakeCached(leaf.Leaf.LeafOrdinal);
        }
        return isAll;
    }

    /// <summary>Bytes of a leaf's chunk that are not there yet.</summary>
    public long MissingBytes(int leaf)
    {
        var at = FindHeld(leaf);
        var size = group.Metadata.Columns[leaf].CompressedSize;
        return at < 0 ? size : held[at].IsDictionaryOnly ? size - held[at].Chunk.Length : 0;
    }

    /// <summary>What is there of a leaf's chunk.</summary>
    public bool TryGet(int leaf, out HeldChunk chunk)
    {
        var at = FindHeld(leaf);
        chunk = at < 0 ? default : held[at];
        return at >= 0;
    }

    public void Release()
    {
        for (var i = 0; i < heldCount; i++)
        {
            held[i].Release();
        }
        heldCount = 0;
    }

    private ValueTask<PageIndex?[]> ReadIndexesAsync(IObjectStore store, ReadOnlyMemory<int> columns, CancellationToken ct)
    {
        var nodes = new ColumnNode[columns.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = file.Columns[columns.Span[i]];
        }
        return PageIndexReader.ReadAsync(file, store, group, nodes, false, cache, ct);
    }

    /// <summary>Finds what the cache has; gives what must be fetched, if anything.</summary>
    private ChunkFetch? Plan(IObjectStore store, ReadOnlySpan<int> columns, PageIndex?[]? indexes)
    {
        ChunkFetch? fetch = null;
        try
        {
            for (var i = 0; i < columns.Length; i++)
            {
                var node = file.Columns[columns[i]];
                if (node is LeafNode only)
                {
                    PlanLeaf(store, only.Leaf, indexes?[i], ref fetch);
                    continue;
                }
                foreach (var leaf in node.Leaves)
                {
                    PlanLeaf(store, leaf.Leaf, indexes?[i], ref fetch);
                }
            }
            return fetch;
        }
        catch
        {
            fetch?.Discard();
            throw;
        }
    }

    private void PlanLeaf(IObjectStore store, ParquetNode leaf, PageIndex? index, ref ChunkFetch? fetch)
    {
        var ordinal = leaf.LeafOrdinal;
        var chunk = ReadableChunk(leaf);
        if (fetch?.Chunks.Exists(entry => entry.Leaf == ordinal) == true || TryTakeCached(ordinal) || TryMap(store, ordinal))
        {
            return;
        }
        var parts = index is null ? null : FetchedChunk.PagesOf(chunk, index, rows!);
        var size = parts is null ? chunk.CompressedSize : parts.Sum(static part => part.IsAbsent ? 0L : part.Length);
        if (size > chunk.CompressedSize * LargestPart)
        {
            (parts, size) = (null, chunk.CompressedSize);
        }
        fetch ??= new ChunkFetch();
        var buffer = Rent(size);
        var known = CopyDictionary(ordinal, parts, buffer);
        fetch.Add(new HeldChunk(ordinal, new FetchedChunk(buffer, size, parts), null, false), chunk, known);
        FetchedBytes += size - known;
        SkippedBytes += chunk.CompressedSize - size;
        SkippedPages += parts?.Count(static part => part.IsAbsent) ?? 0;
    }

    private void PlanDictionary(ParquetNode leaf, IObjectStore store, ChunkFetch fetch)
    {
        var ordinal = leaf.LeafOrdinal;
        var size = MissingOfDictionary(leaf, store.RequestCost);
        if (size == 0 || TryMap(store, ordinal) || fetch.Chunks.Exists(entry => entry.Leaf == ordinal))
        {
            return;
        }
        var chunk = group.Metadata.Columns[ordinal];
        var buffer = Rent(size);
        var isPart = size < chunk.CompressedSize;
        fetch.Add(
            new HeldChunk(ordinal, isPart ? FetchedChunk.DictionaryOf(chunk, buffer, group.RowCount) : new FetchedChunk(buffer, size, null), null, isPart), chunk, 0);
        FetchedBytes += size;
    }

    private ColumnChunkMetadata ReadableChunk(ParquetNode leaf)
    {
        var chunk = group.Metadata.Columns[leaf.LeafOrdinal];
        if (chunk.IsEncrypted || chunk.HasForeignFile)
        {
            throw new ParquetUnsupportedException(chunk.IsEncrypted ? "the column is encrypted" : "the column lies in another file")
                .At(new ParquetLocation(file.Key, group.Ordinal, leaf.Path));
        }
        return chunk;
    }

    private NativeBuffer Rent(long size)
    {
        var before = MemoryBudget.Current;
        MemoryBudget.Current = account;
        try
        {
            return BufferPool.Shared.Rent(size);
        }
        finally
        {
            MemoryBudget.Current = before;
        }
    }

    /// <summary>Copies a dictionary page that is there to the beginning of what is fetched; gives its bytes.</summary>
    private unsafe long CopyDictionary(int leaf, FetchedPart[]? parts, NativeBuffer target)
    {
        if (!TryGet(leaf, out var dictionary) || (parts is not null && !(parts[0].IsDictionary && parts[0].Length == dictionary.Chunk.Length)))
        {
            return 0;
        }
        Buffer.MemoryCopy(dictionary.Chunk.Buffer.Pointer, target.Pointer, target.Capacity, dictionary.Chunk.Length);
        return dictionary.Chunk.Length;
    }

    private async ValueTask RunAsync(IObjectStore store, ChunkFetch fetch, CancellationToken ct)
    {
        try
        {
            if (fetch.Ranges.Count > 0)
            {
                await store.ReadAsync(file.Key, fetch.Ranges, fetch.Targets, ct).ConfigureAwait(false);
            }
            foreach (var chunk in fetch.Chunks)
            {
                Keep(chunk);
            }
            fetch.Chunks.Clear();
        }
        finally
        {
            fetch.Discard();
        }
    }

    /// <summary>Whether the whole chunk is there, or in the cache, from which it then is taken.</summary>
    private bool TryTakeCached(int leaf)
    {
        var at = FindHeld(leaf);
        if (at >= 0 && !held[at].IsDictionaryOnly)
        {
            return true;
        }
        if (cache?.Find(file, group.Ordinal, leaf, ChunkPart.Pages) is not { } known)
        {
            return false;
        }
        Hold(new HeldChunk(leaf, new FetchedChunk(known.Buffer, group.Metadata.Columns[leaf].CompressedSize, null), known, false));
        CacheHits++;
        return true;
    }

    /// <summary>Takes the whole chunk where it lies: it is neither fetched nor kept, the system's cache has it.</summary>
    private unsafe bool TryMap(IObjectStore store, int leaf)
    {
        var chunk = group.Metadata.Columns[leaf];
        if (!maps || store is not IMappingObjectStore mapping || mapping.TryMap(file.Key, chunk.Start, chunk.CompressedSize) is not { } range)
        {
            return false;
        }
        Hold(new HeldChunk(leaf, new FetchedChunk(NativeBuffer.Over(range.Pointer, range.Length, range), range.Length, null), null, false));
        return true;
    }

    private int FindHeld(int leaf)
    {
        var at = heldCount - 1;
        while (at >= 0 && held[at].Leaf != leaf)
        {
            at--;
        }
        return at;
    }

    /// <summary>Holds a chunk; a dictionary gives way to the chunk that begins with it.</summary>
    private void Hold(in HeldChunk chunk)
    {
        var at = FindHeld(chunk.Leaf);
        if (at >= 0)
        {
            held[at].Release();
            held[at] = chunk;
            return;
        }
        if (heldCount == held.Length)
        {
            Array.Resize(ref held, Math.Max(4, heldCount * 2));
        }
        held[heldCount++] = chunk;
    }

    private void Keep(in HeldChunk fetched) => Hold(fetched with
    {
        Cached = fetched.Chunk.Parts is null || fetched.IsDictionaryOnly
            ? cache?.Add(file, group.Ordinal, fetched.Leaf, fetched.IsDictionaryOnly ? ChunkPart.Dictionary : ChunkPart.Pages, fetched.Chunk.Buffer)
            : null,
    });
}
