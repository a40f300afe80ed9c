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
    private readonly ParquetFile file;
    private readonly ParquetRowGroup group;
    private readonly int[] ordinals;
    private readonly ColumnReader?[] readers;

    /// <summary>Which of the readers read this row group; others were another one's, or are missing.</summary>
    private readonly bool[] opened;
    private readonly RowGroupBytes bytes;
    private bool disposed;

    internal RowGroupReader(ParquetFile file, ParquetRowGroup group, ReadOnlySpan<int> columns, ChunkCache? cache, RowRanges? rows, bool maps)
    {
        this.file = file;
        this.group = group;
        ordinals = columns.ToArray();
        readers = new ColumnReader?[ordinals.Length];
        opened = new bool[ordinals.Length];
        bytes = new RowGroupBytes(file, group, ordinals.Length, cache, rows, maps);
    }

    /// <summary>Rows of the row group.</summary>
    public long RowCount => group.RowCount;

    /// <summary>Columns that were asked for.</summary>
    public int ColumnCount => ordinals.Length;

    /// <summary>Bytes that fetching all columns takes, and that are held until disposal.</summary>
    public long PrefetchSize => ordinals.Sum(ordinal => group.Columns[ordinal].CompressedSize);

    /// <summary>Bytes that were fetched so far; what the cache had does not count.</summary>
    public long FetchedBytes => bytes.FetchedBytes;

    /// <summary>Bytes of pages that were left out, because none of the rows that were asked for are in them.</summary>
    public long SkippedBytes => bytes.SkippedBytes;

    /// <summary>Pages that were left out.</summary>
    public int SkippedPages => bytes.SkippedPages;

    /// <summary>Chunks that came from the cache.</summary>
    public int CacheHits => bytes.CacheHits;

    /// <summary>Fetches the bytes of all columns in one batched request.</summary>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    /// <exception cref="ParquetException">A column lies in another file or is encrypted.</exception>
    public ValueTask PrefetchAsync(IObjectStore store, CancellationToken ct) => FetchAsync(store, ordinals, ct);

    /// <summary>Fetches the bytes of some columns that are not there yet, in one batched request: a filter's columns first, the others when rows are left.</summary>
    /// <param name="store">Where the file is.</param>
    /// <param name="positions">Positions in the list of columns that was asked for.</param>
    /// <param name="ct">Cancels.</param>
    public ValueTask PrefetchAsync(IObjectStore store, ReadOnlySpan<int> positions, CancellationToken ct) => FetchAsync(store, ColumnsAt(positions), ct);

    /// <summary>Takes what the cache has of all columns.</summary>
    /// <returns>Whether that is everything, so that nothing need be fetched.</returns>
    public bool TryTakeCached()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var isAll = true;
        foreach (var ordinal in ordinals)
        {
            isAll &= bytes.TryTakeCached(file.Columns[ordinal]);
        }
        return isAll;
    }

    /// <summary>Bytes of a column that are not there yet.</summary>
    /// <param name="position">Position in the list of columns that was asked for.</param>
    public long MissingBytes(int position) => file.Columns[ordinals[position]] is LeafNode only
        ? bytes.MissingBytes(only.Leaf.LeafOrdinal)
        : file.Columns[ordinals[position]].Leaves.Sum(leaf => bytes.MissingBytes(leaf.Leaf.LeafOrdinal));

    /// <summary>Bytes that are fetched for a column of which only the dictionary is wanted; 0 where it is there.</summary>
    /// <param name="store">Where the file is.</param>
    /// <param name="position">Position in the list of columns that was asked for, of a column without children.</param>
    public long MissingOfDictionary(IObjectStore store, int position)
    {
        ArgumentNullException.ThrowIfNull(store);
        return bytes.MissingOfDictionary(((LeafNode)file.Columns[ordinals[position]]).Leaf, store.RequestCost);
    }

    /// <summary>
    /// Fetches some columns whole, and of others the dictionary pages for <see cref="DictionaryOf"/>, in one batched request: a filter may tell from them that the rest is not wanted. Of a
    /// chunk that is hardly more than its dictionary, or whose dictionary page's end is not known, all is fetched. What is there is not fetched again with the rest.
    /// </summary>
    /// <param name="store">Where the file is.</param>
    /// <param name="wholes">Positions in the list of columns that was asked for.</param>
    /// <param name="dictionaries">The same, of columns without children.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ObjectStoreException">The store failed.</exception>
    /// <exception cref="ParquetException">A column lies in another file or is encrypted.</exception>
    public ValueTask PrefetchAsync(IObjectStore store, ReadOnlySpan<int> wholes, ReadOnlySpan<int> dictionaries, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(store);
        ObjectDisposedException.ThrowIf(disposed, this);
        var leaves = new LeafNode[dictionaries.Length];
        for (var i = 0; i < leaves.Length; i++)
        {
            leaves[i] = (LeafNode)file.Columns[ordinals[dictionaries[i]]];
        }
        return bytes.FetchAsync(store, ColumnsAt(wholes), leaves, ct);
    }

    /// <summary>From now on only some rows will be read: pages of others are not fetched where the file has a page index.</summary>
    /// <param name="rows">These rows.</param>
    public void Narrow(RowRanges rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        bytes.Rows = rows;
    }

    /// <summary>
    /// The values of which each row of a column has one, or none: <see langword="null"/> where that is not known, because the dictionary was not fetched, is damaged, or does not
    /// code every page. Lives until the rest of the column is read.
    /// </summary>
    /// <param name="position">Position in the list of columns that was asked for.</param>
    public Vector? DictionaryOf(int position)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (file.Columns[ordinals[position]] is not LeafNode leaf || !bytes.TryGet(leaf.Leaf.LeafOrdinal, out var chunk))
        {
            return null;
        }
        try
        {
            var dictionary = Column(position).Dictionary;
            // Where the rows are still to come the column is opened once more then.
            opened[position] = !chunk.IsDictionaryOnly;
            return dictionary;
        }
        catch (ParquetException)
        {
            // Whoever reads the rows is told; here a damaged dictionary is as good as none.
            return null;
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

    /// <summary>Goes back to the first row in every column, also where what was read of it is damaged.</summary>
    public void Reopen() => Array.Clear(opened);

    /// <summary>
    /// Ends the reading: frees the bytes. What the column readers have for decoding stays for <see cref="PassReadersTo"/>, or until disposal.
    /// </summary>
    public void Release()
    {
        disposed = true;
        bytes.Release();
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

    private FetchedChunk BytesOf(ParquetNode leaf) => bytes.TryGet(leaf.LeafOrdinal, out var held)
        ? held.Chunk
        : throw new InvalidOperationException($"Column '{leaf.Path}' was not fetched: call PrefetchAsync first.");

    private int[] ColumnsAt(ReadOnlySpan<int> positions)
    {
        var columns = new int[positions.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = ordinals[positions[i]];
        }
        return columns;
    }

    private ValueTask FetchAsync(IObjectStore store, int[] columns, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(store);
        ObjectDisposedException.ThrowIf(disposed, this);
        return bytes.FetchAsync(store, columns, ct);
    }

    private ParquetLocation Location(ParquetNode leaf) => new(file.Key, group.Ordinal, leaf.Path);
}
