using Micromegas.Formats;

namespace Micromegas.Telemetry.Tests;

/// <summary>Damaged metadata and buffers end in rows or in a dropped block, never in another exception.</summary>
public sealed class BlockFuzzTests
{
    [Fact]
    public void Damaged_native_blocks_are_decoded_or_dropped()
    {
        RecordedLake lake = RecordedLake.Main;
        Random random = new(20261122);
        using LogBlockDecoder logs = new(1 << 24);
        using MetricBlockDecoder metrics = new(1 << 24);
        int dropped = 0;
        int decoded = 0;
        foreach (string tag in new[] { "log", "metrics" })
        {
            // One block a kind of stream, cut to a size that keeps a run short.
            foreach (RecordedBlock block in lake.BlocksOf(tag).Where(b => lake.Streams[b.StreamId].Description.Format == StreamFormats.Transit)
                .GroupBy(b => b.ProcessId).Select(group => group.MinBy(b => lake.Payload(b).Length)!))
            {
                RecordedStream stream = lake.Streams[block.StreamId];
                using PooledBuffer dependencies = new();
                using PooledBuffer objects = new();
                try
                {
                    BlockEnvelope envelope = BlockEnvelope.Read(lake.Payload(block));
                    Lz4Frame.Decompress(envelope.Dependencies, dependencies);
                    Lz4Frame.Decompress(envelope.Objects, objects);
                }
                catch (CorruptDataException)
                {
                    continue;
                }

                for (int i = 0; i < 150; i++)
                {
                    byte[] payload = HandMadeBlock.Payload(
                        Damage(dependencies.WrittenSpan, random, i % 3 == 0), Damage(objects.WrittenSpan, random, i % 3 == 1));
                    StreamDescription description = new(
                        StreamFormats.Transit,
                        Damage(stream.DependenciesMetadata, random, i % 6 == 2),
                        Damage(stream.ObjectsMetadata, random, i % 6 == 5));
                    BlockSource source = new(lake.Processes[block.ProcessId], description, block.Row, payload);
                    CountingSink sink = default;
                    BlockOutcome outcome = tag == "log" ? logs.Decode(source, ref sink) : metrics.Decode(source, ref sink);
                    Assert.Equal(sink.Rows, outcome.Rows);
                    _ = outcome.IsDropped ? dropped++ : decoded++;
                }
            }
        }

        // Both happen, or the damage is of no use.
        Assert.InRange(dropped, 100, int.MaxValue);
        Assert.InRange(decoded, 100, int.MaxValue);
    }

    [Fact]
    public void Damaged_OTLP_blocks_are_decoded_or_dropped()
    {
        RecordedLake lake = RecordedLake.Main;
        Random random = new(42);
        using LogBlockDecoder logs = new();
        using MetricBlockDecoder metrics = new();
        foreach (RecordedBlock block in lake.Blocks.Where(b => lake.Streams[b.StreamId].Description.Format.StartsWith("otlp", StringComparison.Ordinal)).Take(12))
        {
            byte[] original = lake.Payload(block);
            for (int i = 0; i < 100; i++)
            {
                byte[] payload = Damage(original, random, true);
                CountingSink sink = default;
                logs.Decode(new BlockSource(default, new StreamDescription(StreamFormats.OtlpLogs, default, default), block.Row, payload), ref sink);
                metrics.Decode(new BlockSource(default, new StreamDescription(StreamFormats.OtlpMetrics, default, default), block.Row, payload), ref sink);
            }
        }
    }

    [Fact]
    public void Types_nested_without_end_take_neither_time_nor_memory()
    {
        // Each type holds the next one a hundred times: 100^20 members if they were laid out.
        List<TypeDescription> types = [];
        for (int i = 0; i < 20; i++)
        {
            types.Add(new TypeDescription(
                $"T{i}", 8, [.. Enumerable.Range(0, 100).Select(m => new MemberDescription($"m{m}", i == 19 ? "u64" : $"T{i + 1}", 0, 8, false))], false));
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        (BlockOutcome outcome, _) = HandMadeBlock.Logs([], types, "", "00 0000000000000000");
        Assert.Null(outcome.Failure);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000_000);

        List<TypeDescription> chain =
            [.. Enumerable.Range(0, 100_000).Select(i => new TypeDescription($"T{i}", 8, [new MemberDescription("m", $"T{i + 1}", 0, 8, false)], false))];
        (outcome, _) = HandMadeBlock.Logs([], chain, "", "00 0000000000000000");
        Assert.Contains("nested", outcome.Failure, StringComparison.Ordinal);
    }

    private static byte[] Damage(ReadOnlySpan<byte> bytes, Random random, bool really)
    {
        byte[] copy = bytes.ToArray();
        if (!really || copy.Length == 0)
        {
            return copy;
        }

        for (int i = random.Next(3); i >= 0; i--)
        {
            copy[random.Next(copy.Length)] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => 0xFF,
                _ => (byte)(copy[random.Next(copy.Length)] ^ (1 << random.Next(8))),
            };
        }

        return random.Next(4) == 0 ? copy[..random.Next(copy.Length)] : copy;
    }

    private struct CountingSink : IEventSink<LogEvent>, IEventSink<MetricEvent>
    {
        public int Rows { get; private set; }

        public void Add(in LogEvent row)
        {
            Assert.False(row.Properties.IsEmpty);
            Rows++;
        }

        public void Add(in MetricEvent row)
        {
            Assert.False(row.Properties.IsEmpty);
            Rows++;
        }
    }
}
