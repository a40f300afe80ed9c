namespace Micromegas.Formats.Tests;

public sealed class BlockCodecTests
{
    [Theory]
    [InlineData(Lz4Matches.Any)]
    [InlineData(Lz4Matches.Long)]
    public void Lz4_round_trips_every_sample_inside_its_spans(Lz4Matches matches)
    {
        foreach (byte[] sample in CompressionSamples.All())
        {
            byte[] packed = CompressionSamples.Guarded(Lz4Block.MaxCompressedLength(sample.Length), to => Lz4Block.Compress(sample, to.Span, matches));
            byte[] unpacked = CompressionSamples.Guarded(sample.Length, to => Lz4Block.Decompress(packed, to.Span));
            Assert.Equal(sample, unpacked);
        }
    }

    [Fact]
    public void Lz4_round_trips_columns_of_ascending_numbers()
    {
        foreach (int bits in new[] { 1, 7, 9, 17, 23, 31, 40 })
        {
            foreach (int count in new[] { 3, 10, 100, 5000 })
            {
                Random random = new(bits);
                long value = 1_750_000_000_000_000_000;
                byte[] sample = new byte[(count * 8) + (bits % 8)];
                for (int i = 0; i < count; i++)
                {
                    value += random.NextInt64(1L << bits);
                    BitConverter.TryWriteBytes(sample.AsSpan(i * 8), value);
                }

                byte[] packed = CompressionSamples.Guarded(Lz4Block.MaxCompressedLength(sample.Length), to => Lz4Block.Compress(sample, to.Span));
                byte[] unpacked = CompressionSamples.Guarded(sample.Length, to => Lz4Block.Decompress(packed, to.Span));
                Assert.Equal(sample, unpacked);
            }
        }
    }

    [Fact]
    public void Snappy_round_trips_every_sample_inside_its_spans()
    {
        foreach (byte[] sample in CompressionSamples.All())
        {
            byte[] packed = CompressionSamples.Guarded(SnappyBlock.MaxCompressedLength(sample.Length), to => SnappyBlock.Compress(sample, to.Span));
            Assert.Equal(sample.Length, SnappyBlock.GetDecompressedLength(packed));
            byte[] unpacked = CompressionSamples.Guarded(sample.Length, to => SnappyBlock.Decompress(packed, to.Span));
            Assert.Equal(sample, unpacked);
        }
    }

