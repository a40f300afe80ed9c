using System.Buffers.Binary;
using System.Text;

namespace Micromegas.Formats.Tests;

public sealed class HashTests
{
    [Fact]
    public void XxHash32_chains_through_seeds_as_scope_hashes_do()
    {
        // spec/data-lake.md §5.8: (foo, a.rs, app, 7).
        uint name = XxHash32.Hash("foo"u8);
        uint file = XxHash32.Hash("a.rs"u8, name);
        uint target = XxHash32.Hash("app"u8, file);
        Assert.Equal(0xe20f0dd9u, name);
        Assert.Equal(0x03598361u, file);
        Assert.Equal(493558469u, XxHash32.Hash([7, 0, 0, 0], target));
    }

    [Theory]
    [InlineData("", 0u, 0x02CC5D05u)]
    [InlineData("a", 0u, 0x550D7456u)]
    [InlineData("Nobody inspects the spammish repetition", 0u, 0xE2293B2Fu)]
    public void XxHash32_matches_published_vectors(string text, uint seed, uint expected) =>
        Assert.Equal(expected, XxHash32.Hash(Encoding.ASCII.GetBytes(text), seed));

    [Theory]
    [InlineData("", 0ul, 0xEF46DB3751D8E999ul)]
    [InlineData("a", 0ul, 0xD24EC4F1A98C6E5Bul)]
    [InlineData("abc", 0ul, 0x44BC2CF5AD770999ul)]
    [InlineData("Nobody inspects the spammish repetition", 0ul, 0xFBCEA83C8A378BF1ul)]
    public void XxHash64_matches_published_vectors(string text, ulong seed, ulong expected) =>
        Assert.Equal(expected, XxHash64.Hash(Encoding.ASCII.GetBytes(text), seed));

    [Fact]
    public void Crc32_matches_the_check_value_and_continues()
    {
        Assert.Equal(0xCBF43926u, Crc32.Hash("123456789"u8));
        Assert.Equal(0u, Crc32.Hash([]));
        byte[] data = new byte[1000];
        new Random(1).NextBytes(data);
        for (int cut = 0; cut < 40; cut++)
        {
            Assert.Equal(Crc32.Hash(data), Crc32.Hash(data.AsSpan(cut), Crc32.Hash(data.AsSpan(0, cut))));
        }
    }

    [Fact]
    public void SipHash_matches_the_reference_vector()
    {
        byte[] message = [.. Enumerable.Range(0, 15).Select(i => (byte)i)];
        Assert.Equal(0xa129ca6149be45e5UL, SipHash24.Hash(message, 0x0706050403020100, 0x0f0e0d0c0b0a0908));
    }

    [Fact]
    public void SipHash13_gives_the_partition_lock_keys()
    {
        // spec/lakehouse.md C.1.
        Assert.Equal(614293935475780170L, LockKey("log_entries", "global", (16580854, 36000, 0), (16580854, 39600, 0)));
        const int fourthOfJuly = (2025 << 13) | (185 << 4) | 9;
        Assert.Equal(
            2691763332090253825L,
            LockKey("thread_spans", "6f2d3c1a-9d1e-4a56-8f0b-1c2d3e4f5a6b", (fourthOfJuly, 45296, 123456000), (fourthOfJuly, 46799, 654321000)));
    }

    private static long LockKey(string set, string instance, (int Yof, uint Second, uint Nano) begin, (int Yof, uint Second, uint Nano) end)
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(set), 0xFF, .. Encoding.UTF8.GetBytes(instance), 0xFF, .. Time(begin), .. Time(end)];
        return (long)SipHash13.Hash(bytes);
    }

    private static byte[] Time((int Yof, uint Second, uint Nano) time)
    {
        byte[] bytes = new byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, time.Yof);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), time.Second);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), time.Nano);
        return bytes;
    }
}
