using System.Text;

namespace Micromegas.Formats.Tests;

public sealed class CborTests
{
    [Fact]
    public void Heads_are_the_shortest_and_round_trip()
    {
        (ulong Value, string Hex)[] unsigned =
        [
            (0, "00"), (23, "17"), (24, "1818"), (255, "18ff"), (256, "190100"), (65535, "19ffff"), (65536, "1a00010000"),
            (uint.MaxValue, "1affffffff"), (1UL << 32, "1b0000000100000000"), (ulong.MaxValue, "1bffffffffffffffff"),
        ];
        foreach ((ulong value, string hex) in unsigned)
        {
            using PooledBuffer buffer = new();
            new CborWriter(buffer).WriteUInt64(value);
            Assert.Equal(hex, Convert.ToHexStringLower(buffer.WrittenSpan));
            Assert.Equal(value, new CborReader(buffer.WrittenSpan).ReadUInt64());
        }

        foreach (long value in new[] { -1L, -24, -25, -256, -257, long.MinValue, long.MaxValue, 5 })
        {
            using PooledBuffer buffer = new();
            new CborWriter(buffer).WriteInt64(value);
            Assert.Equal(value, new CborReader(buffer.WrittenSpan).ReadInt64());
        }
    }

    [Theory]
    [InlineData("f93c00", 1.0)]
    [InlineData("fa47c35000", 100000.0)]
    [InlineData("fb3ff199999999999a", 1.1)]
    [InlineData("f97e00", double.NaN)]
    public void Floats_of_every_width_read(string hex, double expected) =>
        Assert.Equal(expected, new CborReader(Convert.FromHexString(hex)).ReadDouble());

    [Theory]
    [InlineData("c24101", 1UL)]
    [InlineData("c249000000000000000001", 1UL)]
    [InlineData("d9d9f7c248ffffffffffffffff", ulong.MaxValue)]
    [InlineData("1b0000000000000001", 1UL)]
    [InlineData("c105", 5UL)]
    public void Integers_may_be_wide_tagged_or_big(string hex, ulong expected) =>
        Assert.Equal(expected, new CborReader(Convert.FromHexString(hex)).ReadUInt64());

    [Fact]
    public void Indefinite_items_equal_definite_ones()
    {
        CborReader reader = new(Convert.FromHexString("9f5f42010243030405ff7f6161626263ff" + "bf6161f5ff" + "ff"));
        long elements = reader.ReadArrayStart();
        Assert.True(reader.ReadMore(ref elements));
        Assert.Equal([1, 2, 3, 4, 5], reader.ReadByteString().ToArray());
        Assert.True(reader.ReadMore(ref elements));
        Assert.Equal("abc", Encoding.UTF8.GetString(reader.ReadText()));
        Assert.True(reader.ReadMore(ref elements));
        long entries = reader.ReadMapStart();
        Assert.True(reader.ReadMore(ref entries));
        Assert.Equal("a", Encoding.UTF8.GetString(reader.ReadText()));
        Assert.True(reader.ReadBoolean());
        Assert.False(reader.ReadMore(ref entries));
        Assert.False(reader.ReadMore(ref elements));
        Assert.Equal(23, reader.Position);
    }

    [Fact]
    public void Skip_passes_over_everything_the_writer_makes()
    {
        using PooledBuffer buffer = new();
        CborWriter writer = new(buffer);
        writer.WriteArrayStart(7);
        writer.WriteIndefiniteMapStart();
        writer.WriteText("clé");
        writer.WriteDouble(2.5);
        writer.WriteBreak();
        writer.WriteNull();
        writer.WriteBoolean(false);
        writer.WriteByteString(new byte[300]);
        writer.WriteInt64(-1000);
        writer.WriteIndefiniteArrayStart();
        writer.WriteBreak();
        writer.WriteText("end"u8);
        int length = buffer.Length;
        buffer.Write("junk"u8);
        CborReader reader = new(buffer.WrittenSpan);
        reader.Skip();
        Assert.Equal(length, reader.Position);
    }

    [Theory]
    [InlineData("")]
    [InlineData("18")]
    [InlineData("1c")]
    [InlineData("1f")]
    [InlineData("ff")]
    [InlineData("5bffffffffffffffff")]
    [InlineData("9bffffffffffffffff")]
    [InlineData("9f01")]
    [InlineData("a101")]
    [InlineData("61ff")]
    [InlineData("5f6161ff")]
    [InlineData("c0")]
    public void Malformed_items_are_refused(string hex) =>
        Assert.Throws<CorruptDataException>(() => new CborReader(Convert.FromHexString(hex)).Skip());

    [Fact]
    public void Nesting_is_limited()
    {
        new CborReader([.. Enumerable.Repeat((byte)0x81, 256), 0]).Skip();
        Assert.Throws<CorruptDataException>(() => new CborReader([.. Enumerable.Repeat((byte)0x81, 257), 0]).Skip());
        Assert.Throws<CorruptDataException>(() => new CborReader([.. Enumerable.Repeat((byte)0x9F, 100_000)]).Skip());
    }

    [Fact]
    public void Random_bytes_give_an_item_or_the_typed_error()
    {
        Random random = new(11);
        byte[] bytes = new byte[64];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            try
            {
                CborReader reader = new(bytes);
                reader.Skip();
                Assert.InRange(reader.Position, 1, bytes.Length);
            }
            catch (CorruptDataException e)
            {
                Assert.InRange(e.Position, 0, bytes.Length);
            }
        }
    }
}