    [Fact]
    public void Messages_take_less_with_long_matches()
    {
        Random random = new(7);
        byte[] messages = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(i =>
            $"{(i % 3 == 0 ? "Connection closed by peer after" : i % 3 == 1 ? "cache miss for key shader" : "job scheduled on worker")} {random.Next(1_000_000)}, handle {random.Next():x8}")));
        byte[] packed = new byte[Lz4Block.MaxCompressedLength(messages.Length)];
        int any = Lz4Block.Compress(messages, packed);
        Assert.InRange(Lz4Block.Compress(messages, packed, Lz4Matches.Long), 1, any);
    }

    [Fact]
    public void Repetitive_input_shrinks()
    {
        byte[] sample = new byte[100_000];
        Assert.InRange(Lz4Block.Compress(sample, new byte[Lz4Block.MaxCompressedLength(sample.Length)]), 1, 500);
        Assert.InRange(SnappyBlock.Compress(sample, new byte[SnappyBlock.MaxCompressedLength(sample.Length)]), 1, 5000);
    }

    [Fact]
    public void Lz4_decodes_blocks_written_by_hand()
    {
        byte[] destination = new byte[64];
        // "abc", then 9 bytes from 3 back, then the five last literals.
        int written = Lz4Block.Decompress([0x35, (byte)'a', (byte)'b', (byte)'c', 3, 0, 0x50, .. "12345"u8], destination);
        Assert.Equal("abcabcabcabc12345"u8.ToArray(), destination[..written]);
        // A length of 15 + 255 + 30 zero literals.
        byte[] longLiterals = [0xF0, 255, 30, .. new byte[300]];
        Assert.Equal(300, Lz4Block.Decompress(longLiterals, new byte[300]));
        Assert.Equal(0, Lz4Block.Decompress([0], []));
    }

    [Fact]
    public void Snappy_decodes_blocks_written_by_hand()
    {
        byte[] destination = new byte[64];
        // Length 17; literal "abc"; copy of 9 from 3 back in each of the three forms; literal "12345".
        byte[][] copies = [[0x15, 3], [0x22, 3, 0], [0x23, 3, 0, 0, 0]];
        foreach (byte[] copy in copies)
        {
            int written = SnappyBlock.Decompress([17, 8, .. "abc"u8, .. copy, 16, .. "12345"u8], destination);
            Assert.Equal("abcabcabcabc12345"u8.ToArray(), destination[..written]);
        }
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x10 })]                                  // a literal is missing
    [InlineData(new byte[] { 0x10, 1, 0 })]                            // the offset is cut
    [InlineData(new byte[] { 0x10, 1, 0, 0, 0 })]                      // offset 0
    [InlineData(new byte[] { 0x10, 1, 2, 0, 0 })]                      // before the data
    [InlineData(new byte[] { 0x10, 1, 1, 0 })]                         // no last literals
    [InlineData(new byte[] { 0xF0, 255, 255, 255 })]                   // endless length
    [InlineData(new byte[] { 0x1F, 1, 1, 0, 255, 255, 255, 0, 0 })]    // more than the destination
    public void Lz4_refuses_malformed_blocks(byte[] block) =>
        Assert.Throws<CorruptDataException>(() => Lz4Block.Decompress(block, new byte[100]));

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1 })]
    [InlineData(new byte[] { 5 })]                                     // shorter than declared
    [InlineData(new byte[] { 5, 16, 1, 2 })]                           // the literal is cut
    [InlineData(new byte[] { 5, 0, 1, 0x01, 0 })]                      // offset 0
    [InlineData(new byte[] { 5, 0, 1, 0x01, 2 })]                      // before the data
    [InlineData(new byte[] { 5, 0, 1, 0x0D, 1 })]                      // longer than declared
    [InlineData(new byte[] { 5, 0, 1, 0x03, 1, 0 })]                   // the offset is cut
    [InlineData(new byte[] { 5, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF })]       // literal of 4 GiB
    public void Snappy_refuses_malformed_blocks(byte[] block) =>
        Assert.Throws<CorruptDataException>(() => SnappyBlock.Decompress(block, new byte[100]));

    [Fact]
    public void A_short_destination_is_the_callers_fault()
    {
        Assert.Throws<ArgumentException>(() => Lz4Block.Compress(new byte[100], new byte[100]));
        Assert.Throws<ArgumentException>(() => SnappyBlock.Compress(new byte[100], new byte[100]));
    }

    [Fact]
    public void Lz4_blocks_long_and_damaged_are_read_as_the_format_says()
    {
        Random random = new(20261123);
        byte[] data = new byte[20_000];
        byte[] packed = new byte[Lz4Block.MaxCompressedLength(data.Length)];
        for (int i = 0; i < 300; i++)
        {
            int length = Fill(data, random);
            int packedLength = Lz4Block.Compress(data.AsSpan(0, length), packed);
            for (int damage = 0; damage < 4; damage++)
            {
                byte[] block = packed[..(damage == 3 ? random.Next(1, packedLength + 1) : packedLength)];
                for (int hit = 0; hit < damage; hit++)
                {
                    int at = random.Next(block.Length);
                    block.AsSpan(at, random.Next(Math.Min(block.Length - at, 40)) + 1).Fill((byte)random.Next(0, 512));
                }

                int capacity = damage == 2 ? random.Next(length + 1) : length;
                byte[]? expected = DecodePlainly(block, capacity);
                byte[]? got;
                try
                {
                    got = CompressionSamples.Guarded(capacity, room => Lz4Block.Decompress(block, room.Span));
                }
                catch (CorruptDataException)
                {
                    got = null;
                }

                Assert.Equal(expected, got);
                Assert.True(damage > 0 || got is not null);
                CheckSteps(block, capacity, expected, random);
            }
        }
    }

    // In steps a block gives the same bytes, at least as many as were wanted each time; a damage is found at the latest when all are wanted.
    private static void CheckSteps(byte[] block, int capacity, byte[]? expected, Random random)
    {
        bool isRefused = false;
        int step = random.Next(1, 5000);
        byte[] got = CompressionSamples.Guarded(capacity, room =>
        {
            Lz4Progress progress = default;
            try
            {
                for (int wanted = random.Next(step); !progress.IsComplete; wanted += random.Next(step))
                {
                    Lz4Block.Decompress(block, room.Span, wanted, ref progress);
                    Assert.True(progress.IsComplete || progress.Written >= Math.Min(wanted, capacity));
                    Assert.True(expected is null || expected.AsSpan(0, progress.Written).SequenceEqual(room.Span[..progress.Written]));
                }
            }
            catch (CorruptDataException)
            {
                isRefused = true;
            }

            return progress.Written;
        });
        Assert.Equal(expected is null, isRefused);
        Assert.True(isRefused || expected!.AsSpan().SequenceEqual(got));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(269)]
    [InlineData(270)]
    [InlineData(100_000)]
    public void Bytes_that_do_not_compress_are_found_in_their_block(int length)
    {
        byte[] data = new byte[length];
        new Random(length).NextBytes(data);
        byte[] block = new byte[Lz4Block.MaxCompressedLength(length)];
        block = block[..Lz4Block.Compress(data, block)];
        int start = Lz4Block.FindLiterals(block);
        Assert.Equal(data, block[start..]);
        Assert.Equal(-1, Lz4Block.FindLiterals(block.AsSpan(0, block.Length - 1)));
        Assert.Equal(-1, Lz4Block.FindLiterals([0x35, (byte)'a', (byte)'b', (byte)'c', 3, 0, 0x50, .. "12345"u8]));
        Assert.Equal(-1, Lz4Block.FindLiterals([0xF0, 255]));
    }

    [Fact]
    public void A_step_needs_the_spans_of_the_one_before()
    {
        byte[] block = new byte[200];
        block = block[..Lz4Block.Compress(new byte[100], block)];
        Lz4Progress progress = default;
        byte[] room = new byte[100];
        Lz4Block.Decompress(block, room, 0, ref progress);
        Assert.Equal(default, progress);
        Lz4Block.Decompress(block, room, 100, ref progress);
        Assert.Equal((block.Length, 100, true), (progress.Read, progress.Written, progress.IsComplete));
        Assert.Throws<ArgumentException>(() => Lz4Block.Decompress(block, new byte[99], 100, ref progress));
        Assert.Throws<ArgumentException>(() => Lz4Block.Decompress(block.AsSpan(1), room, 100, ref progress));
    }

    // Literals and matches of all lengths and distances. Of some blocks the matches are short, of some most reach eight bytes back, of some most are of changing length:
    // there is a loop for each.
    private static int Fill(byte[] data, Random random)
    {
        int length = random.Next(data.Length);
        int style = random.Next(4);
        for (int at = 0; at < length;)
        {
            int count = Math.Min(length - at, random.Next(style == 0 ? 8 : 60) switch
            {
                0 => random.Next(1, 3),
                1 => random.Next(1, 2000),
                _ => random.Next(1, style switch { 0 => 40, 1 => 19, 2 => 12, _ => 300 }),
            });
            if (at == 0 || random.Next(3) == 0)
            {
                random.NextBytes(data.AsSpan(at, count));
                at += count;
                continue;
            }

            int offset = random.Next(style == 2 ? 20 : 4) switch { 0 or > 3 => Math.Min(at, 8), 1 => random.Next(1, Math.Min(at, 20) + 1), _ => random.Next(1, at + 1) };
            for (int end = at + count; at < end; at++)
            {
                data[at] = data[at - offset];
            }
        }

        return length;
    }

    // The block format word by word; null for what it forbids.
    private static byte[]? DecodePlainly(byte[] block, int capacity)
    {
        List<byte> output = [];
        for (int at = 0; at < block.Length;)
        {
            int token = block[at++];
            if (ReadLength(block, ref at, token >> 4) is not { } literals || literals > block.Length - at || literals > capacity - output.Count)
            {
                return null;
            }

            output.AddRange(block.AsSpan(at, literals));
            at += literals;
            if (at == block.Length)
            {
                return [.. output];
            }

            if (block.Length - at < 2)
            {
                return null;
            }

            int offset = block[at] | block[at + 1] << 8;
            at += 2;
            if (offset == 0 || offset > output.Count || ReadLength(block, ref at, token & 15) is not { } match || match + 4 > capacity - output.Count)
            {
                return null;
            }

            for (int i = 0; i < match + 4; i++)
            {
                output.Add(output[^offset]);
            }
        }

        return null;
    }

    private static int? ReadLength(byte[] block, ref int at, int length)
    {
        for (int part = 255; length >= 15 && part == 255; length += part)
        {
            if (at == block.Length)
            {
                return null;
            }

            part = block[at++];
        }

        return length;
    }

    [Fact]
    public void Damaged_blocks_give_bytes_or_the_typed_error_and_touch_nothing_else()
    {
        Random random = new(7);
        foreach (byte[] sample in CompressionSamples.All().Where(s => s.Length is > 0 and < 6000))
        {
            byte[] lz4 = new byte[Lz4Block.MaxCompressedLength(sample.Length)];
            lz4 = lz4[..Lz4Block.Compress(sample, lz4)];
            byte[] snappy = new byte[SnappyBlock.MaxCompressedLength(sample.Length)];
            snappy = snappy[..SnappyBlock.Compress(sample, snappy)];
            for (int i = 0; i < 20; i++)
            {
                Try(Damage(lz4, random), sample.Length, (from, to) => Lz4Block.Decompress(from, to.Span));
                Try(Damage(snappy, random), sample.Length, (from, to) => SnappyBlock.Decompress(from, to.Span));
            }
        }
    }

    private static byte[] Damage(byte[] block, Random random)
    {
        byte[] copy = block[..random.Next(Math.Max(1, block.Length / 2), block.Length + 1)];
        for (int i = random.Next(3); i >= 0; i--)
        {
            copy[random.Next(copy.Length)] = (byte)random.Next(256);
        }

        return copy;
    }

    private static void Try(byte[] block, int length, Func<byte[], Memory<byte>, int> decode) =>
        CompressionSamples.Guarded(length, to =>
        {
            try
            {
                return decode(block, to);
            }
            catch (CorruptDataException e)
            {
                Assert.InRange(e.Position, 0, block.Length);
                return 0;
            }
        });
}
