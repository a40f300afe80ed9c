using Micromegas.Formats;

namespace Micromegas.Telemetry.Tests;

public sealed class TypeListCodecTests
{
    [Fact]
    public void Lists_of_the_specification_are_written_byte_for_byte()
    {
        // spec/data-lake.md §4.2.
        Assert.Equal(
            "81a4646e616d656c537461746963537472696e676473697a6500676d656d62657273806c69735f7265666572656e6365f4",
            Hex([new TypeDescription("StaticString", 0, [], false)]));
        string second = Hex(
        [
            new TypeDescription(
                "EndThreadSpanEvent",
                16,
                [new MemberDescription("thread_span_desc", "& 'static SpanMetadata", 0, 8, true), new MemberDescription("time", "i64", 8, 8, false)],
                false),
        ]);
        Assert.Equal(192, second.Length / 2);
        Assert.StartsWith("81a4646e616d6572456e64546872656164", second, StringComparison.Ordinal);
        Assert.EndsWith("6473697a65086c69735f7265666572656e6365f46c69735f7265666572656e6365f4", second, StringComparison.Ordinal);
    }

    [Fact]
    public void Recorded_lists_round_trip_byte_for_byte()
    {
        foreach (RecordedStream stream in RecordedLake.Main.Streams.Values.Concat(RecordedLake.Ingested.Streams.Values))
        {
            Assert.Equal(Convert.ToHexStringLower(stream.DependenciesMetadata), Hex(TypeListCodec.Decode(stream.DependenciesMetadata)));
            Assert.Equal(Convert.ToHexStringLower(stream.ObjectsMetadata), Hex(TypeListCodec.Decode(stream.ObjectsMetadata)));
        }
    }

    [Fact]
    public void Indefinite_lists_in_the_Unreal_order_read_alike()
    {
        using PooledBuffer buffer = new();
        CborWriter writer = new(buffer);
        writer.WriteIndefiniteArrayStart();
        writer.WriteIndefiniteMapStart();
        writer.WriteText("name");
        writer.WriteText("T");
        writer.WriteText("size");
        writer.WriteUInt64(8);
        writer.WriteText("is_reference");
        writer.WriteBoolean(false);
        writer.WriteText("members");
        writer.WriteIndefiniteArrayStart();
        writer.WriteIndefiniteMapStart();
        writer.WriteText("name");
        writer.WriteText("time");
        writer.WriteText("type_name");
        writer.WriteText("uint64");
        writer.WriteText("offset");
        writer.WriteUInt64(0);
        writer.WriteText("size");
        writer.WriteUInt64(8);
        writer.WriteText("is_reference");
        writer.WriteBoolean(false);
        writer.WriteBreak();
        writer.WriteBreak();
        writer.WriteBreak();
        writer.WriteBreak();
        TypeDescription type = Assert.Single(TypeListCodec.Decode(buffer.WrittenSpan));
        Assert.Equal(("T", 8UL, false), (type.Name, type.Size, type.IsReference));
        Assert.Equal(new MemberDescription("time", "uint64", 0, 8, false), Assert.Single(type.Members));
    }

    [Theory]
    [InlineData("a0")]
    [InlineData("81a0")]
    [InlineData("81a4646e616d656161646e616d6561616473697a6500676d656d6265727380")]
    [InlineData("81a3646e616d6561616473697a6500676d656d6265727380")]
    [InlineData("81a4646e616d6561616473697a6520676d656d62657273806c69735f7265666572656e6365f4")]
    public void Incomplete_lists_are_refused(string hex) =>
        Assert.Throws<CorruptDataException>(() => TypeListCodec.Decode(Convert.FromHexString(hex)));

    private static string Hex(IReadOnlyList<TypeDescription> types)
    {
        using PooledBuffer buffer = new();
        TypeListCodec.Encode(types, buffer);
        return Convert.ToHexStringLower(buffer.WrittenSpan);
    }
}
