using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using Micromegas.Parquet.Encodings;
using Micromegas.Parquet.Metadata;

namespace Micromegas.Parquet.Reading;

/// <summary>
/// Walks the data pages of one leaf's chunk: decompresses a page when something in it is read, as far as it is read, and sets up the decoders of its levels and values.
/// The memory of a page stays until the next page is entered.
/// </summary>
internal sealed unsafe class PageCursor : IDisposable
{
    private readonly PageBytes body = new();
    private readonly ValueDecoder?[] decoders = new ValueDecoder?[(int)ParquetEncoding.ByteStreamSplit + 1];
    private HybridDecoder? definitions;
    private HybridDecoder? repetitions;
    private HybridDecoder? codes;
    private ParquetNode leaf;
    private ColumnChunkMetadata metadata;
    private byte* chunk;
    private PageHeader[] pages = [];
    private int pageCount;
    private int page;
    private bool isOpen;

    /// <summary>The page whose bytes are there; -1 = none.</summary>
    private int held = -1;

    /// <param name="leaf">The leaf.</param>
    /// <param name="metadata">Its chunk.</param>
    /// <param name="chunk">The chunk's bytes.</param>
    /// <param name="length">Their number.</param>
    /// <param name="parts">The pages, when the bytes are not the whole chunk.</param>
    public PageCursor(ParquetNode leaf, ColumnChunkMetadata metadata, byte* chunk, long length, FetchedPart[]? parts = null)
    {
        this.leaf = leaf;
        this.metadata = metadata;
        Restart(leaf, metadata, chunk, length, parts);
    }

    /// <summary>Begins another chunk; memory and decoders are used again. The leaf must have the same form as the one before.</summary>
    [MemberNotNull(nameof(leaf), nameof(metadata))]
    public void Restart(ParquetNode leaf, ColumnChunkMetadata metadata, byte* chunk, long length, FetchedPart[]? parts)
    {
        this.leaf = leaf;
        this.metadata = metadata;
        this.chunk = chunk;
        isOpen = false;
        held = -1;
        Left = 0;
        Values = null;
        Codecs.Check(metadata.Codec);
        pageCount = parts is null ? ChunkPages.Find(chunk, length, metadata, ref pages) : ChunkPages.Find(chunk, parts, metadata, ref pages);
        HasDictionary = pageCount > 0 && pages[0].Type == PageType.Dictionary;
        page = HasDictionary ? 1 : 0;
        IsFullyDictionaryEncoded = HasDictionary;
        for (var i = page; i < pageCount; i++)
        {
            IsFullyDictionaryEncoded &= pages[i].IsDictionaryCoded || pages[i].IsAbsent;
        }
    }

    /// <summary>Goes back to the first page.</summary>
    public void Rewind()
    {
        page = HasDictionary ? 1 : 0;
        isOpen = false;
        Left = 0;
        Values = null;
    }

    public bool HasDictionary { get; private set; }

    /// <summary>Levels of the whole chunk.</summary>
    public long ValueCount => metadata.ValueCount;

    /// <summary>Whether there is a dictionary and every data page that was fetched is coded by it.</summary>
    public bool IsFullyDictionaryEncoded { get; private set; }

    /// <summary>Definition levels of the open page.</summary>
    public HybridDecoder Definitions => definitions ??= new();

    /// <summary>Repetition levels of the open page.</summary>
    public HybridDecoder Repetitions => repetitions ??= new();

    /// <summary>Codes of the open page, if it is dictionary-coded.</summary>
    public HybridDecoder Codes => codes ??= new();

    /// <summary>Values of the open page, if it is not dictionary-coded.</summary>
    public ValueDecoder? Values { get; private set; }

    public bool IsDictionaryCoded => Values is null;

    /// <summary>Whether the open page has no nulls; its definition levels need not be read then.</summary>
    public bool HasNoNulls { get; private set; }

    /// <summary>Levels (for flat columns: rows) left in the current page.</summary>
    public int Left { get; private set; }

    /// <summary>Offset of the current page in the file.</summary>
    public long FileOffset => metadata.Start + (page < pageCount ? pages[page].HeaderOffset : 0);

    /// <summary>The current page's header; there is one while <see cref="MoveToPage"/> says so.</summary>
    public ref readonly PageHeader Header => ref pages[page];

    /// <summary>Whether nothing of the current page has been read.</summary>
    public bool IsAtStart => !isOpen;

    /// <summary>Goes to the next page that has something left. Decompresses nothing.</summary>
    public bool MoveToPage()
    {
        if (isOpen)
        {
            if (Left > 0)
            {
                return true;
            }
            SkipPage();
        }
        while (page < pageCount && pages[page].ValueCount == 0)
        {
            page++;
        }
        return page < pageCount;
    }

    /// <summary>Leaves the current page.</summary>
    public void SkipPage()
    {
        page++;
        isOpen = false;
        Left = 0;
    }

    /// <summary>Decompresses the current page if that has not been done.</summary>
    public void Open()
    {
        if (isOpen)
        {
            return;
        }
        ref readonly var header = ref pages[page];
        if (header.IsAbsent)
        {
            throw new InvalidOperationException($"Rows of column '{leaf.Path}' are read that were not asked for when the row group was opened.");
        }
        OpenValues(in header, header.Type == PageType.DataV2 ? OpenV2(in header) : OpenV1(in header));
        Left = header.ValueCount;
        isOpen = true;
    }

    /// <summary>Marks levels of the open page as read.</summary>
    public void Advance(int levels) => Left -= levels;

    public void SkipValues(int count)
    {
        if (Values is null)
        {
            Codes.Skip(count);
        }
        else
        {
            Values.Skip(count);
        }
    }

