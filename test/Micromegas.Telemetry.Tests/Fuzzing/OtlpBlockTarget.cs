namespace Micromegas.Telemetry.Tests.Fuzzing;

/// <summary>Stored OTLP messages, damaged; every decoder must stand messages of every kind.</summary>
internal sealed class OtlpBlockTarget(string format, Func<BlockDecoders, BlockDecode> decode) : FuzzTarget
{
    private readonly BlockDecoders decoders = new();
    private List<byte[]> samples = [];

    public override void Prepare()
    {
        RecordedLake lake = RecordedLake.Main;
        samples = [.. lake.Blocks
            .Where(block => lake.Streams.TryGetValue(block.StreamId, out RecordedStream? stream) && stream.Description.Format.StartsWith("otlp", StringComparison.Ordinal))
            .GroupBy(block => lake.Streams[block.StreamId].Description.Format)
            .SelectMany(blocks => blocks.Select(lake.Payload).OrderBy(payload => payload.Length).Take(4))];
        Assert.NotEmpty(samples);
    }

    public override bool Run(Random random)
    {
        byte[] damaged = Mutation.Damage(samples[random.Next(samples.Count)], samples, random);
        return !decode(decoders)(new BlockSource(default, new StreamDescription(format, default, default), default, damaged)).IsDropped;
    }

    public override void Dispose()
    {
        base.Dispose();
        decoders.Dispose();
    }
}
