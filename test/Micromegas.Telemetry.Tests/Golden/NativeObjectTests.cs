using System.Text.Json;
using System.Text.RegularExpressions;
using Micromegas.Formats;

namespace Micromegas.Telemetry.Tests;

/// <summary>The generic view of native blocks (logs, spans, net events, images) against upstream's <c>parse_block</c>.</summary>
public sealed partial class NativeObjectTests
{
    [Fact]
    public void Objects_are_upstreams_member_for_member()
    {
        RecordedLake lake = RecordedLake.Main;
        using BlockObjectDecoder decoder = new();
        int compared = 0;
        foreach (JsonElement answer in RecordedLake.Answers("lake.jsonl.gz"))
        {
            Match match = ParseBlock().Match(answer.GetProperty("sql").GetString()!);
            RecordedBlock? block = lake.Blocks.FirstOrDefault(b => b.BlockId == match.Groups["block"].Value);
            if (block is null || lake.Streams[block.StreamId].Description.Format != StreamFormats.Transit)
            {
                continue;
            }

            ObjectList sink = new();
            BlockOutcome outcome = decoder.Decode(
                new BlockSource(lake.Processes[block.ProcessId], lake.Streams[block.StreamId].Description, block.Row, lake.Payload(block)), ref sink);
            Assert.Null(outcome.Failure);
            string[] expected = [.. answer.GetProperty("rows").EnumerateArray().Select(row => $"{row[0].GetInt64()} {row[1].GetString()} {row[2].GetString()}")];
            Assert.Equal(string.Join("\n", expected), string.Join("\n", sink.Objects.Take(25)));
            compared += expected.Length;
        }

        Assert.InRange(compared, 60, int.MaxValue);
    }

    [Fact]
    public void Every_native_block_decodes_or_is_dropped_with_a_reason()
    {
        RecordedLake lake = RecordedLake.Main;
        using BlockObjectDecoder decoder = new();
        int dropped = 0;
        foreach (RecordedBlock block in lake.Blocks.Where(b => lake.Streams[b.StreamId].Description.Format == StreamFormats.Transit))
        {
            CountingSink sink = default;
            BlockOutcome outcome = decoder.Decode(
                new BlockSource(default, lake.Streams[block.StreamId].Description, block.Row, lake.Payload(block)), ref sink);
            Assert.Equal(sink.Rows, outcome.Rows);
            dropped += outcome.IsDropped ? 1 : 0;
            Assert.True(outcome.IsDropped || outcome.Events == block.Row.ObjectCount || block.ProcessId.StartsWith("119a72d1", StringComparison.Ordinal));
        }

        Assert.InRange(dropped, 5, 15);
    }

    [Fact]
    public void References_that_double_at_every_step_are_stopped()
    {
        // Object i refers twice to object i − 1: 2^60 values if they were all written.
        TypeDescription[] dependencies =
            [HandMadeBlock.Dynamic("StaticString"), HandMadeBlock.Fixed("Pair", 24, ("id", "u64", 0, 8, false), ("a", "X", 8, 8, true), ("b", "X", 16, 8, true))];
        string buffer = "00 08000000 0100000000000000" + string.Concat(Enumerable.Range(2, 60).Select(i => $"01 {i:x2}00000000000000 {i - 1:x2}00000000000000 {i - 1:x2}00000000000000"));
        TypeDescription[] objects = [HandMadeBlock.Fixed("Event", 8, ("desc", "X", 0, 8, true))];
        using BlockObjectDecoder decoder = new();
        CountingSink sink = default;
        BlockOutcome outcome = decoder.Decode(
            new BlockSource(default, HandMadeBlock.Stream(dependencies, objects), default, HandMadeBlock.Payload(buffer, "00 3d00000000000000")), ref sink);
        Assert.Contains("too many values", outcome.Failure, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"jsonb_format_json\(value\) AS j FROM parse_block\('(?<block>[0-9a-f-]+)'\) ORDER BY object_index LIMIT 25$", RegexOptions.ExplicitCapture)]
    private static partial Regex ParseBlock();

    private sealed class ObjectList : IEventSink<BlockObject>
    {
        public List<string> Objects { get; } = [];

        public void Add(in BlockObject row)
        {
            using PooledBuffer text = new();
            JsonbText.FormatDocument(row.Members, text);
            Objects.Add($"{row.Index} {row.TypeName} {System.Text.Encoding.UTF8.GetString(text.WrittenSpan)}");
        }
    }

    private struct CountingSink : IEventSink<BlockObject>
    {
        public int Rows { get; private set; }

        public void Add(in BlockObject row) => Rows++;
    }
}
