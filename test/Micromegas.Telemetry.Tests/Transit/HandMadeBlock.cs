using Micromegas.Formats;

namespace Micromegas.Telemetry.Tests;

/// <summary>Blocks put together from hexadecimal text, with ticks that are nanoseconds.</summary>
internal static class HandMadeBlock
{
    public static readonly ProcessClock Clock = new(1_000_000_000, 0, 0);

    public static TypeDescription Dynamic(string name) => new(name, 0, [], false);

    public static TypeDescription Fixed(string name, ulong size, params (string Name, string Type, ulong Offset, ulong Size, bool IsReference)[] members) =>
        new(name, size, [.. members.Select(m => new MemberDescription(m.Name, m.Type, m.Offset, m.Size, m.IsReference))], false);

    public static TypeDescription Handle(string name, ulong offset = 0) =>
        new(name, 16, [new MemberDescription("id", "u64", offset, 8, true)], true);

    public static byte[] Payload(string dependencies, string objects) => Payload(Bytes(dependencies), Bytes(objects));

    public static byte[] Payload(byte[] dependencies, byte[] objects)
    {
        using PooledBuffer dependencyFrame = new();
        using PooledBuffer objectFrame = new();
        using PooledBuffer payload = new();
        Lz4Frame.Compress(dependencies, dependencyFrame, Lz4FrameOptions.Plain);
        Lz4Frame.Compress(objects, objectFrame, Lz4FrameOptions.RustClient);
        BlockEnvelope.Write(dependencyFrame.WrittenSpan, objectFrame.WrittenSpan, payload);
        return payload.WrittenSpan.ToArray();
    }

    public static StreamDescription Stream(IReadOnlyList<TypeDescription> dependencies, IReadOnlyList<TypeDescription> objects) =>
        new(StreamFormats.Transit, RustClientTypes.Encode(dependencies), RustClientTypes.Encode(objects));

    public static (BlockOutcome Outcome, List<LogRow> Rows) Logs(
        IReadOnlyList<TypeDescription> dependencyTypes, IReadOnlyList<TypeDescription> objectTypes, string dependencies, string objects)
    {
        using LogBlockDecoder decoder = new();
        byte[] payload = Payload(dependencies, objects);
        (BlockOutcome outcome, List<LogRow> rows) = LogRows.Decode(decoder, new BlockSource(Clock, Stream(dependencyTypes, objectTypes), default, payload));
        return (outcome, [.. rows.Select(row => row with { Document = "" })]);
    }

    public static (BlockOutcome Outcome, List<MetricRow> Rows) Metrics(
        IReadOnlyList<TypeDescription> dependencyTypes, IReadOnlyList<TypeDescription> objectTypes, string dependencies, string objects)
    {
        using MetricBlockDecoder decoder = new();
        byte[] payload = Payload(dependencies, objects);
        (BlockOutcome outcome, List<MetricRow> rows) = MetricRows.Decode(decoder, new BlockSource(Clock, Stream(dependencyTypes, objectTypes), default, payload));
        return (outcome, [.. rows.Select(row => row with { Document = "" })]);
    }

    public static byte[] Bytes(string hex) => Convert.FromHexString(string.Concat(hex.Where(c => !char.IsWhiteSpace(c))));
}
