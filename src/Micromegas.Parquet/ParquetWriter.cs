using System.Buffers.Binary;
using Micromegas.Columnar;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Schemas;
using Micromegas.Parquet.Thrift;
using Micromegas.Parquet.Writing;

namespace Micromegas.Parquet;

/// <summary>
/// Writes one Parquet file. <see cref="Append"/> encodes batches (processor only); finished row groups wait in memory until <see cref="FlushAsync"/>
/// sends them to the sink; <see cref="FinishAsync"/> ends the file. Not thread-safe.
/// </summary>
public sealed class ParquetWriter : IDisposable
{
    /// <summary>Rows between two looks at the size of page, dictionary and row group.</summary>
    private const int Step = 1024;

    private readonly IParquetSink sink;
    private readonly ParquetWriterOptions options;
    private readonly WriterSchema layout;
    private readonly ColumnChunkWriter[] chunks;
    private readonly ColumnShredder[] columns;
    private readonly List<WrittenRowGroup> groups = [];
    private readonly ByteBuffer pending = new();
    private readonly ThriftWriter thrift = new();
    private readonly int[] rowNumbers = new int[Step];

    /// <summary>Bytes of the file that were sent or are pending.</summary>
    private long position;
    private int groupRows;
    private bool finished;

    /// <param name="schema">Columns; <c>Jsonb</c> is stored as Binary.</param>
    /// <param name="sink">Takes the bytes.</param>
    /// <param name="options">Layout; <see cref="ParquetWriterOptions.Upstream"/> when null.</param>
    /// <exception cref="ParquetException">Parquet has no place for one of the types.</exception>
    public ParquetWriter(Schema schema, IParquetSink sink, ParquetWriterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(sink);
        Schema = schema;
        this.sink = sink;
        this.options = options ?? ParquetWriterOptions.Upstream;
        this.options.Check();
        layout = new WriterSchema(schema);
        var leaves = layout.Columns.SelectMany(static column => column.Leaves).ToArray();
        chunks = Array.ConvertAll(leaves, leaf => new ColumnChunkWriter(leaf.Leaf, leaf.Field, this.options));
        columns = Array.ConvertAll(layout.Columns, column => new ColumnShredder(column, chunks));
        Put("PAR1"u8);
    }

    public Schema Schema { get; }

    /// <summary>Rows appended.</summary>
    public long RowCount { get; private set; }

    /// <summary>Encoded bytes that <see cref="FlushAsync"/> would send now.</summary>
    public int PendingBytes => pending.Length;

    /// <summary>Bytes held: pending ones and the row group in progress.</summary>
    public long BufferedBytes => pending.Length + GroupBytes;

    private long GroupBytes => chunks.Sum(static chunk => chunk.BufferedBytes);

