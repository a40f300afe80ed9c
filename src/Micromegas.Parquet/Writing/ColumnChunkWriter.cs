using System.Buffers;
using Micromegas.Columnar;
using Micromegas.Formats;
using Micromegas.Parquet.Encodings;
using Micromegas.Parquet.Metadata;
using Micromegas.Parquet.Thrift;

namespace Micromegas.Parquet.Writing;

/// <summary>One data page of a finished chunk, for the indexes.</summary>
internal readonly record struct WrittenPage(long Offset, int Size, long FirstRow, long NullCount, bool IsAllNull, EncodedBounds Bounds);

/// <summary>A finished chunk, for the footer.</summary>
internal sealed record WrittenChunk(ParquetNode Leaf, ParquetCodec Codec)
{
    public long ValueCount { get; set; }

    public long NullCount { get; set; }

    public long UncompressedSize { get; set; }

    public long CompressedSize { get; set; }

    /// <summary>-1 without dictionary.</summary>
    public long DictionaryPageOffset { get; set; } = -1;

    public long DataPageOffset { get; set; }

    public int DictionaryCodedPages { get; set; }

    public int FallbackPages { get; set; }

    public ParquetEncoding FallbackEncoding { get; set; }

    public EncodedBounds Bounds { get; set; }

    /// <summary>The bloom filter, until it is put into the file.</summary>
    public byte[]? BloomFilter { get; set; }

    public long BloomFilterOffset { get; set; }

    public int BloomFilterLength { get; set; }

    public List<WrittenPage> Pages { get; } = [];
}

/// <summary>Cuts one leaf's levels and values into pages, encodes and compresses them (data page version 2), and keeps them until the row group ends.</summary>
internal sealed class ColumnChunkWriter : IDisposable
{
    /// <summary>Bytes of a page that are compressed twice, to see what suits them.</summary>
    private const int SampleBytes = 64 << 10;

    private readonly ParquetNode leaf;
    private readonly ParquetWriterOptions options;
    private readonly LeafWriter values;
    private readonly NumberBuffer<int> definitions = new();
    private readonly NumberBuffer<int> repetitions = new();
    private readonly NumberBuffer<int> presentRows = new();
    private readonly ByteBuffer pages = new();
    private readonly ByteBuffer levels = new();
    private readonly ByteBuffer body = new();
    private readonly ByteBuffer compressed = new();
    private readonly ThriftWriter header = new();
    private WrittenChunk chunk;
    private int pageRows;
    private int pageLevels;
    private int pagePresent;
    private long groupRows;
    private long uncompressed;
    private bool isProbed;

    /// <summary>How the chunk's texts without dictionary are compressed, once a page of them was.</summary>
    private Lz4Matches? textMatches;

    public ColumnChunkWriter(ParquetNode leaf, Field field, ParquetWriterOptions options)
    {
        this.leaf = leaf;
        this.options = options;
        values = LeafWriter.Create(leaf, field.Type.ValueType, options, leaf.Physical != PhysicalType.Boolean && options.UsesDictionary(field));
        chunk = new WrittenChunk(leaf, options.Codec);
    }

    /// <summary>Bytes of the finished pages and, roughly, of what is collected for the next.</summary>
    public long BufferedBytes => pages.Length + values.PageBytes + values.DictionaryBytes;

    /// <summary>Appends rows of a column that is neither list nor struct. A null in a required column becomes the type's default (spec/lakehouse.md §2.2).</summary>
    public void AppendFlat(Vector vector, RowNumbers rows)
    {
        if (!vector.MayHaveNulls)
        {
            if (leaf.DefinitionLevel > 0)
            {
                definitions.Extend(rows.Length).Fill(1);
            }
            AppendValues(vector, rows);
        }
        else
        {
            presentRows.Clear();
            foreach (var row in rows)
            {
                var isNull = vector.IsNull(row);
                if (leaf.DefinitionLevel > 0)
                {
                    definitions.Add(isNull ? 0 : 1);
                }
                if (!isNull || leaf.DefinitionLevel == 0)
                {
                    presentRows.Add(isNull ? -1 : row);
                }
            }
            AppendValues(vector, new RowNumbers(presentRows.Span));
        }
        EndRows(rows.Length, rows.Length);
    }

