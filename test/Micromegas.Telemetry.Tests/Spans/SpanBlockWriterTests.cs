using System.Text;
using Micromegas.Formats;

namespace Micromegas.Telemetry.Tests;

public sealed class SpanBlockWriterTests
{
    private const long StartTime = 1_700_000_000_000_000_000;
    private static readonly ProcessClock Clock = new(1_000_000_000, 500, StartTime);
    private static readonly StreamDescription Stream = new(StreamFormats.Transit, SpanBlockWriter.DependenciesMetadata, SpanBlockWriter.ObjectsMetadata);
    private static readonly SpanSite Frame = new("frame", "app", "src/main.rs", 7);
    private static readonly SpanSite Inner = new("dyn é", "app.net", "src/net.rs", 9);

    [Fact]
    public void Metadata_is_what_the_Rust_client_registers()
    {
        List<byte[]> recorded = [.. RecordedLake.Main.Streams.Values.SelectMany(s => new[] { s.DependenciesMetadata, s.ObjectsMetadata })];
        Assert.Contains(recorded, bytes => bytes.AsSpan().SequenceEqual(SpanBlockWriter.DependenciesMetadata.Span));
        Assert.Contains(recorded, bytes => bytes.AsSpan().SequenceEqual(SpanBlockWriter.ObjectsMetadata.Span));
        Assert.Contains(recorded, bytes => bytes.AsSpan().SequenceEqual(ImageBlockWriter.DependenciesMetadata.Span));
        Assert.Contains(recorded, bytes => bytes.AsSpan().SequenceEqual(ImageBlockWriter.ObjectsMetadata.Span));
    }

    [Fact]
    public void Thread_spans_round_trip_also_across_blocks()
    {
        using SpanBlockWriter writer = new();
        using ThreadSpanDecoder decoder = new();
        Assert.True(TickConverter.TryCreate(Clock, 0, 0, out TickConverter clock));
        decoder.StartChain(clock, "main-1", 0, 100);
        writer.AddThreadSpan(510, true, Frame);
        writer.AddNamedThreadSpan(520, true, Inner);
        writer.AddNamedThreadSpan(530, false, Inner);
        writer.AddNamedThreadSpan(540, true, Inner);
        Assert.False(decoder.Decode(Block(writer, 0)).IsDropped);
        writer.Clear();
        writer.AddNamedThreadSpan(550, false, Inner);
        writer.AddThreadSpan(560, false, Frame);
        Assert.False(decoder.Decode(Block(writer, 4)).IsDropped);
        Assert.Equal(
            [
                (-1, 0, 0, 0, 100, "main-1|||0"),
                (0, -1, 1, 10, 60, "frame|app|src/main.rs|7"),
                (1, 0, 2, 20, 30, "dyn é|app.net|src/net.rs|9"),
                (3, 0, 2, 40, 50, "dyn é|app.net|src/net.rs|9"),
            ],
            Rows(decoder));
    }

    [Fact]
    public void Asynchronous_spans_round_trip()
    {
        using SpanBlockWriter writer = new();
        writer.AddAsyncSpan(510, true, Frame, 42, 0, 0);
        writer.AddNamedAsyncSpan(520, true, Inner, 43, 42, 1);
        writer.AddNamedAsyncSpan(530, false, Inner, 43, 42, 1);
        writer.AddAsyncSpan(540, false, Frame, ulong.MaxValue, 1UL << 63, 0);
        writer.AddThreadSpan(550, true, Frame);
        using AsyncSpanBlockDecoder decoder = new();
        AsyncRows rows = new(decoder);
        Assert.False(decoder.Decode(Block(writer, 0), ref rows).IsDropped);
        Assert.Equal(
            [
                (10, true, 42, 0, 0, "frame|app|src/main.rs|7"),
                (20, true, 43, 42, 1, "dyn é|app.net|src/net.rs|9"),
                (30, false, 43, 42, 1, "dyn é|app.net|src/net.rs|9"),
                (40, false, -1, long.MinValue, 0, "frame|app|src/main.rs|7"),
            ],
            rows.List);
    }

    [Fact]
    public void Images_round_trip()
    {
        using ImageBlockWriter writer = new();
        writer.Add(510, "shot é", "image/png", [1, 2, 3]);
        writer.Add(520, "", "", []);
        using ImageBlockDecoder decoder = new();
        ImageRows rows = new([]);
        StreamDescription stream = new(StreamFormats.Transit, ImageBlockWriter.DependenciesMetadata, ImageBlockWriter.ObjectsMetadata);
        using PooledBuffer payload = new();
        writer.Write(payload);
        Assert.False(decoder.Decode(new BlockSource(Clock, stream, default, payload.WrittenSpan), ref rows).IsDropped);
        Assert.Equal([(10, "shot é", "image/png", "010203"), (20, "", "", "")], rows.List);
    }

