using Micromegas.Formats;

namespace Micromegas.Telemetry.Tests.Fuzzing;

/// <summary>Native blocks whose buffers or type lists are damaged, behind intact compression.</summary>
/// <param name="tag">The streams that samples come from.</param>
/// <param name="decode">Decodes one block.</param>
internal sealed class NativeBlockTarget(string tag, Func<BlockDecoders, BlockDecode> decode) : FuzzTarget
{
    private const int MaxSampleLength = 16 << 10;

    private readonly BlockDecoders decoders = new();
    private List<(ProcessClock Clock, BlockRow Row, byte[][] Parts)> blocks = [];
    private List<byte[]> pool = [];

    public override void Prepare()
    {
        RecordedLake lake = RecordedLake.Main;
        blocks = [.. lake.BlocksOf(tag)
            .Where(block => lake.Streams[block.StreamId].Description.Format == StreamFormats.Transit)
            .OrderBy(block => lake.Payload(block).Length)
            .GroupBy(block => block.ProcessId)
            .SelectMany(blocks => blocks.Take(4))
            .Select(block => (lake.Processes[block.ProcessId], block.Row, Parts: Split(lake.Payload(block), lake.Streams[block.StreamId])))
            .Where(block => block.Parts is not null)
            .Select(block => (block.Item1, block.Row, block.Parts!))];
        Assert.NotEmpty(blocks);
        pool = [.. blocks.SelectMany(block => block.Parts)];
    }

    public override bool Run(Random random)
    {
        (ProcessClock clock, BlockRow row, byte[][] parts) = blocks[random.Next(blocks.Count)];
        byte[][] damaged = [.. parts];
        int which = random.Next(4);
        damaged[which] = Mutation.Damage(parts[which], pool, random);
        byte[] payload = HandMadeBlock.Payload(damaged[0], damaged[1]);

        // Spans are converted with a frequency that is known.
        ProcessClock known = clock.TscFrequency > 0 ? clock : clock with { TscFrequency = 3_000_000_000 };
        BlockOutcome outcome = decode(decoders)(new BlockSource(known, new StreamDescription(StreamFormats.Transit, damaged[2], damaged[3]), row, payload));
        return !outcome.IsDropped;
    }

    public override void Dispose()
    {
        base.Dispose();
        decoders.Dispose();
    }

    private static byte[][]? Split(byte[] payload, RecordedStream stream)
    {
        using PooledBuffer dependencies = new();
        using PooledBuffer objects = new();
        try
        {
            BlockEnvelope envelope = BlockEnvelope.Read(payload);
            Lz4Frame.Decompress(envelope.Dependencies, dependencies, MaxSampleLength);
            Lz4Frame.Decompress(envelope.Objects, objects, MaxSampleLength);
        }
        catch (CorruptDataException)
        {
            // Damaged in the recording, or too large for quick runs: start with another.
            return null;
        }

        return [dependencies.WrittenSpan.ToArray(), objects.WrittenSpan.ToArray(), stream.DependenciesMetadata, stream.ObjectsMetadata];
    }
}
