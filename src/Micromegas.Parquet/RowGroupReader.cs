using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Reading;
using Micromegas.Parquet.Schemas;
using Micromegas.Storage;

namespace Micromegas.Parquet;

/// <summary>
/// Reads some columns of one row group: fetch the bytes with <see cref="PrefetchAsync(IObjectStore, CancellationToken)"/>, then decode with the
/// <see cref="ColumnReader"/>s. Vectors and dictionaries live until this is disposed. For one thread at a time.
/// </summary>
public sealed class RowGroupReader : IDisposable
{
    /// <summary>Stores take ranges of up to 2 GiB; larger chunks are fetched in parts.</summary>
    private const int LargestRange = 1 << 30;

    /// <summary>Part of a chunk above which it is fetched whole, and then kept in the cache: requests have a price too.</summary>
    private const double LargestPart = 0.7;

    private readonly ParquetFile file;
    private readonly ParquetRowGroup group;
    private readonly int[] ordinals;
    private readonly int[] allPositions;
    private readonly ColumnReader?[] readers;
    private readonly Dictionary<int, FetchedChunk> chunks = [];
    private readonly List<CachedChunk> cached = [];
    private readonly ChunkCache? cache;
    private readonly RowRanges? rows;
    private int cacheHits;
    private bool disposed;

    internal RowGroupReader(ParquetFile file, ParquetRowGroup group, ReadOnlySpan<int> columns, ChunkCache? cache, RowRanges? rows)
    {
        this.rows = rows is not null && rows.RowCount < group.RowCount ? rows : null;
        this.cache = cache;
        this.file = file;
        this.group = group;
        ordinals = columns.ToArray();
        allPositions = new int[ordinals.Length];
        for (var i = 0; i < allPositions.Length; i++)
        {
            allPositions[i] = i;
        }
        readers = new ColumnReader?[ordinals.Length];
    }

    /// <summary>Rows of the row group.</summary>
    public long RowCount => group.RowCount;

    /// <summary>Columns that were asked for.</summary>
    public int ColumnCount => ordinals.Length;

    /// <summary>Bytes that fetching all columns takes, and that are held until disposal.</summary>
    public long PrefetchSize => ordinals.Sum(ordinal => group.Columns[ordinal].CompressedSize);

    /// <summary>Bytes that were fetched so far; what the cache had does not count.</summary>
    public long FetchedBytes { get; private set; }

    /// <summary>Bytes of pages that were left out, because none of the rows that were asked for are in them.</summary>
    public long SkippedBytes { get; private set; }

    /// <summary>Pages that were left out.</summary>
    public int SkippedPages { get; private set; }

    /// <summary>Chunks that came from the cache.</summary>
    public int CacheHits => cacheHits;

    /// <summary>Fetches the bytes of all columns in one batched request.</summary>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    /// <exception cref="ParquetException">A column lies in another file or is encrypted.</exception>
    public ValueTask PrefetchAsync(IObjectStore store, CancellationToken ct) => PrefetchAsync(store, allPositions, ct);

