using Micromegas.Parquet.Writing;

namespace Micromegas.Parquet.Tests.Encodings;

/// <summary>What the writer's encoders make, read by the plainest decoders of the format's description.</summary>
public class EncoderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Codes_and_levels_come_back(int seed)
    {
        var random = new Random(seed);
        for (var trial = 0; trial < 300; trial++)
        {
            var width = random.Next(0, 21);
            var values = new List<int>();
            for (var parts = random.Next(0, 12); parts > 0; parts--)
            {
                // Runs around the shortest that counts, long ones, and none.
                var length = random.Next(3) switch { 0 => random.Next(1, 20), 1 => random.Next(50, 200), _ => 1 };
                var repeats = random.Next(2) == 0;
                var value = random.Next(1 << width);
                for (var i = 0; i < length; i++)
                {
                    values.Add(repeats ? value : random.Next(1 << width));
                }
            }
            var output = new ByteBuffer();
            HybridEncoder.Encode(values.ToArray(), width, output);
            Assert.Equal(values, DecodeHybrid(output.WrittenSpan, width, values.Count));
        }
    }

    [Fact]
    public void Runs_are_found_wherever_they_begin()
    {
        for (var before = 0; before < 150; before++)
        {
            foreach (var length in (int[])[7, 8, 15, 16, 40, 130])
            {
                int[] values = [.. Enumerable.Range(0, before), .. Enumerable.Repeat(1000, length), .. Enumerable.Range(0, 70)];
                var output = new ByteBuffer();
                HybridEncoder.Encode(values, 10, output);
                Assert.Equal(values, DecodeHybrid(output.WrittenSpan, 10, values.Length));
                // The run fills up the group in front of it; what is left of it must be long enough.
                var fill = -before & 7;
                var packed = length - fill >= 8 ? ((before + fill) / 8) + 9 : (values.Length + 7) / 8;
                Assert.InRange(output.Length, packed * 10, (packed * 10) + 8);
            }
        }
    }

    [Fact]
    public void Packed_bits_lie_where_the_format_says()
    {
        var random = new Random(11);
        for (var width = 0; width <= 64; width++)
        {
            foreach (var (given, count) in ((int, int)[])[(8, 8), (32, 32), (1, 8), (13, 16), (3, 32), (0, 8), (100, 104)])
            {
                var values = new ulong[given];
                for (var i = 0; i < given; i++)
                {
                    values[i] = (ulong)random.NextInt64(long.MinValue, long.MaxValue) & Mask(width);
                }
                var output = new ByteBuffer();
                output.Put(0xee);
                BitPacker.Pack<ulong>(values, width, count, output);
                output.Put(0xdd);
                Assert.Equal((count / 8 * width) + 2, output.Length);
                Assert.Equal([.. values, .. new ulong[count - given]], Enumerable.Range(0, count).Select(i => Bits(output.WrittenSpan[1..^1], i * width, width)));
                Assert.Equal((0xee, 0xdd), (output.WrittenSpan[0], output.WrittenSpan[^1]));
                if (width <= 32)
                {
                    var narrow = new ByteBuffer();
                    BitPacker.Pack<uint>(Array.ConvertAll(values, static value => (uint)value), width, count, narrow);
                    Assert.Equal(output.WrittenSpan[1..^1].ToArray(), narrow.WrittenSpan.ToArray());
                }
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Differences_come_back(bool is32Bit)
    {
        var random = new Random(5);
        foreach (var count in (int[])[0, 1, 2, 3, 32, 33, 128, 129, 130, 131, 160, 161, 257, 1000])
        {
            foreach (var bits in (int[])[0, 1, 9, 16, 17, 31, 32, 33, 48, 63, 64])
            {
                var values = new long[count];
                for (var i = 0; i < count; i++)
                {
                    values[i] = (long)((ulong)random.NextInt64(long.MinValue, long.MaxValue) & Mask(bits));
                    values[i] = is32Bit ? (int)values[i] : values[i];
                }
                var output = new ByteBuffer();
                DeltaEncoder.Encode(values, is32Bit, output);
                Assert.Equal(values, DecodeDelta(output.WrittenSpan, is32Bit));
            }
        }
    }

    private static List<int> DecodeHybrid(ReadOnlySpan<byte> data, int width, int count)
    {
        var values = new List<int>();
        for (var at = 0; values.Count < count;)
        {
            var header = ReadVarint(data, ref at);
            if ((header & 1) == 0)
            {
                var value = (int)Bits(data[at..], 0, (width + 7) / 8 * 8);
                at += (width + 7) / 8;
                values.AddRange(Enumerable.Repeat(value, (int)(header >> 1)));
                continue;
            }
            var packed = data.Slice(at, (int)(header >> 1) * width);
            for (var i = 0; i < (int)(header >> 1) * 8; i++)
            {
                values.Add((int)Bits(packed, i * width, width));
            }
            at += packed.Length;
        }
        Assert.All(values.Skip(count), static value => Assert.Equal(0, value));
        return values[..count];
    }

    private static List<long> DecodeDelta(ReadOnlySpan<byte> data, bool is32Bit)
    {
        var at = 0;
        Assert.Equal(128u, ReadVarint(data, ref at));
        Assert.Equal(4u, ReadVarint(data, ref at));
        var count = (int)ReadVarint(data, ref at);
        var value = ReadZigZag(data, ref at);
        var values = new List<long>();
        if (count > 0)
        {
            values.Add(value);
        }
        while (values.Count < count)
        {
            var smallest = ReadZigZag(data, ref at);
            var widths = data.Slice(at, 4);
            at += 4;
            foreach (var width in widths)
            {
                if (values.Count == count)
                {
                    break;
                }
                for (var i = 0; i < 32 && values.Count < count; i++)
                {
                    value = unchecked(value + smallest + (long)Bits(data[at..], i * width, width));
                    value = is32Bit ? (int)value : value;
                    values.Add(value);
                }
                at += width * 4;
            }
        }
        Assert.Equal(data.Length, at);
        return values;
    }

    private static ulong Bits(ReadOnlySpan<byte> data, int from, int width)
    {
        UInt128 word = 0;
        for (var i = 0; i < 9 && (from / 8) + i < data.Length; i++)
        {
            word |= (UInt128)data[(from / 8) + i] << (8 * i);
        }
        return (ulong)(word >> (from % 8)) & Mask(width);
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> data, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            value |= (ulong)(data[at] & 0x7f) << shift;
            if (data[at++] < 0x80)
            {
                return value;
            }
        }
    }

    private static long ReadZigZag(ReadOnlySpan<byte> data, ref int at)
    {
        var value = ReadVarint(data, ref at);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private static ulong Mask(int bits) => bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
}
