using System.Buffers.Binary;

namespace Micromegas.Formats;

/// <summary>The LZ4 frame format: a header, blocks and checksums around LZ4 blocks.</summary>
/// <remarks>Format: "LZ4 Frame Format Description" 1.6 of the LZ4 project; profile of telemetry payloads: spec/data-lake.md §3.3.</remarks>
public static class Lz4Frame
{
    /// <summary>Most bytes that a frame may decompress to unless the caller says otherwise (spec/data-lake.md §3.3 suggests 1 GiB).</summary>
    public const int DefaultMaxLength = 1 << 30;

    private const uint Magic = 0x184D2204;
    private const uint SkippableMagic = 0x184D2A50;
    private const uint StoredFlag = 0x80000000;
    private const int WindowLength = 65536;

    /// <summary>Appends the content of the first frame to <paramref name="destination"/>. Skippable frames before it and bytes after it are ignored.</summary>
    /// <param name="source">A complete frame.</param>
    /// <param name="destination">Receives the content; on an error it is back at its old length.</param>
    /// <param name="maxLength">Most bytes the frame may decompress to.</param>
    /// <returns>Bytes appended.</returns>
    /// <exception cref="CorruptDataException">The frame is cut, malformed, fails a checksum, needs a dictionary or exceeds <paramref name="maxLength"/>.</exception>
    public static int Decompress(ReadOnlySpan<byte> source, PooledBuffer destination, int maxLength = DefaultMaxLength)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        int start = destination.Length;
        try
        {
            new FrameReader(source, destination, maxLength).Read();
        }
        catch
        {
            destination.Truncate(start);
            throw;
        }

