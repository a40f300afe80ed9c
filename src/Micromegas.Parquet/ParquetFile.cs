using System.Buffers;
using System.Buffers.Binary;
using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Reading;
using Micromegas.Parquet.Schemas;
using Micromegas.Storage;

namespace Micromegas.Parquet;

/// <summary>
/// A Parquet file's footer: schema, row groups, statistics. Immutable and thread-safe, so that it can be cached and shared; holds no handle.
/// </summary>
public sealed class ParquetFile
{
    /// <summary>One read of this size brings the footers of ordinary files.</summary>
    private const int FirstRead = 64 << 10;

    /// <summary>Length of the footer and magic number at the end.</summary>
    private const int TailLength = 8;

    private const int LargestFooter = 512 << 20;

    private readonly FileMetadata metadata;
    private readonly ParquetRowGroup[] rowGroups;

    private ParquetFile(string key, long size, FileMetadata metadata)
    {
        Key = key;
        Size = size;
        this.metadata = metadata;
        Columns = SchemaMapper.Map(metadata.Root, ReadEmbeddedSchema(metadata));
        Schema = new Schema(Array.ConvertAll(Columns, static column => column.Field));
        rowGroups = new ParquetRowGroup[metadata.RowGroups.Length];
        long row = 0;
        for (var i = 0; i < rowGroups.Length; i++)
        {
            CheckRowGroup(metadata.RowGroups[i], i);
            rowGroups[i] = new ParquetRowGroup(i, row, metadata.RowGroups[i], Columns, metadata.Footer);
            row = checked(row + metadata.RowGroups[i].RowCount);
        }
        RowCount = row;
    }

    /// <summary>Key in the object store.</summary>
    public string Key { get; }

    /// <summary>Bytes of the file.</summary>
    public long Size { get; }

    /// <summary>Arrow schema: the embedded one where it agrees with what is stored, else inferred from the Parquet types.</summary>
    public Schema Schema { get; }

    /// <summary>Rows of all row groups.</summary>
    public long RowCount { get; }

    public IReadOnlyList<ParquetRowGroup> RowGroups => rowGroups;

    /// <summary>The program that wrote the file.</summary>
    public string? CreatedBy => metadata.CreatedBy;

    /// <summary>The footer's free entries, <c>ARROW:schema</c> among them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> KeyValueMetadata => metadata.KeyValues;

    /// <summary>Bytes of the footer: roughly what this object costs in a cache.</summary>
    public int FooterSize => metadata.Footer.Length;

    internal ColumnNode[] Columns { get; }

    /// <summary>Reads the footer of a file.</summary>
    /// <param name="store">Where the file is.</param>
    /// <param name="key">Its key.</param>
    /// <param name="size">Its size when known; saves a request.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ParquetException">It is no Parquet file, or its footer is damaged or uses what is not supported.</exception>
    /// <exception cref="ObjectNotFoundException">There is no such object.</exception>
    public static async ValueTask<ParquetFile> OpenAsync(IObjectStore store, string key, long? size, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(store);
        var length = size ?? (await store.HeadAsync(key, ct).ConfigureAwait(false) ?? throw new ObjectNotFoundException(key)).Size;
        if (length < TailLength + 4)
        {
            throw new ParquetException("the file is too short for a Parquet file", new ParquetLocation(key), null);
        }
        var tailLength = (int)Math.Min(length, FirstRead);
        var rented = ArrayPool<byte>.Shared.Rent(tailLength);
        byte[] footer;
        try
        {
            var tail = rented.AsMemory(0, tailLength);
            await store.ReadAsync(key, [new ByteRange(length - tailLength, tailLength)], [tail], ct).ConfigureAwait(false);
            footer = new byte[CheckTail(tail.Span, length, key)];
            if (footer.Length + TailLength <= tailLength)
            {
                tail.Span[^(TailLength + footer.Length)..^TailLength].CopyTo(footer);
                return Decode(key, length, footer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
        await store.ReadAsync(key, [new ByteRange(length - TailLength - footer.Length, footer.Length)], [footer], ct).ConfigureAwait(false);
        return Decode(key, length, footer);
    }

    /// <summary>Prepares reading some columns of a row group; reads nothing yet. The reader is for one thread at a time.</summary>
    /// <param name="rowGroup">Ordinal of the row group.</param>
    /// <param name="columns">Ordinals of fields of <see cref="Schema"/>.</param>
    /// <param name="cache">Where fetched bytes are kept and looked for; null = nowhere.</param>
    /// <param name="rows">Rows that will be read, when they are known: pages of others are not fetched where the file has a page index; null = all.</param>
    /// <param name="maps">Whether chunks are read where they lie, without being fetched, where the store can do that (<see cref="IMappingObjectStore"/>).</param>
    public RowGroupReader OpenRowGroup(int rowGroup, ReadOnlySpan<int> columns, ChunkCache? cache = null, RowRanges? rows = null, bool maps = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rowGroup);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rowGroup, rowGroups.Length);
        foreach (var column in columns)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(column, nameof(columns));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(column, Columns.Length, nameof(columns));
        }
        return new RowGroupReader(this, rowGroups[rowGroup], columns, cache, rows, maps);
    }

