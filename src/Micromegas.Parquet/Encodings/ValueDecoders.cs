using Micromegas.Parquet.Metadata;

namespace Micromegas.Parquet.Encodings;

/// <summary>Chooses the decoder of a page by physical type and encoding.</summary>
internal static class ValueDecoders
{
    public static ValueDecoder Create(ParquetNode leaf, ParquetEncoding encoding)
    {
        ValueDecoder? decoder = (leaf.Physical, encoding) switch
        {
            (PhysicalType.Boolean, ParquetEncoding.Plain) => new PlainBooleanDecoder(),
            (PhysicalType.Boolean, ParquetEncoding.Rle) => new RleBooleanDecoder(),
            (PhysicalType.ByteArray, ParquetEncoding.Plain) => new PlainBytesDecoder(),
            (PhysicalType.ByteArray, ParquetEncoding.DeltaLengthByteArray) => new DeltaLengthDecoder(),
            (PhysicalType.ByteArray, ParquetEncoding.DeltaByteArray) => new DeltaByteArrayDecoder(),
            (not (PhysicalType.Boolean or PhysicalType.ByteArray), ParquetEncoding.Plain) => new PlainFixedDecoder(leaf.PlainWidth),
            (not (PhysicalType.Boolean or PhysicalType.ByteArray or PhysicalType.Int96), ParquetEncoding.ByteStreamSplit) => new ByteStreamSplitDecoder(leaf.PlainWidth),
            (PhysicalType.Int32 or PhysicalType.Int64, ParquetEncoding.DeltaBinaryPacked) => new DeltaFixedDecoder(leaf.PlainWidth),
            (PhysicalType.FixedLenByteArray, ParquetEncoding.DeltaByteArray) => new DeltaByteArrayFixedDecoder(leaf.PlainWidth),
            _ => null,
        };
        if (decoder is null)
        {
            Throw.Unsupported($"the encoding {Name(encoding)} is not supported for values of type {Name(leaf.Physical)}");
        }
        return decoder;
    }

    public static string Name(ParquetEncoding encoding) => encoding switch
    {
        ParquetEncoding.Plain => "PLAIN",
        ParquetEncoding.PlainDictionary => "PLAIN_DICTIONARY",
        ParquetEncoding.Rle => "RLE",
        ParquetEncoding.BitPacked => "BIT_PACKED",
        ParquetEncoding.DeltaBinaryPacked => "DELTA_BINARY_PACKED",
        ParquetEncoding.DeltaLengthByteArray => "DELTA_LENGTH_BYTE_ARRAY",
        ParquetEncoding.DeltaByteArray => "DELTA_BYTE_ARRAY",
        ParquetEncoding.RleDictionary => "RLE_DICTIONARY",
        ParquetEncoding.ByteStreamSplit => "BYTE_STREAM_SPLIT",
        _ => $"number {(int)encoding}",
    };

    private static string Name(PhysicalType type) => type switch
    {
        PhysicalType.ByteArray => "BYTE_ARRAY",
        PhysicalType.FixedLenByteArray => "FIXED_LEN_BYTE_ARRAY",
        _ => type.ToString().ToUpperInvariant(),
    };
}
