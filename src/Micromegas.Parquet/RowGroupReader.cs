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

    private readonly ParquetFile file;
    private readonly ParquetRowGroup group;
    private readonly int[] ordinals;
    private readonly ColumnReader?[] readers;
    private readonly Dictionary<int, NativeBuffer> chunks = [];
    private readonly List<CachedChunk> cached = [];
    private readonly ChunkCache? cache;
    private int cacheHits;
    private bool disposed;

    internal RowGroupReader(ParquetFile file, ParquetRowGroup group, ReadOnlySpan<int> columns, ChunkCache? cache)
    {
        this.cache = cache;
        this.file = file;
        this.group = group;
        ordinals = columns.ToArray();
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

    /// <summary>Chunks that came from the cache.</summary>
    public int CacheHits => cacheHits;

    /// <summary>Fetches the bytes of all columns in one batched request.</summary>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    /// <exception cref="ParquetException">A column lies in another file or is encrypted.</exception>
    public ValueTask PrefetchAsync(IObjectStore store, CancellationToken ct) => PrefetchAsync(store, Enumerable.Range(0, ordinals.Length).ToArray(), ct);

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
        var fetched = new Dictionary<int, NativeBuffer>();
        try
        {
            Plan(positions.Span, ranges, targets, fetched);
            if (ranges.Count > 0)
            {
                await store.ReadAsync(file.Key, ranges, targets, ct).ConfigureAwait(false);
            }
            foreach (var (leaf, buffer) in fetched)
            {
                Keep(leaf, buffer);
            }
            fetched.Clear();
        }
        finally
        {
            foreach (var buffer in fetched.Values)
            {
                buffer.Dispose();
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
        foreach (var buffer in chunks.Values)
        {
            buffer.Dispose();
        }
        cached.Clear();
        chunks.Clear();
    }

    private void Plan(ReadOnlySpan<int> positions, List<ByteRange> ranges, List<Memory<byte>> targets, Dictionary<int, NativeBuffer> fetched)
    {
        foreach (var position in positions)
        {
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
                if (cache?.Find(file, group.Ordinal, ordinal) is { } known)
                {
                    cached.Add(known);
                    chunks.Add(ordinal, known.Buffer);
                    cacheHits++;
                    continue;
                }
                var buffer = BufferPool.Shared.Rent(chunk.CompressedSize);
                fetched.Add(ordinal, buffer);
                FetchedBytes += chunk.CompressedSize;
                AddRanges(chunk, buffer, ranges, targets);
            }
        }
    }

    private void Keep(int leaf, NativeBuffer buffer)
    {
        chunks.Add(leaf, buffer);
        if (cache?.Add(file, group.Ordinal, leaf, buffer) is { } chunk)
        {
            cached.Add(chunk);
        }
    }

    private static unsafe void AddRanges(ColumnChunkMetadata chunk, NativeBuffer buffer, List<ByteRange> ranges, List<Memory<byte>> targets)
    {
        for (long done = 0; done < chunk.CompressedSize;)
        {
            var length = (int)Math.Min(chunk.CompressedSize - done, LargestRange);
            ranges.Add(new ByteRange(chunk.Start + done, length));
            targets.Add(new NativeMemory(buffer.Pointer + done, length).Memory);
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
        if (!chunks.TryGetValue(leaf.LeafOrdinal, out var buffer))
        {
            throw new InvalidOperationException($"Column '{leaf.Path}' was not fetched: call PrefetchAsync first.");
        }
        var chunk = group.Metadata.Columns[leaf.LeafOrdinal];
        return new PageCursor(leaf, chunk, buffer.Pointer, chunk.CompressedSize);
    }

    private ParquetLocation Location(ParquetNode leaf) => new(file.Key, group.Ordinal, leaf.Path);
}
