using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Micromegas.Formats;

namespace Micromegas.Telemetry.Tests;

public sealed class BlockWriterTests
{
    private static readonly ProcessClock Clock = new(1_000_000_000, 500, 1_700_000_000_000_000_000);
    private static readonly BlockRow Row = new(0, 0, 0, 0, 0, 0);

    private static readonly StreamDescription LogStream =
        new(StreamFormats.Transit, LogBlockWriter.DependenciesMetadata, LogBlockWriter.ObjectsMetadata);

    private static readonly StreamDescription MetricStream =
        new(StreamFormats.Transit, MetricBlockWriter.DependenciesMetadata, MetricBlockWriter.ObjectsMetadata);

    [Fact]
    public void Metadata_is_what_the_Rust_client_registers()
    {
        // Types beside the queues come in arbitrary order; at least one recorded stream has them in ours.
        List<byte[]> recorded = [.. RecordedLake.Main.Streams.Values.SelectMany(s => new[] { s.DependenciesMetadata, s.ObjectsMetadata })];
        Assert.Contains(recorded, bytes => bytes.AsSpan().SequenceEqual(LogBlockWriter.DependenciesMetadata.Span));
        Assert.Contains(recorded, bytes => bytes.AsSpan().SequenceEqual(RustClientTypes.Encode(RustClientTypes.LogObjects).Span));
        Assert.Contains(recorded, bytes => bytes.AsSpan().SequenceEqual(MetricBlockWriter.DependenciesMetadata.Span));
        Assert.Contains(recorded, bytes => bytes.AsSpan().SequenceEqual(MetricBlockWriter.ObjectsMetadata.Span));
    }

    [Fact]
    public void Log_entries_of_every_shape_round_trip()
    {
        KeyValuePair<string, string>[] properties = [new("zone", "z-1"), new("map", "café"), new("map", "lobby 🎮")];
        using LogBlockWriter writer = new();
        writer.Add(1500, 4, "app", "plain é");
        writer.Add(1501, 3, "app.net", "tagged", properties);
        writer.Add(1502, 2, "app", "level stays", [new("level", "warn"), new("target", "elsewhere")]);
        writer.AddConstant(1503, 1, "app", "constant");
        writer.AddConstant(1504, 1, "app", "constant");
        writer.AddCallSiteString(1505, 6, "app", "");
        writer.AddConstantInterop(1506, 5, "other", "interop");
        Assert.Equal(7, writer.Count);
        LogRow[] expected =
        [
            Expected(1500, 4, "app", "plain é", "{}"),
            Expected(1501, 3, "app.net", "tagged", "{\"map\":\"lobby 🎮\",\"zone\":\"z-1\"}"),
            Expected(1502, 2, "app", "level stays", "{\"level\":\"warn\",\"target\":\"elsewhere\"}"),
            Expected(1503, 1, "app", "constant", "{}"),
            Expected(1504, 1, "app", "constant", "{}"),
            Expected(1505, 6, "app", "", "{}"),
            Expected(1506, 5, "other", "interop", "{}"),
        ];
        Assert.Equal(expected, Logs(writer).Select(row => row with { Document = "" }));

        writer.Clear();
        Assert.Equal((0, 0), (writer.Count, writer.Length));
        Assert.Empty(Logs(writer));
        writer.Add(1, 4, "app", "next block", properties);
        Assert.Equal("next block", Assert.Single(Logs(writer)).Message);
    }

    [Fact]
    public void Overrides_of_a_tagged_string_apply_when_upstreams_client_wrote_it()
    {
        using LogBlockWriter writer = new();
        writer.AddTagged(1, 4, "app", "m", [new("level", "warning"), new("target", "elsewhere")]);
        LogRow row = Assert.Single(Logs(writer));
        Assert.Equal((3, "elsewhere"), (row.Level, row.Target));
        writer.AddTagged(1, 4, "app", "m", [new("level", "warn")]);
        using PooledBuffer payload = new();
        writer.Write(payload);
        using LogBlockDecoder decoder = new();
        (BlockOutcome outcome, _) = LogRows.Decode(decoder, new BlockSource(Clock, LogStream, Row, payload.WrittenSpan));
        Assert.True(outcome.IsDropped);
        Assert.Equal(1, outcome.Rows);
    }