    // The rules of spec/data-lake.md §5.8. Events: B(egin) or E(nd), the scope's name, ticks. Rows: id, parent, depth, begin, end, name; T is the thread.
    [Theory]
    [InlineData("Ba10 Bb20 Eb30 Ea40", "-1,0,0,0,100,T 0,-1,1,10,40,a 1,0,2,20,30,b")]
    [InlineData("Ba10 Bb20", "0,0,0,10,100,a 1,0,1,20,100,b")]
    [InlineData("Ea10", "-1,0,0,0,100,T 0,-1,1,0,10,a")]
    [InlineData("Ea10 Eb20", "-1,0,0,0,100,T 1,-1,1,0,20,b 0,1,2,0,10,a")]
    [InlineData("Ea10 Bc12 Ec14 Eb20 Bd30", "-1,0,0,0,100,T 3,-1,1,0,20,b 0,3,2,0,10,a 1,3,2,12,14,c 4,-1,1,30,100,d")]
    [InlineData("Ba10 Ea20 Eb30 Ec40", "-1,0,0,0,100,T 3,-1,1,0,40,c 2,3,2,0,30,b 0,2,3,10,20,a")]
    [InlineData("Ba10 Ea110 Bb20", "0,0,0,10,100,a")]
    [InlineData("", "")]
    public void A_call_tree_follows_the_rules(string events, string expected)
    {
        using SpanBlockWriter writer = new();
        foreach (string e in events.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            writer.AddThreadSpan(500 + int.Parse(e[2..], System.Globalization.CultureInfo.InvariantCulture), e[0] == 'B', new SpanSite(e[1..2], "", "", 0));
        }

        using ThreadSpanDecoder decoder = new();
        Assert.True(TickConverter.TryCreate(Clock, 0, 0, out TickConverter clock));
        decoder.StartChain(clock, "T", 0, 100);
        Assert.False(decoder.Decode(Block(writer, 0)).IsDropped);
        Assert.Equal(expected, string.Join(' ', Rows(decoder).Select(r => FormattableString.Invariant($"{r.Id},{r.Parent},{r.Depth},{r.Begin},{r.End},{r.Scope.Split('|')[0]}"))));
    }

    [Fact]
    public void An_end_of_another_span_fails()
    {
        using SpanBlockWriter writer = new();
        writer.AddThreadSpan(510, true, Frame);
        writer.AddThreadSpan(520, false, Inner);
        using ThreadSpanDecoder decoder = new();
        Assert.True(TickConverter.TryCreate(Clock, 0, 0, out TickConverter clock));
        decoder.StartChain(clock, "T", 0, 100);
        Assert.Contains("ends another span", decoder.Decode(Block(writer, 0)).Failure, StringComparison.Ordinal);
    }

    private static BlockSource Block(SpanBlockWriter writer, long offset)
    {
        PooledBuffer payload = new();
        writer.Write(payload);
        return new BlockSource(Clock, Stream, new BlockRow(0, 0, 0, 0, writer.Count, offset), payload.WrittenSpan.ToArray());
    }

    private static List<(long Id, long Parent, long Depth, long Begin, long End, string Scope)> Rows(ThreadSpanDecoder decoder) =>
        [.. Enumerable.Range(0, decoder.RowCount).Select(i => decoder[i]).Select(
            s => (s.Id, s.Parent, (long)s.Depth, s.Begin - StartTime, s.End - StartTime, Scope(decoder.Scopes, s.Scope)))];

    private static string Scope(SpanScopes scopes, int scope)
    {
        Assert.Equal(SpanScopes.Compute(scopes.Name(scope), scopes.File(scope), scopes.Target(scope), scopes.Line(scope)), scopes.Hash(scope));
        return $"{Encoding.UTF8.GetString(scopes.Name(scope))}|{Encoding.UTF8.GetString(scopes.Target(scope))}|{Encoding.UTF8.GetString(scopes.File(scope))}|{scopes.Line(scope)}";
    }

    private readonly struct AsyncRows(AsyncSpanBlockDecoder decoder) : IEventSink<AsyncSpanEvent>
    {
        public List<(long, bool, long, long, long, string)> List { get; } = [];

        public void Add(in AsyncSpanEvent row) =>
            List.Add((row.Time - StartTime, row.IsBegin, row.SpanId, row.ParentSpanId, row.Depth, Scope(decoder.Scopes, row.Scope)));
    }

    private readonly struct ImageRows(List<(long, string, string, string)> list) : IEventSink<ImageEvent>
    {
        public List<(long, string, string, string)> List => list;

        public void Add(in ImageEvent row) => list.Add(
            (row.Time - StartTime, Encoding.UTF8.GetString(row.Name), Encoding.UTF8.GetString(row.Format), Convert.ToHexString(row.Data)));
    }
}
