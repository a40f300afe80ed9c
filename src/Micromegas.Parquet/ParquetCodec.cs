namespace Micromegas.Parquet;

/// <summary>Compression codecs, numbered as in parquet.thrift.</summary>
public enum ParquetCodec
{
    None = 0,
    Snappy = 1,
    Gzip = 2,
    Lzo = 3,
    Brotli = 4,

    /// <summary>The deprecated LZ4 with Hadoop's framing.</summary>
    Lz4Hadoop = 5,
    Zstd = 6,

    /// <summary>LZ4 blocks without any framing.</summary>
    Lz4Raw = 7,
}
