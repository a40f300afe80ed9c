namespace Micromegas.Columnar;

/// <summary>How Arrow streams and files are read.</summary>
public sealed class ArrowReaderOptions
{
    private readonly int maxBatchBytes = 1 << 30;

    /// <summary>Reads bodies that are compressed with LZ4; without it they are refused.</summary>
    public IArrowLz4Codec? Lz4 { get; init; }

    /// <summary>The most bytes that one message, decompressed, or one dictionary may take: 1 KiB to 2 GiB, 1 GiB unless set. What exceeds it is refused.</summary>
    public int MaxBatchBytes
    {
        get => maxBatchBytes;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1024);
            maxBatchBytes = value;
        }
    }
}
