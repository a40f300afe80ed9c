namespace Micromegas.Telemetry.Tests;

/// <summary>The broken and unusual blocks of process <c>odd</c>: what spec/data-lake.md §4.9 says of each.</summary>
public sealed class OddBlockTests
{
    private const string Odd = "119a72d1-74c9-4f6a-8c01-1cdd9474031b";

    // Block, rows it gives, why it is dropped.
    private static readonly (string Block, int Rows, string? Failure)[] Expected =
    [
        ("10a3d6b2-aa05-411a-b271-5945795e8229", 3, null),
        ("153e7c2a-26a2-40bd-bb12-87fff52ddf5d", 10, null),                 // claims fewer events than it has
        ("230d977e-e225-4159-8720-771f8ca81811", 0, "LZ4 frame is cut"),
        ("482c9cbc-4343-4cc5-aeae-05cf96d0cc5f", 6, null),
        ("49952399-c4aa-4ac1-b7dc-76fb0f17a300", 4, null),
        ("4f426dcb-b394-4b36-bb2d-420f0f88080b", 0, "Type index 9 is out of range"),
        ("519088f5-90fb-4d11-9c1c-aaf75e8766ed", 4, null),
        ("58d5563d-ab2c-431e-a315-128862c33a4f", 0, "occurs twice"),
        ("5affb229-7631-4992-b0ce-583505c6af07", 0, "unknown codec 7"),
        ("616499c9-e25a-4605-aec6-f0245bd86d40", 10, null),                 // claims more events than it has
        ("65dc9f50-3f63-4f83-bd05-61e6211c70cf", 4, null),
        ("66d22876-72fd-4202-aa96-fb1a14a0f9e7", 0, "LZ4 frame is cut"),
        ("7e62aa0a-1df9-4d78-9c65-39382b0537e6", 0, "odd number of bytes"),
        ("7f1b103c-df15-42b0-aab4-77d26415479c", 0, "No LZ4 frame"),
        ("88daf401-6b40-43ef-a54b-0c4e010c4759", 0, "unknown word"),
        ("8cdb305f-dd2e-4609-ae36-aab0d1bc52d9", 300, null),
        ("a7abe1c2-9e1a-4ef4-b341-e07a83f73f16", 4, null),                  // unknown event types between known ones
        ("a8948c89-3b61-4676-a6bb-7dbd2d1c9af0", 0, null),                  // no events
        ("ae658f33-fe3b-490b-93f4-48b3a5aa3c81", 0, "runs beyond the buffer"),
        ("b774eb52-48db-40af-b215-8370d269a9a5", 0, "Dependency dead is missing"),
        ("d4c28c2e-7c26-447f-8316-909e3bbbe9ea", 3, null),
        ("fc891b4a-6a50-4f4d-b4d6-6a3a47469a4d", 300, null),
    ];

    [Fact]
    public void Every_block_ends_as_the_specification_says()
    {
        RecordedLake lake = RecordedLake.Main;
        List<RecordedBlock> blocks = [.. lake.BlocksOf("log", Odd)];
        Assert.Equal(Expected.Select(e => e.Block), blocks.Select(b => b.BlockId).Order(StringComparer.Ordinal));

        // One decoder for all: a broken block must leave nothing behind for the next.
        using LogBlockDecoder decoder = new();
        foreach (RecordedBlock block in blocks.Concat(blocks.AsEnumerable().Reverse()))
        {
            (_, int rows, string? failure) = Expected.Single(e => e.Block == block.BlockId);
            BlockSource source = new(lake.Processes[block.ProcessId], lake.Streams[block.StreamId].Description, block.Row, lake.Payload(block));
            (BlockOutcome outcome, _) = LogRows.Decode(decoder, source);
            Assert.Equal((block.BlockId, failure is not null), (block.BlockId, outcome.IsDropped));
            Assert.Contains(failure ?? "", outcome.Failure ?? "", StringComparison.Ordinal);
            Assert.Equal((block.BlockId, rows), (block.BlockId, outcome.IsDropped ? 0 : outcome.Rows));
        }
    }

    [Fact]
    public void Unknown_events_are_skipped_with_one_warning_a_type()
    {
        RecordedLake lake = RecordedLake.Main;
        RecordedBlock block = lake.Blocks.Single(b => b.BlockId == "a7abe1c2-9e1a-4ef4-b341-e07a83f73f16");
        using LogBlockDecoder decoder = new();
        (BlockOutcome outcome, _) = LogRows.Decode(
            decoder, new BlockSource(lake.Processes[Odd], lake.Streams[block.StreamId].Description, block.Row, lake.Payload(block)));
        Assert.Equal((6, 4), (outcome.Events, outcome.Rows));
        Assert.Equal(["unknown log event 'FutureEvent' (1 times)", "unknown log event 'FutureFixed' (1 times)"], outcome.Warnings.Order());
    }

    [Fact]
    public void An_unknown_format_is_skipped_with_a_warning()
    {
        using LogBlockDecoder decoder = new();
        StreamDescription stream = new("otlp/v9/logs", new byte[] { 0x80 }, new byte[] { 0x80 });
        (BlockOutcome outcome, _) = LogRows.Decode(decoder, new BlockSource(default, stream, default, [1, 2, 3]));
        Assert.False(outcome.IsDropped);
        Assert.Equal("block of the unknown format 'otlp/v9/logs' skipped (1 times)", Assert.Single(outcome.Warnings));
    }
}
