using System.IO.Compression;
using Micromegas.Formats;

namespace Micromegas.Parquet;

/// <summary>Decompresses pages.</summary>
internal static unsafe class Codecs
{
    /// <summary>Refuses what cannot be decompressed, by name.</summary>
    public static void Check(ParquetCodec codec)
    {
        if (codec == ParquetCodec.Zstd)
        {
            Check(ZstandardFrame.IsSupported);
        }
        else if (codec is not (ParquetCodec.None or ParquetCodec.Snappy or ParquetCodec.Gzip or ParquetCodec.Brotli or ParquetCodec.Lz4Raw))
        {
            Throw.Unsupported($"the codec {Name(codec)} is not supported");
        }
    }

    /// <summary>Refuses Zstandard where the system lacks its library.</summary>
    internal static void Check(bool hasZstandard)
    {
        if (!hasZstandard)
        {
            Throw.Unsupported($"the codec ZSTD cannot be read here: {ZstandardFrame.HowToInstall}");
        }
    }

    /// <summary>Decompresses exactly <paramref name="targetLength"/> bytes.</summary>
    public static void Decompress(ParquetCodec codec, byte* source, int sourceLength, byte* target, int targetLength)
    {
        var from = new ReadOnlySpan<byte>(source, sourceLength);
        var to = new Span<byte>(target, targetLength);
        int written;
        try
        {
            written = codec switch
            {
                ParquetCodec.Lz4Raw => Lz4Block.Decompress(from, to),
                ParquetCodec.Snappy => SnappyBlock.Decompress(from, to),
                ParquetCodec.Zstd => ZstandardFrame.Decompress(from, to),
                ParquetCodec.Gzip => Inflate(source, sourceLength, to),
                _ => BrotliDecoder.TryDecompress(from, to, out var count) ? count : -1,
            };
        }
        catch (Exception e) when (e is CorruptDataException or InvalidDataException)
        {
            throw new ParquetException($"a page does not decompress as {Name(codec)}: {e.Message}", e);
        }
        if (written != targetLength)
        {
            Throw.Corrupt($"a page decompresses to another size than its header says ({Name(codec)})");
        }
    }

    /// <summary>Decompresses an LZ4 page as far as it is wanted.</summary>
    /// <param name="source">The page.</param>
    /// <param name="sourceLength">Its length.</param>
    /// <param name="target">Room for all of it, with what was decompressed before.</param>
    /// <param name="targetLength">What it decompresses to.</param>
    /// <param name="wanted">Bytes that are there in the end; perhaps more.</param>
    /// <param name="progress">How far it has come.</param>
    public static void Decompress(byte* source, int sourceLength, byte* target, int targetLength, int wanted, ref Lz4Progress progress)
    {
        try
        {
            Lz4Block.Decompress(new ReadOnlySpan<byte>(source, sourceLength), new Span<byte>(target, targetLength), wanted, ref progress);
        }
        catch (CorruptDataException e)
        {
            throw new ParquetException($"a page does not decompress as {Name(ParquetCodec.Lz4Raw)}: {e.Message}", e);
        }
        if (progress.Written < wanted)
        {
            Throw.Corrupt($"a page decompresses to another size than its header says ({Name(ParquetCodec.Lz4Raw)})");
        }
    }

    /// <summary>The most bytes that compressed ones may stand for: a page that claims more is damaged.</summary>
    public static long LargestOutput(ParquetCodec codec, long compressed) => codec switch
    {
        ParquetCodec.None => compressed,
        ParquetCodec.Lz4Raw => (compressed * 255) + 64,
        ParquetCodec.Snappy => (compressed * 64) + 64,
        ParquetCodec.Gzip => (compressed * 1100) + 1024,
        // A block of four bytes may stand for 128 KiB of one byte.
        ParquetCodec.Zstd => (compressed * 32768) + 1024,
        _ => int.MaxValue,
    };

    private static int Inflate(byte* source, int length, Span<byte> target)
    {
        using var compressed = new UnmanagedMemoryStream(source, length);
        using var gzip = new GZipStream(compressed, CompressionMode.Decompress);
        var written = gzip.ReadAtLeast(target, target.Length, throwOnEndOfStream: false);
        return written == target.Length && gzip.ReadByte() >= 0 ? -1 : written;
    }

    private static string Name(ParquetCodec codec) => codec switch
    {
        ParquetCodec.Lz4Hadoop => "LZ4 (Hadoop framing)",
        ParquetCodec.Lz4Raw => "LZ4_RAW",
        _ when Enum.IsDefined(codec) => codec.ToString().ToUpperInvariant(),
        _ => $"number {(int)codec}",
    };
}
