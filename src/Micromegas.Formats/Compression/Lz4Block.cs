namespace Micromegas.Formats;

/// <summary>The LZ4 block format: what Parquet calls LZ4_RAW and what the blocks of an LZ4 frame hold.</summary>
/// <remarks>Format: "LZ4 Block Format Description" of the LZ4 project. Both directions are thread-safe and allocate nothing.</remarks>
public static class Lz4Block
{
    /// <summary>Longest input that <see cref="Compress"/> takes, in bytes.</summary>
    public const int MaxSourceLength = 0x7E000000;

    /// <summary>Bytes that <paramref name="length"/> incompressible bytes may need.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative or above <see cref="MaxSourceLength"/>.</exception>
    public static int MaxCompressedLength(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxSourceLength);
        return length + length / 255 + 16;
    }

    /// <summary>Compresses into <paramref name="destination"/> and returns the number of bytes written.</summary>
    /// <param name="source">Any bytes, also none; must not overlap the destination.</param>
    /// <param name="destination">At least <see cref="MaxCompressedLength"/> bytes; those beyond the result may be overwritten too.</param>
    /// <param name="matches">Which repetitions are looked for.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static unsafe int Compress(ReadOnlySpan<byte> source, Span<byte> destination, Lz4Matches matches = Lz4Matches.Any)
    {
        if (destination.Length < MaxCompressedLength(source.Length))
        {
            throw new ArgumentException("The destination must hold MaxCompressedLength(source.Length) bytes.", nameof(destination));
        }

        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            return Lz4Compressor.Compress(from, 0, source.Length, to, matches);
        }
    }

    /// <summary>Decompresses the whole of <paramref name="source"/> and returns the number of bytes written.</summary>
    /// <param name="source">One complete block.</param>
    /// <param name="destination">At least as long as the decompressed bytes; those beyond the result may be overwritten too.</param>
    /// <exception cref="CorruptDataException">The block is malformed, or holds more than the destination takes.</exception>
    public static int Decompress(ReadOnlySpan<byte> source, Span<byte> destination) => Decompress(source, destination, 0);

    /// <summary>Decompresses the beginning of a block, or goes on where the last call stopped.</summary>
    /// <param name="source">One complete block.</param>
    /// <param name="destination">Room for the whole block's bytes, with what was written before. All of it behind that may be overwritten.</param>
    /// <param name="wanted">Bytes that are to be there in the end, unless the block has fewer; some more may be.</param>
    /// <param name="progress">What was read and written so far, at first the default; advanced.</param>
    /// <exception cref="ArgumentException">The progress is not one of these spans.</exception>
    /// <exception cref="CorruptDataException">The block is malformed as far as it was read, or holds more than the destination takes.</exception>
    public static unsafe void Decompress(ReadOnlySpan<byte> source, Span<byte> destination, int wanted, ref Lz4Progress progress)
    {
        if (progress.Read > source.Length || progress.Written > destination.Length)
        {
            throw new ArgumentException("The progress is beyond the block or the destination.", nameof(progress));
        }

        // Whoever wants all wants the block's end checked, too.
        bool wantsAll = wanted >= destination.Length;
        if (progress.IsComplete || (wanted <= progress.Written && !wantsAll))
        {
            return;
        }

        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            Lz4Decompressor.Decompress(from, source.Length, to, destination.Length, wantsAll ? int.MaxValue : wanted, ref progress);
        }
    }

    /// <summary>Where the bytes lie that a block holds as they are, without a single match, as blocks of what cannot be compressed do; -1 for all others.</summary>
    /// <param name="source">One complete block.</param>
    public static int FindLiterals(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            return -1;
        }

        int start = 1;
        long length = source[0] >> 4;
        if (length == 15)
        {
            int full = source[1..].IndexOfAnyExcept((byte)255);
            if (full < 0)
            {
                return -1;
            }

            length += (255L * full) + source[1 + full];
            start += full + 1;
        }

        return length == source.Length - start ? start : -1;
    }

    /// <summary>Decompresses a block of a chain: its matches may reach into the first <paramref name="prefix"/> bytes of the destination.</summary>
    /// <returns>Bytes written after the prefix.</returns>
    internal static unsafe int Decompress(ReadOnlySpan<byte> source, Span<byte> destination, int prefix)
    {
        Lz4Progress progress = new() { Written = prefix };
        fixed (byte* from = source)
        fixed (byte* to = destination)
        {
            Lz4Decompressor.Decompress(from, source.Length, to, destination.Length, int.MaxValue, ref progress);
        }

        return progress.Written - prefix;
    }
}