    /// <summary>Appends one level entry of a nested column.</summary>
    public void AppendLevel(int definition, int repetition)
    {
        definitions.Add(definition);
        repetitions.Add(repetition);
    }

    /// <summary>Appends the values that belong to level entries at the highest definition level; row -1 = the type's default.</summary>
    public void AppendValues(Vector vector, RowNumbers rows)
    {
        values.Append(vector, rows);
        pagePresent += rows.Length;
    }

    /// <summary>Marks whole rows as appended; ends the page or the dictionary when they are full.</summary>
    public void EndRows(int rows, int levelCount)
    {
        pageRows += rows;
        pageLevels += levelCount;
        if (!isProbed && groupRows + pageRows >= ParquetWriterOptions.ProbedRows)
        {
            isProbed = true;
            if (values.UsesDictionary && groupRows == 0 && values.DictionaryCount > options.LargestDistinctShare * pagePresent)
            {
                values.AbandonDictionary();
            }
        }
        if (values.UsesDictionary && values.DictionaryBytes >= options.DictionaryBytes)
        {
            FinishPage();
            values.LeaveDictionary();
        }
        else if (pageRows >= options.PageRows || values.PageBytes >= options.PageBytes)
        {
            FinishPage();
        }
    }

    /// <summary>Ends the chunk, which begins at <paramref name="position"/> of the file, and makes ready for the next row group.</summary>
    public WrittenChunk Finish(long position, IBufferWriter<byte> output)
    {
        FinishPage();
        long dictionarySize = 0;
        if (chunk.DictionaryCodedPages > 0)
        {
            chunk.DictionaryPageOffset = position;
            dictionarySize = WriteDictionary(output);
        }
        output.Write(pages.WrittenSpan);
        chunk.DataPageOffset = position + dictionarySize;
        chunk.CompressedSize = dictionarySize + pages.Length;
        chunk.UncompressedSize = uncompressed;
        chunk.Bounds = values.ChunkBounds();
        chunk.BloomFilter = values.BuildBloomFilter(header);
        for (var i = 0; i < chunk.Pages.Count; i++)
        {
            chunk.Pages[i] = chunk.Pages[i] with { Offset = chunk.Pages[i].Offset + chunk.DataPageOffset };
        }
        var finished = chunk;
        chunk = new WrittenChunk(leaf, options.Codec);
        pages.Clear();
        values.Reset();
        groupRows = 0;
        uncompressed = 0;
        isProbed = false;
        textMatches = null;
        return finished;
    }

    public void Dispose() => values.Dispose();

    private void FinishPage()
    {
        if (pageRows == 0)
        {
            return;
        }
        var bounds = values.TakePageBounds();
        levels.Clear();
        var repetitionLength = EncodeLevels(repetitions, leaf.RepetitionLevel);
        var definitionLength = EncodeLevels(definitions, leaf.DefinitionLevel);
        body.Clear();
        var encoding = EncodeValues();
        var isCompressed = TryCompress(encoding, out var payload);
        header.Clear();
        header.BeginStructItem();
        header.WriteInt32(1, (int)PageType.DataV2);
        header.WriteInt32(2, levels.Length + body.Length);
        header.WriteInt32(3, levels.Length + payload.Length);
        header.BeginStruct(8);
        header.WriteInt32(1, pageLevels);
        header.WriteInt32(2, pageLevels - pagePresent);
        header.WriteInt32(3, pageRows);
        header.WriteInt32(4, (int)encoding);
        header.WriteInt32(5, definitionLength);
        header.WriteInt32(6, repetitionLength);
        header.WriteBool(7, isCompressed);
        header.EndStruct();
        header.EndStruct();
        var offset = pages.Length;
        pages.Put(header.Written.Span);
        uncompressed += header.Written.Length + levels.Length + body.Length;
        pages.Put(levels.WrittenSpan);
        pages.Put(payload);
        chunk.Pages.Add(new WrittenPage(offset, pages.Length - offset, groupRows, pageLevels - pagePresent, pagePresent == 0, bounds));
        chunk.ValueCount += pageLevels;
        chunk.NullCount += pageLevels - pagePresent;
        groupRows += pageRows;
        pageRows = pageLevels = pagePresent = 0;
        definitions.Clear();
        repetitions.Clear();
    }

