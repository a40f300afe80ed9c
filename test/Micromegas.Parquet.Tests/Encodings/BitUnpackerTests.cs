using Micromegas.Parquet.Encodings;
using Micromegas.Parquet.Writing;

namespace Micromegas.Parquet.Tests.Encodings;

public unsafe class BitUnpackerTests
{
    /// <summary>Every variant that this machine has; the names are those of MICROMEGAS_SIMD.</summary>
    [Theory]
    [InlineData("scalar")]
    [InlineData("avx2")]
    [InlineData("avx512")]
    [InlineData(null)]
    public void Every_variant_unpacks_every_width(string? variant)
    {
        var unpacker = BitUnpacker.Choose(variant);
        var random = new Random(7);
        using var source = new ScratchBuffer();
        using var target = new ScratchBuffer();
        for (var width = 0; width <= 64; width++)
        {
            var mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
            foreach (var count in new[] { 8, 16, 24, 128, 200 })
            {
                var values = new ulong[count];
                for (var i = 0; i < count; i++)
                {
                    values[i] = (ulong)random.NextInt64(long.MinValue, long.MaxValue) & mask;
                }
                var packed = new ByteBuffer();
                BitPacker.Pack<ulong>(values, width, count, packed);
                Assert.Equal(count / 8 * width, packed.Length);
                packed.WrittenSpan.CopyTo(new Span<byte>(source.Ensure(packed.Length + 64), packed.Length));

                var wide = new Span<ulong>(target.Ensure((count + 1) * 8), count + 1);
                wide[count] = 0xabcdef;
                unpacker.Unpack64(source.Pointer, width, (ulong*)target.Pointer, count);
                Assert.True(values.AsSpan().SequenceEqual(wide[..count]), $"{width} bits, {count} values");
                Assert.Equal(0xabcdefUL, wide[count]);
                if (width > 32)
                {
                    continue;
                }
                var narrow = new Span<uint>(target.Pointer, count + 1);
                narrow[count] = 0xabcdef;
                unpacker.Unpack32(source.Pointer, width, (uint*)target.Pointer, count);
                Assert.True(values.Select(static value => (uint)value).SequenceEqual(narrow[..count].ToArray()), $"{width} bits, {count} values");
                Assert.Equal(0xabcdefU, narrow[count]);
            }
        }
    }

    [Theory]
    [InlineData("scalar")]
    [InlineData("avx2")]
    [InlineData("avx512")]
    [InlineData(null)]
    public void Every_variant_adds_differences_up(string? variant)
    {
        var unpacker = BitUnpacker.Choose(variant);
        var random = new Random(11);
        using var source = new ScratchBuffer();
        using var target = new ScratchBuffer();
        for (var width = 0; width <= 64; width++)
        {
            foreach (var count in new[] { 8, 32, 40, 128 })
            {
                // Sums wrap around.
                var offset = random.NextInt64(long.MinValue, long.MaxValue);
                var start = random.NextInt64(long.MinValue, long.MaxValue);
                var values = new ulong[count];
                var expected = new long[count];
                var last = start;
                for (var i = 0; i < count; i++)
                {
                    values[i] = width == 0 ? 0 : (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> (64 - width);
                    last = unchecked(last + (long)values[i] + offset);
                    expected[i] = last;
                }
                var packed = new ByteBuffer();
                BitPacker.Pack<ulong>(values, width, count, packed);
                packed.WrittenSpan.CopyTo(new Span<byte>(source.Ensure(packed.Length + 64), packed.Length));
                var sums = new Span<long>(target.Ensure((count + 1) * 8), count + 1);
                sums[count] = 0xabcdef;
                unpacker.UnpackSums(source.Pointer, width, (long*)target.Pointer, count, start, offset);
                Assert.True(expected.AsSpan().SequenceEqual(sums[..count]), $"{width} bits, {count} values");
                Assert.Equal(0xabcdef, sums[count]);
            }
        }
    }

    [Fact]
    public void The_variant_can_be_forced()
    {
        Assert.IsType<ScalarBitUnpacker>(BitUnpacker.Choose("scalar"));
        Assert.IsType<ScalarBitUnpacker>(BitUnpacker.Choose("none such"));
    }
}