    /// <summary>Fetches the bytes of some columns that are not there yet, in one batched request: a filter's columns first, the others when rows are left.</summary>
    /// <param name="store">Where the file is.</param>
    /// <param name="positions">Positions in the list of columns that was asked for.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask PrefetchAsync(IObjectStore store, ReadOnlyMemory<int> positions, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(store);
        ObjectDisposedException.ThrowIf(disposed, this);
        var ranges = new List<ByteRange>();
        var targets = new List<Memory<byte>>();
        var fetched = new Dictionary<int, FetchedChunk>();
        var indexes = rows is null ? null : await ReadIndexesAsync(store, positions, ct).ConfigureAwait(false);
        try
        {
            Plan(positions.Span, indexes, ranges, targets, fetched);
            if (ranges.Count > 0)
            {
                await store.ReadAsync(file.Key, ranges, targets, ct).ConfigureAwait(false);
            }
            foreach (var (leaf, chunk) in fetched)
            {
                Keep(leaf, chunk);
            }
            fetched.Clear();
        }
        finally
        {
            foreach (var chunk in fetched.Values)
            {
                chunk.Buffer.Dispose();
            }
        }
    }

    /// <summary>The reader of a column.</summary>
    /// <param name="position">Position in the list of columns that was asked for.</param>
    /// <exception cref="InvalidOperationException">The column's bytes were not fetched.</exception>
    /// <exception cref="ParquetException">Its pages are damaged or use what is not supported.</exception>
    public ColumnReader Column(int position)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return readers[position] ??= Open(file.Columns[ordinals[position]]);
    }

    public void Dispose()
    {
        disposed = true;
        foreach (var reader in readers)
        {
            reader?.Dispose();
        }
        Array.Clear(readers);
        foreach (var chunk in cached)
        {
            // What the cache keeps is its own.
            chunks.Remove(chunk.Key.Leaf);
            chunk.Release();
        }
        foreach (var chunk in chunks.Values)
        {
            chunk.Buffer.Dispose();
        }
        cached.Clear();
        chunks.Clear();
    }

    private ValueTask<PageIndex?[]> ReadIndexesAsync(IObjectStore store, ReadOnlyMemory<int> positions, CancellationToken ct)
    {
        var nodes = new ColumnNode[positions.Length];
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i] = file.Columns[ordinals[positions.Span[i]]];
        }
        return PageIndexReader.ReadAsync(file, store, group, nodes, false, cache, ct);
    }

    private void Plan(ReadOnlySpan<int> positions, PageIndex?[]? indexes, List<ByteRange> ranges, List<Memory<byte>> targets, Dictionary<int, FetchedChunk> fetched)
    {
        for (var i = 0; i < positions.Length; i++)
        {
            var position = positions[i];
            foreach (var leaf in file.Columns[ordinals[position]].Leaves)
            {
                var ordinal = leaf.Leaf.LeafOrdinal;
                var chunk = group.Metadata.Columns[ordinal];
                if (chunk.IsEncrypted || chunk.HasForeignFile)
                {
                    throw new ParquetUnsupportedException(chunk.IsEncrypted ? "the column is encrypted" : "the column lies in another file").At(Location(leaf.Leaf));
                }
                if (chunks.ContainsKey(ordinal) || fetched.ContainsKey(ordinal))
                {
                    continue;
                }
                if (cache?.Find(file, group.Ordinal, ordinal, ChunkPart.Pages) is { } known)
                {
                    cached.Add(known);
                    chunks.Add(ordinal, new FetchedChunk(known.Buffer, chunk.CompressedSize, null));
                    cacheHits++;
                    continue;
                }
                var parts = indexes?[i] is { } index ? FetchedChunk.PagesOf(chunk, index, rows!) : null;
                var size = parts is null ? chunk.CompressedSize : parts.Sum(static part => part.IsAbsent ? 0L : part.Length);
                if (size > chunk.CompressedSize * LargestPart)
                {
                    (parts, size) = (null, chunk.CompressedSize);
                }
                var buffer = BufferPool.Shared.Rent(size);
                fetched.Add(ordinal, new FetchedChunk(buffer, size, parts));
                FetchedBytes += size;
                SkippedBytes += chunk.CompressedSize - size;
                SkippedPages += parts?.Count(static part => part.IsAbsent) ?? 0;
                AddRanges(chunk, buffer, parts, ranges, targets);
            }
        }
    }

    private void Keep(int leaf, FetchedChunk chunk)
    {
        chunks.Add(leaf, chunk);
        if (chunk.Parts is null && cache?.Add(file, group.Ordinal, leaf, ChunkPart.Pages, chunk.Buffer) is { } kept)
        {
            cached.Add(kept);
        }
    }

    private static void AddRanges(ColumnChunkMetadata chunk, NativeBuffer buffer, FetchedPart[]? parts, List<ByteRange> ranges, List<Memory<byte>> targets)
    {
        if (parts is null)
        {
            AddRange(chunk.Start, buffer, 0, chunk.CompressedSize, ranges, targets);
            return;
        }
        for (var i = 0; i < parts.Length;)
        {
            // Pages that lie one behind the other are one range.
            var first = parts[i++];
            if (first.IsAbsent)
            {
                continue;
            }
            long length = first.Length;
            while (i < parts.Length && !parts[i].IsAbsent && parts[i].FileOffset == first.FileOffset + length)
            {
                length += parts[i++].Length;
            }
            AddRange(first.FileOffset, buffer, first.Position, length, ranges, targets);
        }
    }

    private static unsafe void AddRange(long offset, NativeBuffer buffer, long position, long size, List<ByteRange> ranges, List<Memory<byte>> targets)
    {
        for (long done = 0; done < size;)
        {
            var length = (int)Math.Min(size - done, LargestRange);
            ranges.Add(new ByteRange(offset + done, length));
            targets.Add(new NativeMemory(buffer.Pointer + position + done, length).Memory);
            done += length;
        }
    }

    private ColumnReader Open(ColumnNode node)
    {
        var first = node.FirstLeaf.Leaf;
        if (node.Type.Kind == TypeKind.Null)
        {
            return new NullColumnReader(node.Field, RowCount, Location(first));
        }
        var cursors = new List<PageCursor>();
        try
        {
            foreach (var leaf in node.Leaves)
            {
                cursors.Add(OpenCursor(leaf.Leaf));
            }
            return node is LeafNode flat
                ? new FlatColumnReader(flat, RowCount, Location(first), cursors[0])
                : new NestedColumnReader(node, RowCount, Location(first), [.. cursors]);
        }
        catch (ParquetException e)
        {
            cursors.ForEach(static cursor => cursor.Dispose());
            if (e.FileKey is not null)
            {
                throw;
            }
            throw e.At(Location(first) with { Offset = group.Metadata.Columns[first.LeafOrdinal].Start });
        }
    }

    private unsafe PageCursor OpenCursor(ParquetNode leaf)
    {
        if (!chunks.TryGetValue(leaf.LeafOrdinal, out var fetched))
        {
            throw new InvalidOperationException($"Column '{leaf.Path}' was not fetched: call PrefetchAsync first.");
        }
        var chunk = group.Metadata.Columns[leaf.LeafOrdinal];
        return new PageCursor(leaf, chunk, fetched.Buffer.Pointer, fetched.Length, fetched.Parts);
    }

    private ParquetLocation Location(ParquetNode leaf) => new(file.Key, group.Ordinal, leaf.Path);
}
