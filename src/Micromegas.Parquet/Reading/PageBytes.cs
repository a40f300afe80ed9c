using Micromegas.Formats;
using Micromegas.Parquet.Encodings;

namespace Micromegas.Parquet.Reading;

/// <summary>
/// The bytes of a page. Those compressed by LZ4 are decompressed only as far as somebody asks for them: rows behind the last one that is wanted cost nothing, and what is
/// decoded at once is still in the processor's caches. Nothing moves until the next page.
/// </summary>
internal sealed unsafe class PageBytes : IDisposable
{
    /// <summary>What is decompressed at a time: small enough for the second cache, large enough for the decompressor's own start not to count.</summary>
    private const int Step = 128 << 10;

    private readonly ScratchBuffer buffer = new();
    private byte* source;
    private int sourceLength;
    private Lz4Progress progress;

    public byte* Start { get; private set; }

    /// <summary>Where the page ends, be it there or not.</summary>
    public byte* End { get; private set; }

    /// <summary>The end of what is there. Up to 64 bytes behind it can be read, but hold anything.</summary>
    public byte* Available { get; private set; }

    /// <summary>Begins a page.</summary>
    /// <param name="codec">How it is compressed.</param>
    /// <param name="compressed">Its bytes, which stay where they are.</param>
    /// <param name="compressedLength">Their number.</param>
    /// <param name="length">Bytes that they stand for.</param>
    public void Reset(ParquetCodec codec, byte* compressed, int compressedLength, int length)
    {
        if (codec == ParquetCodec.None || length == 0)
        {
            if (length > compressedLength)
            {
                Throw.Corrupt("a page is shorter than its header says");
            }
            Place(compressed, length, length);
            return;
        }
        if (length > Codecs.LargestOutput(codec, compressedLength))
        {
            Throw.Corrupt("a page claims to decompress to more than its codec can produce");
        }
        if (codec != ParquetCodec.Lz4Raw)
        {
            var target = buffer.Ensure(length + 64L);
            Codecs.Decompress(codec, compressed, compressedLength, target, length);
            Place(target, length, length);
            return;
        }
        // What could not be compressed lies there as it is.
        if (Lz4Block.FindLiterals(new ReadOnlySpan<byte>(compressed, compressedLength)) is >= 0 and var literals && compressedLength - literals == length)
        {
            Place(compressed + literals, length, length);
            return;
        }
        source = compressed;
        sourceLength = compressedLength;
        progress = default;
        Place(buffer.Ensure(length + 64L), length, 0);
    }

    /// <summary>Makes bytes available.</summary>
    /// <param name="to">Their end; what lies behind the page's end is not asked for.</param>
    /// <returns>The end of what is there, often more.</returns>
    public byte* Ensure(byte* to)
    {
        if (to > Available && Available < End)
        {
            Decompress(to);
        }
        return Available;
    }

    /// <summary>Makes bytes available that a decoder wants beyond what it knows to be there.</summary>
    /// <param name="page">The page; <see langword="null"/> where all of it was there from the start.</param>
    /// <param name="at">Where they begin.</param>
    /// <param name="bytes">Their number.</param>
    /// <param name="otherwise">What is wrong where the page ends before.</param>
    /// <returns>The end of what is there.</returns>
    public static byte* Await(PageBytes? page, byte* at, long bytes, string otherwise)
    {
        if (page is null || bytes > page.End - at)
        {
            Throw.Corrupt(otherwise);
        }
        return page.Ensure(at + bytes);
    }

    public void Dispose() => buffer.Dispose();

    private void Place(byte* start, int length, int available)
    {
        Start = start;
        End = start + length;
        Available = start + available;
    }

    private void Decompress(byte* to)
    {
        var length = End - Start;
        var wanted = Math.Min(length, Math.Max(to - Start, Available - Start + Step));
        Codecs.Decompress(source, sourceLength, Start, (int)length, (int)wanted, ref progress);
        Available = Start + progress.Written;
    }
}
