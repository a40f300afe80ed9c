using Micromegas.Parquet.Thrift;

namespace Micromegas.Parquet.Metadata;

/// <summary>One page of a chunk: where its body lies in the chunk, and what its header says.</summary>
internal struct PageHeader
{
    public PageType Type;
    public long HeaderOffset;
    public long BodyOffset;
    public int CompressedSize;
    public int UncompressedSize;
    public int ValueCount;

    /// <summary>Rows that begin in the page, -1 when the header does not say.</summary>
    public int RowCount;

    /// <summary>Nulls, -1 when the header does not say.</summary>
    public int NullCount;
    public ParquetEncoding Encoding;
    public ParquetEncoding DefinitionEncoding;
    public ParquetEncoding RepetitionEncoding;
    public int DefinitionLength;
    public int RepetitionLength;
    public bool IsCompressed;

    /// <summary>Whether the page was left out when the chunk was fetched; only its number of values is known then.</summary>
    public bool IsAbsent;

    public readonly bool IsData => Type is PageType.Data or PageType.DataV2;

    public readonly bool IsDictionaryCoded => Encoding is ParquetEncoding.PlainDictionary or ParquetEncoding.RleDictionary;

    /// <summary>Decodes the header at the start of <paramref name="bytes"/>; its size is added to <paramref name="offset"/> for the body's.</summary>
    public static PageHeader Decode(ReadOnlySpan<byte> bytes, long offset)
    {
        var page = new PageHeader
        {
            Type = (PageType)(-1),
            HeaderOffset = offset,
            CompressedSize = -1,
            UncompressedSize = -1,
            RowCount = -1,
            NullCount = -1,
            ValueCount = -1,
            IsCompressed = true,
        };
        var reader = new ThriftReader(bytes);
        reader.BeginStruct();
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    page.Type = (PageType)reader.ReadInt32();
                    break;
                case 2:
                    page.UncompressedSize = reader.ReadInt32();
                    break;
                case 3:
                    page.CompressedSize = reader.ReadInt32();
                    break;
                case 5 or 7 or 8:
                    reader.ExpectStruct();
                    ReadBody(ref reader, ref page, reader.Field);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (page.CompressedSize < 0 || page.UncompressedSize < 0)
        {
            Throw.Corrupt("a page header has no sizes");
        }
        if (page.Type != PageType.Index && page.ValueCount < 0)
        {
            Throw.Corrupt("a page header has no value count");
        }
        if (page.DefinitionLength < 0 || page.RepetitionLength < 0 || (long)page.DefinitionLength + page.RepetitionLength > page.CompressedSize
            || (long)page.DefinitionLength + page.RepetitionLength > page.UncompressedSize)
        {
            Throw.Corrupt("the levels of a page are longer than the page");
        }
        page.BodyOffset = offset + reader.Position;
        return page;
    }

    private static void ReadBody(ref ThriftReader reader, ref PageHeader page, int kind)
    {
        var outer = reader.BeginStruct();
        while (reader.NextField())
        {
            switch (kind, reader.Field)
            {
                case (_, 1):
                    page.ValueCount = reader.ReadInt32();
                    break;
                case (5 or 7, 2) or (8, 4):
                    page.Encoding = (ParquetEncoding)reader.ReadInt32();
                    break;
                case (5, 3):
                    page.DefinitionEncoding = (ParquetEncoding)reader.ReadInt32();
                    break;
                case (5, 4):
                    page.RepetitionEncoding = (ParquetEncoding)reader.ReadInt32();
                    break;
                case (8, 2):
                    page.NullCount = reader.ReadInt32();
                    break;
                case (8, 3):
                    page.RowCount = reader.ReadInt32();
                    break;
                case (8, 5):
                    page.DefinitionLength = reader.ReadInt32();
                    break;
                case (8, 6):
                    page.RepetitionLength = reader.ReadInt32();
                    break;
                case (8, 7):
                    page.IsCompressed = reader.ReadBool();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        reader.EndStruct(outer);
    }
}