    [Fact]
    public void Measures_of_every_shape_round_trip()
    {
        using MetricBlockWriter writer = new();
        writer.AddInteger(1500, "app", "count", "", ulong.MaxValue);
        writer.AddInteger(1501, "app", "busy", "ticks", 2_000_000_000, [new("cpu", "0")]);
        writer.AddFloat(1502, "app", "load", "ticks", -0.5);
        writer.AddFloat(1503, "app", "load", "1", double.NaN, [new("cpu", "1")]);
        writer.AddFloat(1504, "app", "load", "1", 1, [new("name", "n"), new("unit", "u"), new("target", "t")]);
        List<MetricRow> rows = Metrics(writer);
        Assert.Equal(
            [
                new MetricRow(At(1500), "app", "count", "", 18446744073709551615.0, "{}", ""),
                new MetricRow(At(1501), "app", "busy", "seconds", 2.0, "{\"cpu\":\"0\"}", ""),
                new MetricRow(At(1502), "app", "load", "ticks", -0.5, "{}", ""),
                new MetricRow(At(1503), "app", "load", "1", double.NaN, "{\"cpu\":\"1\"}", ""),
                new MetricRow(At(1504), "t", "n", "u", 1, "{\"name\":\"n\",\"target\":\"t\",\"unit\":\"u\"}", ""),
            ],
            rows.Select(row => row with { Document = "" }));
    }

    [Fact]
    public void Levels_outside_one_to_six_are_the_callers_fault()
    {
        using LogBlockWriter writer = new();
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Add(0, 0, "t", "m"));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddConstant(0, 7, "t", "m"));
        Assert.Equal(0, writer.Count);
    }

    [Fact]
    public void Any_texts_round_trip()
    {
        Prop.ForAll<string[], string, int>((texts, target, level) =>
        {
            using LogBlockWriter writer = new();
            level = 1 + (int)((uint)level % 6);
            foreach (string text in texts ?? [])
            {
                writer.Add(7, level, target ?? "", text ?? "", [new("k", text ?? "")]);
                writer.Add(8, level, target ?? "", text ?? "");
            }

            List<LogRow> rows = Logs(writer);
            Assert.Equal((texts ?? []).SelectMany(t => new[] { Repaired(t), Repaired(t) }), rows.Select(row => row.Message));
            Assert.All(rows, row => Assert.Equal((level, Repaired(target)), (row.Level, row.Target)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_stored_bytes_are_the_envelope_around_two_frames()
    {
        using LogBlockWriter writer = new();
        writer.Add(1000, 4, "app", "hi");
        using PooledBuffer payload = new();
        writer.Write(payload);
        BlockEnvelope envelope = BlockEnvelope.Read(payload.WrittenSpan);
        using PooledBuffer dependencies = new();
        using PooledBuffer objects = new();
        Lz4Frame.Decompress(envelope.Dependencies, dependencies);
        Lz4Frame.Decompress(envelope.Objects, objects);
        // spec/data-lake.md §5.2, with our id for "app".
        Assert.Equal("011000000001000000000000000203000000617070", Convert.ToHexStringLower(dependencies.WrittenSpan));
        Assert.Equal(
            "0320000000e803000000000000040100000000000000030000000200000002020000006869", Convert.ToHexStringLower(objects.WrittenSpan));
    }

    private static string Repaired(string? text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));

    private static long At(long ticks) => Clock.StartTime + ticks - Clock.StartTicks;

    private static LogRow Expected(long ticks, int level, string target, string message, string properties) =>
        new(At(ticks), level, target, message, properties, "");

    private static List<LogRow> Logs(LogBlockWriter writer)
    {
        using PooledBuffer payload = new();
        writer.Write(payload);
        using LogBlockDecoder decoder = new();
        (BlockOutcome outcome, List<LogRow> rows) = LogRows.Decode(decoder, new BlockSource(Clock, LogStream, Row, payload.WrittenSpan));
        Assert.Null(outcome.Failure);
        Assert.Empty(outcome.Warnings);
        Assert.Equal(writer.Count, outcome.Events);
        return rows;
    }

    private static List<MetricRow> Metrics(MetricBlockWriter writer)
    {
        using PooledBuffer payload = new();
        writer.Write(payload);
        using MetricBlockDecoder decoder = new();
        (BlockOutcome outcome, List<MetricRow> rows) = MetricRows.Decode(decoder, new BlockSource(Clock, MetricStream, Row, payload.WrittenSpan));
        Assert.Null(outcome.Failure);
        Assert.Equal(writer.Count, outcome.Events);
        return rows;
    }
}