    /// <summary>Appends the selected rows of a batch, which is only borrowed. Columns may be encoded in any way; nulls in a column that is not nullable become its type's default.</summary>
    public void Append(Batch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ObjectDisposedException.ThrowIf(finished, this);
        if (batch.Columns.Length != columns.Length)
        {
            throw new ArgumentException($"The batch has {batch.Columns.Length} columns, the file {columns.Length}.", nameof(batch));
        }
        for (var done = 0; done < batch.SelectedCount;)
        {
            var count = Math.Min(Math.Min(batch.SelectedCount - done, Step), options.RowGroupRows - groupRows);
            var rows = SelectRows(batch, done, count);
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i].Append(batch.Columns[i], rows);
            }
            done += count;
            groupRows += count;
            RowCount += count;
            if (groupRows == options.RowGroupRows)
            {
                FinishRowGroup();
            }
        }
        if (groupRows > 0 && GroupBytes > options.RowGroupBytes)
        {
            FinishRowGroup();
        }
    }

    /// <summary>Ends the row group in progress: the next row begins another. Nothing happens at the beginning of one.</summary>
    public void EndRowGroup()
    {
        ObjectDisposedException.ThrowIf(finished, this);
        if (groupRows > 0)
        {
            FinishRowGroup();
        }
    }

    /// <summary>Appends a batch and sends what is finished.</summary>
    public ValueTask AppendAsync(Batch batch, CancellationToken ct)
    {
        Append(batch);
        return PendingBytes > 4 ? FlushAsync(ct) : ValueTask.CompletedTask;
    }

    /// <summary>Sends finished row groups to the sink.</summary>
    public async ValueTask FlushAsync(CancellationToken ct)
    {
        if (pending.Length > 0)
        {
            await sink.WriteAsync(pending.Written, ct).ConfigureAwait(false);
            pending.Clear();
        }
    }

    /// <summary>Ends the file: last row group, page indexes, footer. The sink is the caller's to complete.</summary>
    public async ValueTask<ParquetWriteResult> FinishAsync(CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(finished, this);
        if (groupRows > 0)
        {
            FinishRowGroup();
        }
        PutIndexes();
        new FooterEncoder(thrift).EncodeFooter(Schema, layout, groups, options.CreatedBy);
        var length = thrift.Written.Length;
        Put(thrift.Written.Span);
        PutTail(length);
        finished = true;
        await FlushAsync(ct).ConfigureAwait(false);
        return new ParquetWriteResult(position, RowCount, groups.Count);
    }

    public void Dispose()
    {
        finished = true;
        foreach (var chunk in chunks)
        {
            chunk.Dispose();
        }
    }

    private RowNumbers SelectRows(Batch batch, int start, int count)
    {
        if (batch.Selection is { } selection)
        {
            return new RowNumbers(selection.Span.Slice(start, count));
        }
        for (var i = 0; i < count; i++)
        {
            rowNumbers[i] = start + i;
        }
        return new RowNumbers(rowNumbers.AsSpan(0, count), start);
    }

    private void FinishRowGroup()
    {
        var start = position;
        var written = new WrittenChunk[chunks.Length];
        for (var i = 0; i < chunks.Length; i++)
        {
            var before = pending.Length;
            written[i] = chunks[i].Finish(position, pending);
            position += pending.Length - before;
        }
        foreach (var chunk in written)
        {
            if (chunk.BloomFilter is { } filter)
            {
                chunk.BloomFilterOffset = position;
                chunk.BloomFilterLength = filter.Length;
                chunk.BloomFilter = null;
                Put(filter);
            }
        }
        groups.Add(new WrittenRowGroup(start, groupRows, written));
        groupRows = 0;
    }

    /// <summary>All column indexes, then all offset indexes, as parquet-rs orders them.</summary>
    private void PutIndexes()
    {
        var encoder = new FooterEncoder(thrift);
        foreach (var group in groups)
        {
            for (var i = 0; i < group.Chunks.Length; i++)
            {
                if (FooterEncoder.HasColumnIndex(group.Chunks[i]))
                {
                    encoder.EncodeColumnIndex(group.Chunks[i]);
                    group.Indexes[i] = new WrittenIndex(position, thrift.Written.Length, 0, 0);
                    Put(thrift.Written.Span);
                }
            }
        }
        foreach (var group in groups)
        {
            for (var i = 0; i < group.Chunks.Length; i++)
            {
                encoder.EncodeOffsetIndex(group.Chunks[i]);
                group.Indexes[i] = group.Indexes[i] with { OffsetIndexPosition = position, OffsetIndexLength = thrift.Written.Length };
                Put(thrift.Written.Span);
            }
        }
    }

    private void PutTail(int footerLength)
    {
        Span<byte> tail = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(tail, footerLength);
        "PAR1"u8.CopyTo(tail[4..]);
        Put(tail);
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        pending.Put(bytes);
        position += bytes.Length;
    }
}

/// <summary>A finished file.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="RowCount">Rows.</param>
/// <param name="RowGroupCount">Row groups.</param>
public readonly record struct ParquetWriteResult(long Size, long RowCount, int RowGroupCount);
