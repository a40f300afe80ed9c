using System.Text;

namespace Micromegas.Formats.Tests;

public sealed class ProtobufTests
{
    [Fact]
    public void Fields_round_trip()
    {
        using PooledBuffer buffer = new();
        ProtobufWriter writer = new(buffer);
        writer.WriteVarint(1, ulong.MaxValue);
        writer.WriteVarint(2, unchecked((ulong)-5L));
        writer.WriteZigZag(3, long.MinValue);
        writer.WriteFixed32(4, 0xDEADBEEF);
        writer.WriteDouble(5, -0.0);
        int outer = writer.BeginMessage(6);
        int inner = writer.BeginMessage(1);
        writer.WriteBytes(2, new byte[20_000]);
        writer.EndMessage(inner);
        writer.WriteBoolean(3, true);
        writer.EndMessage(outer);
        writer.WriteBytes(536870911, "last"u8);

        ProtobufReader reader = new(buffer.WrittenSpan);
        Assert.True(reader.ReadTag(out int field, out ProtobufWireType type));
        Assert.Equal((1, ProtobufWireType.Varint), (field, type));
        Assert.Equal(ulong.MaxValue, reader.ReadVarint());
        Assert.True(reader.ReadTag(out _, out _));
        Assert.Equal(-5, reader.ReadInt32());
        Assert.True(reader.ReadTag(out _, out _));
        Assert.Equal(long.MinValue, reader.ReadZigZag());
        Assert.True(reader.ReadTag(out _, out _));
        Assert.Equal(0xDEADBEEF, reader.ReadFixed32());
        Assert.True(reader.ReadTag(out _, out _));
        Assert.Equal(-0.0, reader.ReadDouble());
        Assert.True(reader.ReadTag(out _, out _));
        ProtobufReader message = reader.ReadMessage();
        Assert.True(message.ReadTag(out _, out _));
        ProtobufReader nested = message.ReadMessage();
        Assert.True(nested.ReadTag(out _, out _));
        Assert.Equal(20_000, nested.ReadBytes().Length);
        Assert.True(nested.IsAtEnd);
        Assert.True(message.ReadTag(out field, out type));
        message.Skip(field, type);
        Assert.False(message.ReadTag(out _, out _));
        Assert.True(reader.ReadTag(out field, out _));
        Assert.Equal(536870911, field);
        Assert.Equal("last", Encoding.UTF8.GetString(reader.ReadBytes()));
        Assert.False(reader.ReadTag(out _, out _));
    }

    [Theory]
    [InlineData("08")]                            // value missing
    [InlineData("00")]                            // field 0
    [InlineData("0e")]                            // wire type 6
    [InlineData("0d0000")]                        // fixed32 cut
    [InlineData("090000")]                        // fixed64 cut
    [InlineData("0a05616263")]                    // bytes cut
    [InlineData("0affffffffffffffffff01")]        // length of 2^64-1
    [InlineData("08ffffffffffffffffff02")]        // more than 64 bits
    [InlineData("ffffffffffffffffffff01")]        // endless tag
    [InlineData("0b08011c")]                      // group ends with another number
    [InlineData("0b0801")]                        // group without end
    [InlineData("0c")]                            // end without group
    public void Malformed_messages_are_refused(string hex) =>
        Assert.Throws<CorruptDataException>(() => SkipAll(Convert.FromHexString(hex)));

    [Fact]
    public void Groups_are_skipped_and_their_depth_is_limited()
    {
        SkipAll(Convert.FromHexString("0b08011308011408010c1001"));
        Assert.Throws<CorruptDataException>(() => SkipAll([.. Enumerable.Repeat((byte)0x0B, 5000), .. Enumerable.Repeat((byte)0x0C, 5000)]));
    }

    [Fact]
    public void Random_bytes_give_fields_or_the_typed_error()
    {
        Random random = new(5);
        byte[] bytes = new byte[48];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            try
            {
                SkipAll(bytes);
            }
            catch (CorruptDataException e)
            {
                Assert.InRange(e.Position, 0, bytes.Length);
            }
        }
    }

    private static void SkipAll(byte[] message)
    {
        ProtobufReader reader = new(message);
        while (reader.ReadTag(out int field, out ProtobufWireType type))
        {
            reader.Skip(field, type);
        }
    }
}