        return destination.Length - start;
    }

    /// <summary>Appends one frame holding <paramref name="source"/> to <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The block size class is not 0 to 3.</exception>
    public static unsafe void Compress(ReadOnlySpan<byte> source, PooledBuffer destination, Lz4FrameOptions options)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)options.BlockSizeClass, 3u, nameof(options));
        WriteHeader(source.Length, destination, options);
        int blockSize = 1 << (16 + 2 * options.BlockSizeClass);
        fixed (byte* data = source)
        {
            for (int start = 0; start < source.Length; start += blockSize)
            {
                int length = Math.Min(blockSize, source.Length - start);
                Span<byte> room = destination.GetSpan(8 + Lz4Block.MaxCompressedLength(length));
                int packed;
                fixed (byte* output = room[4..])
                {
                    byte* window = options.LinkedBlocks ? data + Math.Max(0, start - WindowLength) : data + start;
                    packed = Lz4Compressor.Compress(window, (int)(data + start - window), length, output);
                }

                uint word = (uint)packed;
                if (packed >= length)
                {
                    source.Slice(start, length).CopyTo(room[4..]);
                    packed = length;
                    word = (uint)length | StoredFlag;
                }

                BinaryPrimitives.WriteUInt32LittleEndian(room, word);
                int written = 4 + packed;
                if (options.BlockChecksum)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(room[written..], XxHash32.Hash(room.Slice(4, packed)));
                    written += 4;
                }

                destination.Advance(written);
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(destination.Append(4), 0);
        if (options.ContentChecksum)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination.Append(4), XxHash32.Hash(source));
        }
    }

    private static void WriteHeader(int contentLength, PooledBuffer destination, Lz4FrameOptions options)
    {
        Span<byte> header = destination.Append(options.ContentSize ? 15 : 7);
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        header[4] = (byte)(0x40 | (options.LinkedBlocks ? 0 : 0x20) | (options.BlockChecksum ? 0x10 : 0)
            | (options.ContentSize ? 0x08 : 0) | (options.ContentChecksum ? 0x04 : 0));
        header[5] = (byte)((4 + options.BlockSizeClass) << 4);
        if (options.ContentSize)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(header[6..], (ulong)contentLength);
        }

        header[^1] = (byte)(XxHash32.Hash(header[4..^1]) >> 8);
    }

    private ref struct FrameReader(ReadOnlySpan<byte> source, PooledBuffer destination, int maxLength)
    {
        private readonly ReadOnlySpan<byte> source = source;
        private int position;

        public void Read()
        {
            SkipToFrame();
            int headerStart = position;
            byte flags = Take(1)[0];
            byte descriptor = Take(1)[0];
            if ((flags & 0xC2) != 0x40 || (descriptor & 0x8F) != 0 || descriptor >> 4 < 4)
            {
                CorruptDataException.Throw("LZ4 frame header has an unknown version, block size or reserved bit", headerStart);
            }

            ulong? contentSize = null;
            if ((flags & 0x08) != 0)
            {
                contentSize = BinaryPrimitives.ReadUInt64LittleEndian(Take(8));
            }

            if ((flags & 0x01) != 0)
            {
                CorruptDataException.Throw("LZ4 frame needs a dictionary", headerStart);
            }

            byte headerChecksum = (byte)(XxHash32.Hash(source[headerStart..position]) >> 8);
            if (Take(1)[0] != headerChecksum)
            {
                CorruptDataException.Throw("LZ4 frame header checksum does not match", headerStart);
            }

            if (contentSize > (ulong)maxLength)
            {
                CorruptDataException.Throw("LZ4 frame exceeds the size limit", headerStart);
            }

            int contentStart = destination.Length;
            ReadBlocks(flags, 1 << (8 + 2 * (descriptor >> 4)), contentStart);
            if ((flags & 0x04) != 0)
            {
                uint expected = TakeUInt32();
                if (XxHash32.Hash(destination.WrittenSpan[contentStart..]) != expected)
                {
                    CorruptDataException.Throw("LZ4 frame content checksum does not match", position - 4);
                }
            }

            if (contentSize is { } size && size != (ulong)(destination.Length - contentStart))
            {
                CorruptDataException.Throw("LZ4 frame content has another length than its header says", position);
            }
        }

        private void ReadBlocks(byte flags, int blockSize, int contentStart)
        {
            bool linked = (flags & 0x20) == 0;
            bool checksum = (flags & 0x10) != 0;
            while (true)
            {
                int blockStart = position;
                uint word = TakeUInt32();
                if (word == 0)
                {
                    return;
                }

                uint length = word & ~StoredFlag;
                if (length > (uint)blockSize)
                {
                    CorruptDataException.Throw("LZ4 frame block is larger than its frame allows", blockStart);
                }

                ReadOnlySpan<byte> block = Take((int)length);
                if (checksum && TakeUInt32() != XxHash32.Hash(block))
                {
                    CorruptDataException.Throw("LZ4 frame block checksum does not match", blockStart);
                }

                int already = destination.Length - contentStart;
                if ((word & StoredFlag) != 0)
                {
                    if (length > maxLength - already)
                    {
                        CorruptDataException.Throw("LZ4 frame exceeds the size limit", blockStart);
                    }

                    destination.Write(block);
                    continue;
                }

                // A compressed byte stands for at most 255 bytes, so a small block never reserves a whole block size.
                long bound = Math.Min(Math.Min(blockSize, 255L * block.Length), maxLength - already);
                int prefix = linked ? Math.Min(already, WindowLength) : 0;
                int from = destination.Length - prefix;
                destination.GetSpan(Math.Max((int)bound + OverlappingCopy.Slack, 1));
                destination.Append((int)bound);
                int written = Decode(block, destination.WritableSpan[from..], prefix, blockStart);
                destination.Truncate(from + prefix + written);
            }
        }

        private static int Decode(ReadOnlySpan<byte> block, Span<byte> window, int prefix, int blockStart)
        {
            try
            {
                return Lz4Block.Decompress(block, window, prefix);
            }
            catch (CorruptDataException e)
            {
                throw new CorruptDataException($"LZ4 frame block is malformed: {e.Message}", blockStart + 4 + e.Position);
            }
        }

        private void SkipToFrame()
        {
            while (true)
            {
                int start = position;
                uint magic = TakeUInt32();
                if (magic == Magic)
                {
                    return;
                }

                if ((magic & 0xFFFFFFF0) != SkippableMagic)
                {
                    CorruptDataException.Throw("No LZ4 frame", start);
                }

                uint length = TakeUInt32();
                if (length > (uint)(source.Length - position))
                {
                    CorruptDataException.Throw("LZ4 skippable frame is cut", start);
                }

                position += (int)length;
            }
        }

        private uint TakeUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count > source.Length - position)
            {
                CorruptDataException.Throw("LZ4 frame is cut", position);
            }

            ReadOnlySpan<byte> taken = source.Slice(position, count);
            position += count;
            return taken;
        }
    }
}
