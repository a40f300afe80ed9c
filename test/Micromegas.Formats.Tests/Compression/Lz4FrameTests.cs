namespace Micromegas.Formats.Tests;

public sealed class Lz4FrameTests
{
    // spec/data-lake.md §3.3.
    private const string RustEmpty = "04224d185440ae00000000055dcc02";
    private const string RustHello = "04224d185440ae0500008068656c6c6ff97700fb00000000f97700fb";
    private const string PlainEmpty = "04224d1860408200000000";
    private const string PlainHello = "04224d186040820500008068656c6c6f00000000";

    [Theory]
    [InlineData(RustEmpty, "")]
    [InlineData(RustHello, "hello")]
    [InlineData(PlainEmpty, "")]
    [InlineData(PlainHello, "hello")]
    public void Frames_of_the_specification_decode_and_are_written_alike(string hex, string text)
    {
        byte[] frame = Convert.FromHexString(hex);
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(Decompress(frame)));
        Lz4FrameOptions options = frame[4] == 0x54 ? Lz4FrameOptions.RustClient : Lz4FrameOptions.Plain;
        Assert.Equal(frame, Compress(System.Text.Encoding.UTF8.GetBytes(text), options));
    }

    [Fact]
    public void Every_kind_of_frame_round_trips()
    {
        byte[][] samples = [.. CompressionSamples.All().Where(s => s.Length is < 20 or > 3000)];
        for (int bits = 0; bits < 64; bits++)
        {
            Lz4FrameOptions options = new()
            {
                LinkedBlocks = (bits & 1) != 0,
                BlockChecksum = (bits & 2) != 0,
                ContentChecksum = (bits & 4) != 0,
                ContentSize = (bits & 8) != 0,
                BlockSizeClass = bits >> 4,
            };
            foreach (byte[] sample in samples.Skip(bits % 7).Where((s, i) => i % 7 == 0 || s.Length > 100_000))
            {
                Assert.Equal(sample, Decompress(Compress(sample, options)));
            }
        }
    }

    [Fact]
    public void Linked_blocks_share_their_window()
    {
        byte[] noise = new byte[60_000];
        new Random(3).NextBytes(noise);
        byte[] twice = [.. noise, .. new byte[5_000], .. noise];
        Assert.InRange(Compress(twice, Lz4FrameOptions.RustClient).Length, 60_000, 75_000);
        Assert.InRange(Compress(twice, Lz4FrameOptions.Plain).Length, 115_000, 130_000);
    }

    [Fact]
    public void Skippable_frames_and_trailing_bytes_are_ignored()
    {
        byte[] frame = [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3, .. Convert.FromHexString(RustHello), 1, 2, 3, 4];
        Assert.Equal("hello"u8.ToArray(), Decompress(frame));
    }

    [Fact]
    public void Cut_frames_wrong_checksums_and_no_bytes_fail()
    {
        byte[] frame = Compress(CompressionSamples.All().First(s => s.Length == 200_000), Lz4FrameOptions.RustClient);
        for (int length = 0; length < frame.Length; length += length < 100 || length > frame.Length - 100 ? 1 : 9973)
        {
            Assert.Throws<CorruptDataException>(() => Decompress(frame[..length]));
        }

        foreach (int position in new[] { 0, 4, 5, 6, 7, 100, frame.Length / 2, frame.Length - 1 })
        {
            byte[] damaged = [.. frame];
            damaged[position] ^= 0x40;
            Assert.Throws<CorruptDataException>(() => Decompress(damaged));
        }
    }

    [Fact]
    public void A_bomb_is_stopped_before_it_takes_memory()
    {
        byte[] frame = Compress(new byte[50_000_000], Lz4FrameOptions.RustClient with { BlockSizeClass = 3 });
        using PooledBuffer buffer = new();
        Assert.Throws<CorruptDataException>(() => Lz4Frame.Decompress(frame, buffer, 1_000_000));
        Assert.Equal(0, buffer.Length);
        Assert.InRange(buffer.GetSpan().Length, 0, 9_000_000);
        Assert.Equal(50_000_000, Lz4Frame.Decompress(frame, buffer, 50_000_000));
        byte[] declared = Compress(new byte[50_000_000], Lz4FrameOptions.Plain with { ContentSize = true });
        Assert.Throws<CorruptDataException>(() => Decompress(declared, 1_000_000));
    }

    private static byte[] Compress(byte[] content, Lz4FrameOptions options)
    {
        using PooledBuffer buffer = new();
        Lz4Frame.Compress(content, buffer, options);
        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Decompress(byte[] frame, int maxLength = Lz4Frame.DefaultMaxLength)
    {
        using PooledBuffer buffer = new();
        buffer.Write("before"u8);
        int length = Lz4Frame.Decompress(frame, buffer, maxLength);
        Assert.Equal("before"u8.ToArray(), buffer.WrittenSpan[..6].ToArray());
        Assert.Equal(6 + length, buffer.Length);
        return buffer.WrittenSpan[6..].ToArray();
    }
}
