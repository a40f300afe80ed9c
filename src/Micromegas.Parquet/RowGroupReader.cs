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

    /// <summary>All positions of as many columns as anybody has asked for.</summary>
    private static int[] allPositions = [];

    private readonly ParquetFile file;
    private readonly ParquetRowGroup group;
    private readonly int[] ordinals;
    private readonly ColumnReader?[] readers;

    /// <summary>Which of the readers read this row group; others were another one's, or are missing.</summary>
    private readonly bool[] opened;
    private Held[] held;
    private int heldCount;
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
        readers = new ColumnReader?[ordinals.Length];
        opened = new bool[ordinals.Length];
        held = new Held[ordinals.Length];
    }

    /// <summary>What one request brings.</summary>
    private sealed class Fetch
    {
        public List<ByteRange> Ranges { get; } = [];

        public List<Memory<byte>> Targets { get; } = [];

        public List<(int Leaf, FetchedChunk Chunk)> Chunks { get; } = [];
    }

    /// <summary>The bytes of a leaf's chunk: the cache's, or this reader's own.</summary>
    private readonly record struct Held(int Leaf, FetchedChunk Chunk, CachedChunk? Cached);

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
    public ValueTask PrefetchAsync(IObjectStore store, CancellationToken ct) => PrefetchAsync(store, AllPositions(ordinals.Length), ct);

    /// <summary>Fetches the bytes of some columns that are not there yet, in one batched request: a filter's columns first, the others when rows are left.</summary>
    /// <param name="store">Where the file is.</param>
    /// <param name="positions">Positions in the list of columns that was asked for.</param>
    /// <param name="ct">Cancels.</param>
    public async ValueTask PrefetchAsync(IObjectStore store, ReadOnlyMemory<int> positions, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(store);
        ObjectDisposedException.ThrowIf(disposed, this);
        var indexes = rows is null ? null : await ReadIndexesAsync(store, positions, ct).ConfigureAwait(false);
        if (Plan(positions.Span, indexes) is not { } fetch)
        {
            return;
        }
        try
        {
            await store.ReadAsync(file.Key, fetch.Ranges, fetch.Targets, ct).ConfigureAwait(false);
            foreach (var (leaf, chunk) in fetch.Chunks)
            {
                Keep(leaf, chunk);
            }
            fetch.Chunks.Clear();
        }
        finally
        {
            foreach (var (_, chunk) in fetch.Chunks)
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
        return opened[position] ? readers[position]! : Open(position);
    }

    /// <summary>Rows of a column that are null, as the footer says; null when it does not say.</summary>
    /// <param name="position">Position in the list of columns that was asked for.</param>
    public long? NullCountOf(int position) => group.Columns[ordinals[position]].Statistics.NullCount;

    /// <summary>Goes back to the first row in every column. What was decoded of a dictionary, and the page that was read last, need not be decompressed again.</summary>
    public void Rewind()
    {
        for (var i = 0; i < opened.Length; i++)
        {
            opened[i] = opened[i] && readers[i]!.TryRewind(RowCount);
        }
    }

    /// <summary>
    /// Ends the reading: frees the bytes. What the column readers have for decoding stays for <see cref="PassReadersTo"/>, or until disposal.
    /// </summary>
    public void Release()
    {
        disposed = true;
        for (var i = 0; i < heldCount; i++)
        {
            if (held[i].Cached is { } cached)
            {
                cached.Release();
            }
            else
            {
                held[i].Chunk.Buffer.Dispose();
            }
        }
        heldCount = 0;
    }

    /// <summary>Gives the column readers, with their memory and decoders, to a row group whose columns have not been read yet.</summary>
    /// <param name="next">A row group that was opened for the same columns, perhaps of another file; what does not fit it, it does not use.</param>
    public void PassReadersTo(RowGroupReader next)
    {
        ArgumentNullException.ThrowIfNull(next);
        Release();
        for (var i = 0; i < Math.Min(readers.Length, next.readers.Length); i++)
        {
            if (next.readers[i] is null)
            {
                (next.readers[i], readers[i]) = (readers[i], null);
            }
        }
        Dispose();
    }

    public void Dispose()
    {
        Release();
        foreach (var reader in readers)
        {
            reader?.Dispose();
        }
        Array.Clear(readers);
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

    /// <summary>Finds what the cache has; gives what must be fetched, if anything.</summary>
    private Fetch? Plan(ReadOnlySpan<int> positions, PageIndex?[]? indexes)
    {
        Fetch? fetch = null;
        try
        {
            for (var i = 0; i < positions.Length; i++)
            {
                var node = file.Columns[ordinals[positions[i]]];
                if (node is LeafNode only)
                {
                    PlanLeaf(only, indexes?[i], ref fetch);
                    continue;
                }
                foreach (var leaf in node.Leaves)
                {
                    PlanLeaf(leaf, indexes?[i], ref fetch);
                }
            }
            return fetch;
        }
        catch
        {
            fetch?.Chunks.ForEach(static entry => entry.Chunk.Buffer.Dispose());
            throw;
        }
    }

    private void PlanLeaf(LeafNode leaf, PageIndex? index, ref Fetch? fetch)
    {
        var ordinal = leaf.Leaf.LeafOrdinal;
        var chunk = group.Metadata.Columns[ordinal];
        if (chunk.IsEncrypted || chunk.HasForeignFile)
        {
            throw new ParquetUnsupportedException(chunk.IsEncrypted ? "the column is encrypted" : "the column lies in another file").At(Location(leaf.Leaf));
        }
        if (FindHeld(ordinal) >= 0 || fetch?.Chunks.Exists(entry => entry.Leaf == ordinal) == true)
        {
            return;
        }
        if (cache?.Find(file, group.Ordinal, ordinal, ChunkPart.Pages) is { } known)
        {
            Hold(new Held(ordinal, new FetchedChunk(known.Buffer, chunk.CompressedSize, null), known));
            cacheHits++;
            return;
        }
        var parts = index is null ? null : FetchedChunk.PagesOf(chunk, index, rows!);
        var size = parts is null ? chunk.CompressedSize : parts.Sum(static part => part.IsAbsent ? 0L : part.Length);
        if (size > chunk.CompressedSize * LargestPart)
        {
            (parts, size) = (null, chunk.CompressedSize);
        }
        fetch ??= new Fetch();
        var buffer = BufferPool.Shared.Rent(size);
        fetch.Chunks.Add((ordinal, new FetchedChunk(buffer, size, parts)));
        FetchedBytes += size;
        SkippedBytes += chunk.CompressedSize - size;
        SkippedPages += parts?.Count(static part => part.IsAbsent) ?? 0;
        AddRanges(chunk, buffer, parts, fetch.Ranges, fetch.Targets);
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

    private void Hold(in Held chunk)
    {
        if (heldCount == held.Length)
        {
            Array.Resize(ref held, Math.Max(4, heldCount * 2));
        }
        held[heldCount++] = chunk;
    }

    private void Keep(int leaf, FetchedChunk chunk) => Hold(new Held(
        leaf, chunk, chunk.Parts is null ? cache?.Add(file, group.Ordinal, leaf, ChunkPart.Pages, chunk.Buffer) : null));

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

    private ColumnReader Open(int position)
    {
        var node = file.Columns[ordinals[position]];
        var first = node.FirstLeaf.Leaf;
        var (used, location) = (readers[position], Location(first));
        readers[position] = null;
        try
        {
            if (used is not FlatColumnReader reader || node is not LeafNode leaf || !TryRestart(reader, leaf, location))
            {
                used?.Dispose();
                used = Make(node, location);
            }
        }
        catch (ParquetException e)
        {
            used?.Dispose();
            if (e.FileKey is not null)
            {
                throw;
            }
            throw e.At(location with { Offset = group.Metadata.Columns[first.LeafOrdinal].Start });
        }
        opened[position] = true;
        return readers[position] = used;
    }

    private unsafe bool TryRestart(FlatColumnReader reader, LeafNode leaf, ParquetLocation location)
    {
        var fetched = BytesOf(leaf.Leaf);
        return reader.TryRestart(leaf, RowCount, location, group.Metadata.Columns[leaf.Leaf.LeafOrdinal], fetched.Buffer.Pointer, fetched.Length, fetched.Parts);
    }

    private ColumnReader Make(ColumnNode node, ParquetLocation location)
    {
        if (node.Type.Kind == TypeKind.Null)
        {
            return new NullColumnReader(node.Field, RowCount, location);
        }
        if (node is LeafNode flat)
        {
            return FlatColumnReader.Open(flat, RowCount, location, OpenCursor(flat.Leaf));
        }
        var cursors = new List<PageCursor>();
        try
        {
            foreach (var leaf in node.Leaves)
            {
                cursors.Add(OpenCursor(leaf.Leaf));
            }
            return new NestedColumnReader(node, RowCount, location, [.. cursors]);
        }
        catch (ParquetException)
        {
            cursors.ForEach(static cursor => cursor.Dispose());
            throw;
        }
    }

    private unsafe PageCursor OpenCursor(ParquetNode leaf)
    {
        var fetched = BytesOf(leaf);
        return new PageCursor(leaf, group.Metadata.Columns[leaf.LeafOrdinal], fetched.Buffer.Pointer, fetched.Length, fetched.Parts);
    }

    private FetchedChunk BytesOf(ParquetNode leaf) => FindHeld(leaf.LeafOrdinal) is >= 0 and var at
        ? held[at].Chunk
        : throw new InvalidOperationException($"Column '{leaf.Path}' was not fetched: call PrefetchAsync first.");

    private static ReadOnlyMemory<int> AllPositions(int count)
    {
        var known = Volatile.Read(ref allPositions);
        if (known.Length < count)
        {
            known = [.. Enumerable.Range(0, Math.Max(count, 64))];
            Volatile.Write(ref allPositions, known);
        }
        return known.AsMemory(0, count);
    }

    private ParquetLocation Location(ParquetNode leaf) => new(file.Key, group.Ordinal, leaf.Path);
}