    /// <summary>Values of the dictionary page, as its header says.</summary>
    public int DictionaryCount => HasDictionary ? pages[0].ValueCount : 0;

    /// <summary>The values of the dictionary page, decompressed; the memory stays until the first data page is opened.</summary>
    public byte* OpenDictionary(out byte* end, out int count)
    {
        var start = OpenDictionary(body, out count);
        end = body.Ensure(body.End);
        return start;
    }

    /// <summary>Begins the dictionary page.</summary>
    /// <param name="bytes">Gives its bytes as they are asked for.</param>
    /// <param name="count">Its values.</param>
    /// <returns>Where they begin.</returns>
    public byte* OpenDictionary(PageBytes bytes, out int count)
    {
        ref readonly var header = ref pages[0];
        if (header.Encoding is not (ParquetEncoding.Plain or ParquetEncoding.PlainDictionary))
        {
            Throw.Unsupported($"a dictionary page in encoding {Name(header.Encoding)} is not supported");
        }
        count = header.ValueCount;
        held = -1;
        bytes.Reset(metadata.Codec, chunk + header.BodyOffset, header.CompressedSize, header.UncompressedSize);
        // Every value takes at least a byte, so the count cannot demand more memory than the page justifies.
        if (count > bytes.End - bytes.Start)
        {
            Throw.Corrupt("a dictionary page has fewer values than its header says");
        }
        return bytes.Start;
    }

    public void Dispose()
    {
        body.Dispose();
        foreach (var decoder in decoders)
        {
            decoder?.Dispose();
        }
    }

    /// <returns>Where the values begin.</returns>
    private byte* OpenV2(in PageHeader header)
    {
        var levels = chunk + header.BodyOffset;
        var definitions = levels + header.RepetitionLength;
        var data = definitions + header.DefinitionLength;
        if (leaf.RepetitionLevel > 0)
        {
            Repetitions.Reset(levels, definitions, BitWidth(leaf.RepetitionLevel));
        }
        HasNoNulls = leaf.DefinitionLevel == 0 || (header.NullCount == 0 && leaf.RepetitionLevel == 0);
        if (leaf.DefinitionLevel > 0)
        {
            Definitions.Reset(definitions, data, BitWidth(leaf.DefinitionLevel));
        }
        var levelBytes = header.RepetitionLength + header.DefinitionLength;
        return Begin(data, header.CompressedSize - levelBytes, header.UncompressedSize - levelBytes, header.IsCompressed);
    }

    private byte* OpenV1(in PageHeader header)
    {
        var values = Begin(chunk + header.BodyOffset, header.CompressedSize, header.UncompressedSize, true);
        if (leaf.RepetitionLevel > 0)
        {
            values = OpenLevels(Repetitions, header.RepetitionEncoding, leaf.RepetitionLevel, values);
        }
        HasNoNulls = leaf.DefinitionLevel == 0;
        if (leaf.DefinitionLevel > 0)
        {
            values = OpenLevels(Definitions, header.DefinitionEncoding, leaf.DefinitionLevel, values);
        }
        return values;
    }

    private byte* OpenLevels(HybridDecoder levels, ParquetEncoding encoding, int highest, byte* at)
    {
        if (encoding != ParquetEncoding.Rle)
        {
            Throw.Unsupported($"levels in encoding {Name(encoding)} are not supported");
        }
        var available = body.End - at;
        body.Ensure(at + Math.Min(available, 4));
        if (available < 4 || Unsafe.ReadUnaligned<uint>(at) > available - 4)
        {
            Throw.Corrupt("the levels of a page are longer than the page");
        }
        var length = Unsafe.ReadUnaligned<uint>(at);
        body.Ensure(at + 4 + length);
        levels.Reset(at + 4, at + 4 + length, BitWidth(highest));
        return at + 4 + length;
    }

    private byte* Begin(byte* source, int compressed, int uncompressed, bool isCompressed)
    {
        if (held != page)
        {
            held = -1;
            body.Reset(isCompressed ? metadata.Codec : ParquetCodec.None, source, compressed, uncompressed);
            held = page;
        }
        return body.Start;
    }

    private void OpenValues(in PageHeader header, byte* start)
    {
        if (header.IsDictionaryCoded)
        {
            if (!HasDictionary)
            {
                Throw.Corrupt("a dictionary-coded page has no dictionary");
            }
            Values = null;
            var end = body.Ensure(body.End);
            if (start == end)
            {
                Codes.Reset(start, end, 0); // a page of nulls
                return;
            }
            if (*start > 32)
            {
                Throw.Corrupt("the codes of a page have more than 32 bits");
            }
            Codes.Reset(start + 1, end, *start);
            return;
        }
        Values = DecoderFor(header.Encoding);
        if (start == body.End && header.Encoding is not ParquetEncoding.Plain && header.Encoding is not ParquetEncoding.Rle)
        {
            Values = DecoderFor(ParquetEncoding.Plain); // a page of nulls without even a header
        }
        Values.Reset(start, body, header.ValueCount);
    }

    private ValueDecoder DecoderFor(ParquetEncoding encoding)
    {
        var index = (int)encoding;
        if ((uint)index < (uint)decoders.Length)
        {
            return decoders[index] ??= ValueDecoders.Create(leaf, encoding);
        }
        Throw.Unsupported($"the encoding {Name(encoding)} is not supported");
        return null!;
    }

    private static string Name(ParquetEncoding encoding) => ValueDecoders.Name(encoding);

    private static int BitWidth(int highest) => 32 - BitOperations.LeadingZeroCount((uint)highest);
}