    private ParquetEncoding EncodeValues()
    {
        if (values.UsesDictionary && values.DictionaryCount == 0)
        {
            // Nothing but nulls so far: an empty page needs no dictionary.
            chunk.FallbackPages++;
            chunk.FallbackEncoding = ParquetEncoding.Plain;
            return ParquetEncoding.Plain;
        }
        var encoding = values.EncodePage(body);
        if (encoding == ParquetEncoding.RleDictionary)
        {
            chunk.DictionaryCodedPages++;
        }
        else
        {
            chunk.FallbackPages++;
            chunk.FallbackEncoding = encoding;
        }
        return encoding;
    }

    private int EncodeLevels(NumberBuffer<int> entries, int highest)
    {
        if (highest == 0)
        {
            return 0;
        }
        var before = levels.Length;
        HybridEncoder.Encode(entries.Span, HybridEncoder.BitWidth(highest), levels);
        return levels.Length - before;
    }

    private bool TryCompress(ParquetEncoding encoding, out ReadOnlySpan<byte> payload)
    {
        payload = body.WrittenSpan;
        if (options.Codec == ParquetCodec.None || body.Length == 0)
        {
            return false;
        }
        if (encoding == ParquetEncoding.DeltaLengthByteArray && options.Codec == ParquetCodec.Lz4Raw)
        {
            textMatches ??= ProbeMatches();
        }
        Compress(textMatches ?? Lz4Matches.Any);
        if (compressed.Length >= body.Length || compressed.Length > body.Length * (1 - options.SmallestSaving))
        {
            return false;
        }
        payload = compressed.WrittenSpan;
        return true;
    }

    /// <summary>Texts that lie one behind the other often repeat phrases: then long matches alone take less, and are decoded faster. The last ones of a page tell.</summary>
    private Lz4Matches ProbeMatches()
    {
        var sample = body.WrittenSpan[^Math.Min(body.Length, SampleBytes)..];
        compressed.Clear();
        var target = compressed.GetSpan(Lz4Block.MaxCompressedLength(sample.Length));
        return Lz4Block.Compress(sample, target, Lz4Matches.Long) <= Lz4Block.Compress(sample, target) ? Lz4Matches.Long : Lz4Matches.Any;
    }

    private void Compress(Lz4Matches matches)
    {
        compressed.Clear();
        var source = body.WrittenSpan;
        compressed.Advance(options.Codec == ParquetCodec.Snappy
            ? SnappyBlock.Compress(source, compressed.GetSpan(SnappyBlock.MaxCompressedLength(source.Length)))
            : Lz4Block.Compress(source, compressed.GetSpan(Lz4Block.MaxCompressedLength(source.Length)), matches));
    }

    /// <summary>Dictionary pages are always compressed: their header cannot say otherwise.</summary>
    private int WriteDictionary(IBufferWriter<byte> output)
    {
        body.Clear();
        values.EncodeDictionary(body);
        var payload = body;
        if (options.Codec != ParquetCodec.None)
        {
            Compress(Lz4Matches.Any);
            payload = compressed;
        }
        header.Clear();
        header.BeginStructItem();
        header.WriteInt32(1, (int)PageType.Dictionary);
        header.WriteInt32(2, body.Length);
        header.WriteInt32(3, payload.Length);
        header.BeginStruct(7);
        header.WriteInt32(1, values.DictionaryCount);
        header.WriteInt32(2, (int)ParquetEncoding.Plain);
        header.WriteBool(3, false);
        header.EndStruct();
        header.EndStruct();
        output.Write(header.Written.Span);
        output.Write(payload.WrittenSpan);
        uncompressed += header.Written.Length + body.Length;
        return header.Written.Length + payload.Length;
    }
}
