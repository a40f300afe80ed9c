using Micromegas.Parquet.Thrift;

namespace Micromegas.Parquet.Metadata;

/// <summary>Decodes the footer (FileMetaData of parquet.thrift). Statistics stay undecoded until somebody asks.</summary>
internal static class FooterDecoder
{
    public static FileMetadata Decode(byte[] footer)
    {
        var reader = new ThriftReader(footer);
        var schema = new SchemaDecoder();
        ParquetNode? root = null;
        RowGroupMetadata[] groups = [];
        var keyValues = new List<KeyValuePair<string, string>>();
        string? createdBy = null;
        long rows = 0;
        reader.BeginStruct();
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 2:
                    schema.ReadElements(ref reader);
                    root = schema.BuildTree();
                    break;
                case 3:
                    rows = reader.ReadInt64();
                    break;
                case 4:
                    groups = new RowGroupMetadata[reader.ReadList(ThriftType.Struct)];
                    for (var i = 0; i < groups.Length; i++)
                    {
                        groups[i] = ReadRowGroup(ref reader);
                    }
                    break;
                case 5:
                    var count = reader.ReadList(ThriftType.Struct);
                    for (var i = 0; i < count; i++)
                    {
                        keyValues.Add(ReadKeyValue(ref reader));
                    }
                    break;
                case 6:
                    createdBy = reader.ReadText();
                    break;
                case 8:
                    Throw.Unsupported("an encrypted footer is not supported");
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        if (root is null)
        {
            Throw.Corrupt("the footer has no schema");
        }
        return new FileMetadata
        {
            Footer = footer,
            Root = root,
            Leaves = schema.Leaves,
            RowGroups = groups,
            KeyValues = [.. keyValues],
            CreatedBy = createdBy,
            RowCount = rows,
        };
    }

    private static KeyValuePair<string, string> ReadKeyValue(ref ThriftReader reader)
    {
        var key = "";
        var value = "";
        var outer = reader.BeginStruct();
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    key = reader.ReadText();
                    break;
                case 2:
                    value = reader.ReadText();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        reader.EndStruct(outer);
        return new(key, value);
    }

    private static RowGroupMetadata ReadRowGroup(ref ThriftReader reader)
    {
        var group = new RowGroupMetadata();
        var outer = reader.BeginStruct();
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    group.Columns = new ColumnChunkMetadata[reader.ReadList(ThriftType.Struct)];
                    for (var i = 0; i < group.Columns.Length; i++)
                    {
                        group.Columns[i] = ReadChunk(ref reader);
                    }
                    break;
                case 2:
                    group.TotalByteSize = reader.ReadInt64();
                    break;
                case 3:
                    group.RowCount = reader.ReadInt64();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        reader.EndStruct(outer);
        return group;
    }

    private static ColumnChunkMetadata ReadChunk(ref ThriftReader reader)
    {
        var chunk = new ColumnChunkMetadata();
        var hasMetadata = false;
        var outer = reader.BeginStruct();
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    chunk.HasForeignFile = reader.ReadBinary().Length > 0;
                    break;
                case 3:
                    reader.ExpectStruct();
                    ReadChunkMetadata(ref reader, chunk);
                    hasMetadata = true;
                    break;
                case 4:
                    chunk.OffsetIndexOffset = reader.ReadInt64();
                    break;
                case 5:
                    chunk.OffsetIndexLength = reader.ReadInt32();
                    break;
                case 6:
                    chunk.ColumnIndexOffset = reader.ReadInt64();
                    break;
                case 7:
                    chunk.ColumnIndexLength = reader.ReadInt32();
                    break;
                case 8 or 9:
                    chunk.IsEncrypted = true;
                    reader.Skip();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        reader.EndStruct(outer);
        if (!hasMetadata && !chunk.IsEncrypted)
        {
            Throw.Corrupt("a column chunk has no metadata");
        }
        return chunk;
    }

    private static void ReadChunkMetadata(ref ThriftReader reader, ColumnChunkMetadata chunk)
    {
        var outer = reader.BeginStruct();
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    chunk.Physical = (PhysicalType)reader.ReadInt32();
                    break;
                case 2:
                    var encodings = reader.ReadList(ThriftType.Int32);
                    for (var i = 0; i < encodings; i++)
                    {
                        var encoding = reader.ReadInt32Item();
                        chunk.EncodingSet |= encoding is >= 0 and < 32 ? 1u << encoding : 0;
                    }
                    break;
                case 4:
                    chunk.Codec = (ParquetCodec)reader.ReadInt32();
                    break;
                case 5:
                    chunk.ValueCount = reader.ReadInt64();
                    break;
                case 6:
                    chunk.UncompressedSize = reader.ReadInt64();
                    break;
                case 7:
                    chunk.CompressedSize = reader.ReadInt64();
                    break;
                case 9:
                    chunk.DataPageOffset = reader.ReadInt64();
                    break;
                case 11:
                    chunk.DictionaryPageOffset = reader.ReadInt64();
                    break;
                case 12:
                    reader.ExpectStruct();
                    chunk.Statistics = ReadStatistics(ref reader);
                    break;
                case 13:
                    chunk.AllDataPagesUseDictionary = ReadEncodingStatistics(ref reader);
                    break;
                case 14:
                    chunk.BloomFilterOffset = reader.ReadInt64();
                    break;
                case 15:
                    chunk.BloomFilterLength = reader.ReadInt32();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        reader.EndStruct(outer);
    }

    private static bool? ReadEncodingStatistics(ref ThriftReader reader)
    {
        var dictionary = 0;
        var other = 0;
        var count = reader.ReadList(ThriftType.Struct);
        for (var i = 0; i < count; i++)
        {
            var page = -1;
            var encoding = -1;
            var pages = 0;
            var outer = reader.BeginStruct();
            while (reader.NextField())
            {
                switch (reader.Field)
                {
                    case 1:
                        page = reader.ReadInt32();
                        break;
                    case 2:
                        encoding = reader.ReadInt32();
                        break;
                    case 3:
                        pages = reader.ReadInt32();
                        break;
                    default:
                        reader.Skip();
                        break;
                }
            }
            reader.EndStruct(outer);
            if ((PageType)page is PageType.Data or PageType.DataV2 && pages > 0)
            {
                if ((ParquetEncoding)encoding is ParquetEncoding.PlainDictionary or ParquetEncoding.RleDictionary)
                {
                    dictionary++;
                }
                else
                {
                    other++;
                }
            }
        }
        return dictionary + other == 0 ? null : other == 0;
    }

    private static StatisticsMetadata ReadStatistics(ref ThriftReader reader)
    {
        var statistics = new StatisticsMetadata();
        var outer = reader.BeginStruct();
        while (reader.NextField())
        {
            switch (reader.Field)
            {
                case 1:
                    statistics.DeprecatedMax = reader.ReadBinarySlice();
                    break;
                case 2:
                    statistics.DeprecatedMin = reader.ReadBinarySlice();
                    break;
                case 3:
                    statistics.NullCount = reader.ReadInt64();
                    break;
                case 4:
                    statistics.DistinctCount = reader.ReadInt64();
                    break;
                case 5:
                    statistics.Max = reader.ReadBinarySlice();
                    break;
                case 6:
                    statistics.Min = reader.ReadBinarySlice();
                    break;
                case 7:
                    statistics.IsMaxExact = reader.ReadBool();
                    break;
                case 8:
                    statistics.IsMinExact = reader.ReadBool();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
        reader.EndStruct(outer);
        return statistics;
    }
}
