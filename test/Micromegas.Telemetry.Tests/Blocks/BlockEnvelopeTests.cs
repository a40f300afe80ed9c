using Micromegas.Formats;

namespace Micromegas.Telemetry.Tests;

public sealed class BlockEnvelopeTests
{
    // spec/data-lake.md §3.1.
    private const string Current = "a26c646570656e64656e63696573420102676f626a656374734317" + "18ff";
    private const string Legacy = "a26c646570656e64656e63696573820102676f626a65637473831718" + "1818ff";

    [Theory]
    [InlineData(Current)]
    [InlineData(Legacy)]
    [InlineData("bf676f626a656374735f41174218ffff6c646570656e64656e636965739f0102ffff")]      // indefinite everything, other order
    [InlineData("a3617801" + "6c646570656e64656e63696573420102" + "676f626a656374738317181818ff" + "0000")]  // unknown key, mixed, trailing bytes
    public void Both_forms_read(string hex)
    {
        BlockEnvelope envelope = BlockEnvelope.Read(Convert.FromHexString(hex));
        Assert.Equal([1, 2], envelope.Dependencies.ToArray());
        Assert.Equal([0x17, 0x18, 0xFF], envelope.Objects.ToArray());
    }

    [Fact]
    public void Written_bytes_are_upstreams()
    {
        using PooledBuffer output = new();
        BlockEnvelope.Write([1, 2], [0x17, 0x18, 0xFF], output);
        Assert.Equal(Current, Convert.ToHexStringLower(output.WrittenSpan));
    }

    [Theory]
    [InlineData("")]
    [InlineData("80")]                                                                   // no map
    [InlineData("a16c646570656e64656e63696573420102")]                                   // objects missing
    [InlineData("a36c646570656e64656e63696573406c646570656e64656e6369657340676f626a6563747340")]   // twice
    [InlineData("a26c646570656e64656e6369657340676f626a65637473811901" + "00")]          // 256 is no byte
    [InlineData("a26c646570656e64656e6369657340676f626a656374738120")]                   // −1 is no byte
    [InlineData("a26c646570656e64656e6369657340676f626a656374736161")]                   // text is no byte string
    [InlineData("a26c646570656e64656e6369657340676f626a656374735affffffff00")]           // longer than the input
    [InlineData("a26c646570656e64656e6369657340676f626a656374739bffffffffffffffff00")]
    public void Anything_else_is_refused(string hex) =>
        Assert.Throws<CorruptDataException>(() => BlockEnvelope.Read(Convert.FromHexString(hex)).Objects.Length);

    [Fact]
    public void Nesting_is_limited()
    {
        byte[] deep = [0xA3, 0x61, (byte)'x', .. Enumerable.Repeat((byte)0x81, 300), 0];
        Assert.Throws<CorruptDataException>(() => BlockEnvelope.Read(deep).Objects.Length);
    }
}