    /// <summary>Reads the page index of a column of a row group.</summary>
    /// <returns><see langword="null"/> when the file has none for the column, or one that breaks its rules (spec/lakehouse.md §2.2).</returns>
    public async ValueTask<PageIndex?> ReadPageIndexAsync(IObjectStore store, int rowGroup, int column, CancellationToken ct) =>
        (await ReadPageIndexesAsync(store, rowGroup, [column], null, ct).ConfigureAwait(false))[0];

    /// <summary>Reads the page indexes of some columns of a row group in one request.</summary>
    /// <param name="store">Where the file is.</param>
    /// <param name="rowGroup">Ordinal of the row group.</param>
    /// <param name="columns">Ordinals of fields of <see cref="Schema"/>.</param>
    /// <param name="cache">Where their bytes are kept and looked for; null = nowhere.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>An entry a column, <see langword="null"/> as <see cref="ReadPageIndexAsync"/> says.</returns>
    public ValueTask<PageIndex?[]> ReadPageIndexesAsync(IObjectStore store, int rowGroup, IReadOnlyList<int> columns, ChunkCache? cache, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(columns);
        return PageIndexReader.ReadAsync(this, store, rowGroups[rowGroup], [.. columns.Select(column => Columns[column])], true, cache, ct);
    }

    /// <summary>Reads the bloom filter of a column of a row group; the caller disposes it.</summary>
    /// <param name="store">Where the file is.</param>
    /// <param name="rowGroup">Ordinal of the row group.</param>
    /// <param name="column">Ordinal of the field of <see cref="Schema"/>.</param>
    /// <param name="cache">Where its bytes are kept and looked for; null = nowhere.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns><see langword="null"/> when the file has none for the column, or one that is damaged or of another kind.</returns>
    public ValueTask<BloomFilter?> ReadBloomFilterAsync(IObjectStore store, int rowGroup, int column, ChunkCache? cache, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(store);
        return BloomFilterReader.ReadAsync(this, store, rowGroups[rowGroup], Columns[column], cache, ct);
    }

    internal static ParquetFile Decode(string key, long size, byte[] footer)
    {
        try
        {
            return new ParquetFile(key, size, FooterDecoder.Decode(footer));
        }
        catch (ParquetException e) when (e.FileKey is null)
        {
            throw e.At(new ParquetLocation(key, Offset: size - TailLength - footer.Length));
        }
        catch (OverflowException e)
        {
            throw new ParquetException("the row groups have too many rows", new ParquetLocation(key), e);
        }
    }

    private static int CheckTail(ReadOnlySpan<byte> tail, long size, string key)
    {
        var magic = tail[^4..];
        if (magic.SequenceEqual("PARE"u8))
        {
            throw new ParquetUnsupportedException("an encrypted footer is not supported").At(new ParquetLocation(key));
        }
        if (!magic.SequenceEqual("PAR1"u8))
        {
            throw new ParquetException("the file does not end as a Parquet file", new ParquetLocation(key), null);
        }
        var length = BinaryPrimitives.ReadUInt32LittleEndian(tail[^8..]);
        if (length == 0 || length > size - TailLength - 4 || length > LargestFooter)
        {
            throw new ParquetException($"the footer's length, {length}, is impossible", new ParquetLocation(key), null);
        }
        return (int)length;
    }

    private static Schema? ReadEmbeddedSchema(FileMetadata metadata)
    {
        foreach (var (name, value) in metadata.KeyValues)
        {
            if (name != "ARROW:schema")
            {
                continue;
            }
            var bytes = new byte[value.Length];
            if (!Convert.TryFromBase64String(value, bytes, out var length))
            {
                return null;
            }
            try
            {
                return ArrowSchemaMessage.Read(bytes.AsSpan(0, length));
            }
            catch (ArrowFormatException)
            {
                // The embedded schema only refines what the Parquet types say; without it the file still reads.
                return null;
            }
        }
        return null;
    }

    private void CheckRowGroup(RowGroupMetadata group, int ordinal)
    {
        if (group.RowCount < 0 || group.Columns.Length != metadata.Leaves.Length)
        {
            throw new ParquetException("the row group does not fit the schema", new ParquetLocation(Key, ordinal), null);
        }
        for (var i = 0; i < group.Columns.Length; i++)
        {
            var chunk = group.Columns[i];
            var leaf = metadata.Leaves[i];
            if (chunk.IsEncrypted || chunk.HasForeignFile)
            {
                continue; // refused when it is read
            }
            if (chunk.Physical != leaf.Physical || chunk.ValueCount < 0 || chunk.Start < 0 || chunk.CompressedSize < 0
                || chunk.UncompressedSize < 0 || chunk.Start > Size || chunk.CompressedSize > Size - chunk.Start
                || (leaf.RepetitionLevel == 0 && chunk.ValueCount != group.RowCount))
            {
                throw new ParquetException("the column chunk does not fit the file", new ParquetLocation(Key, ordinal, leaf.Path), null);
            }
        }
    }
}
