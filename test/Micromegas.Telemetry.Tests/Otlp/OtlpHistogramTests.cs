using System.Text;
using Micromegas.Formats;

namespace Micromegas.Telemetry.Tests;

/// <summary>Histogram points of metric blocks, built field by field (spec/data-lake.md appendix A).</summary>
public sealed class OtlpHistogramTests
{
    private const string Extras = "\"otel.metric.aggregation_temporality\":2,\"otel.metric.kind\":";

    [Fact]
    public void Explicit_buckets_are_given_as_they_are()
    {
        (BlockOutcome outcome, List<Row> rows) = Decode(scope => Metric(scope, 9, histogram =>
        {
            histogram.WriteVarint(2, 2);
            Nested(histogram, 1, point =>
            {
                point.WriteFixed64(3, 10);
                point.WriteFixed64(4, 6);
                point.WriteDouble(5, 7.5);
                point.WriteBytes(6, Packed(1, 2, 3));
                point.WriteBytes(7, Packed(BitConverter.DoubleToUInt64Bits(0.5), BitConverter.DoubleToUInt64Bits(2)));
                Nested(point, 9, entry => { entry.WriteBytes(1, "k"u8); Nested(entry, 2, value => value.WriteVarint(3, 1)); });
                point.WriteDouble(11, 0.25);
                point.WriteDouble(12, 4);
            });

            // One by one, and without what may be left out.
            Nested(histogram, 1, point =>
            {
                point.WriteDouble(7, 1);
                point.WriteFixed64(6, 4);
                point.WriteFixed64(6, 5);
                point.WriteFixed64(3, 11);
                point.WriteFixed64(4, 9);
            });
            Nested(histogram, 1, point => { point.WriteFixed64(3, 12); point.WriteFixed64(4, 3); });
        }));
        Assert.Null(outcome.Failure);
        Assert.Empty(outcome.Warnings);
        Assert.Equal(
            [
                new Row(10, "scope", "lat", "s", 6, 7.5, 0.25, 4, "0.5,2", "1,2,3", "{\"k\":1," + Extras + "\"histogram\"}"),
                new Row(11, "scope", "lat", "s", 9, null, null, null, "1", "4,5", "{" + Extras + "\"histogram\"}"),
                new Row(12, "scope", "lat", "s", 3, null, null, null, "", "", "{" + Extras + "\"histogram\"}"),
            ],
            rows);
    }

    [Fact]
    public void Exponential_buckets_become_explicit_ones()
    {
        (_, List<Row> rows) = Decode(scope => Metric(scope, 10, histogram =>
        {
            histogram.WriteVarint(2, 2);
            Nested(histogram, 1, point =>
            {
                point.WriteFixed64(3, 10);
                point.WriteFixed64(4, 21);
                point.WriteVarint(6, ZigZag(0));
                point.WriteFixed64(7, 6);
                Nested(point, 8, buckets => { buckets.WriteVarint(1, ZigZag(1)); buckets.WriteBytes(2, [4, 5]); });
                Nested(point, 9, buckets => { buckets.WriteVarint(1, ZigZag(-1)); buckets.WriteVarint(2, 1); buckets.WriteVarint(2, 2); });
                point.WriteDouble(14, 0.25);
            });

            // Magnitudes only, in finer steps: 2^(1/2).
            Nested(histogram, 1, point =>
            {
                point.WriteFixed64(3, 11);
                point.WriteVarint(6, ZigZag(1));
                Nested(point, 8, buckets => buckets.WriteBytes(2, [7, 8]));
            });

            // Powers beyond every double count with their neighbours.
            Nested(histogram, 1, point =>
            {
                point.WriteFixed64(3, 12);
                point.WriteVarint(6, ZigZag(0));
                Nested(point, 8, buckets => { buckets.WriteVarint(1, ZigZag(1022)); buckets.WriteBytes(2, [1, 2, 3]); });
            });
        }));
        Assert.Equal(
            ["-2,-1,-0.5,0.25,2,4,8", $"1,{Math.Sqrt(2):R},{Math.Pow(2, 1):R}", $"{Math.Pow(2, 1022):R},{Math.Pow(2, 1023):R}"],
            rows.Select(row => row.Bounds));
        Assert.Equal(["0,2,1,6,0,4,5,0", "0,7,8,0", "0,1,5"], rows.Select(row => row.Counts));
        Assert.All(rows, row => Assert.Contains("\"exponential_histogram\"", row.Properties, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_no_histogram_is_left_out()
    {
        (BlockOutcome outcome, List<Row> rows) = Decode(scope =>
        {
            Metric(scope, 5, gauge => Nested(gauge, 1, point => { point.WriteFixed64(3, 10); point.WriteDouble(4, 1); }));
            Metric(scope, 9, histogram =>
            {
                Nested(histogram, 1, point => point.WriteFixed64(4, 1));                                        // no time
                Nested(histogram, 1, point => { point.WriteFixed64(3, 10); point.WriteVarint(10, 1); });        // no value
                Nested(histogram, 1, point => { point.WriteFixed64(3, 10); point.WriteDouble(7, 1); });         // no counts
                Nested(histogram, 1, point =>
                {
                    point.WriteFixed64(3, 10);
                    point.WriteBytes(6, Packed(1, 2, 3));
                    point.WriteBytes(7, Packed(BitConverter.DoubleToUInt64Bits(2), BitConverter.DoubleToUInt64Bits(2)));
                });
            });
        });
        Assert.Empty(rows);
        Assert.Equal((4, 0, false), (outcome.Events, outcome.Rows, outcome.IsDropped));
        Assert.Equal(
            [
                "histogram point with 0 counts for 1 bounds, or bounds that do not ascend, skipped (1 times)",
                "histogram point with 3 counts for 2 bounds, or bounds that do not ascend, skipped (1 times)",
            ],
            outcome.Warnings);
    }

    [Fact]
    public void A_native_block_has_none()
    {
        using var decoder = new OtlpHistogramBlockDecoder();
        var sink = new Sink();
        BlockOutcome outcome = decoder.Decode(new BlockSource(default, new StreamDescription(StreamFormats.Transit, default, default), default, default), ref sink);
        Assert.Equal((0, 0, null), (outcome.Rows, outcome.Warnings.Count, outcome.Failure));
    }

    private static (BlockOutcome Outcome, List<Row> Rows) Decode(Action<ProtobufWriter> content)
    {
        using PooledBuffer message = new();
        Nested(new ProtobufWriter(message), 2, scope =>
        {
            Nested(scope, 1, name => name.WriteBytes(1, "scope"u8));
            content(scope);
        });
        using PooledBuffer payload = new();
        BlockEnvelope.Write([], message.WrittenSpan, payload);
        using var decoder = new OtlpHistogramBlockDecoder();
        var sink = new Sink();
        BlockOutcome outcome = decoder.Decode(
            new BlockSource(default, new StreamDescription(StreamFormats.OtlpMetrics, default, default), default, payload.WrittenSpan), ref sink);
        return (outcome, sink.Rows);
    }

    private static void Metric(ProtobufWriter scope, int kind, Action<ProtobufWriter> data) => Nested(scope, 2, metric =>
    {
        metric.WriteBytes(1, "lat"u8);
        metric.WriteBytes(3, "s"u8);
        Nested(metric, kind, data);
    });

    private static void Nested(ProtobufWriter writer, int field, Action<ProtobufWriter> content)
    {
        int mark = writer.BeginMessage(field);
        content(writer);
        writer.EndMessage(mark);
    }

    private static byte[] Packed(params ulong[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];

    private static ulong ZigZag(int value) => (uint)((value << 1) ^ (value >> 31));

    private sealed record Row(
        long Time, string Target, string Name, string Unit, ulong Count, double? Sum, double? Min, double? Max, string Bounds, string Counts, string Properties);

    private sealed class Sink : IEventSink<OtlpHistogram>
    {
        public List<Row> Rows { get; } = [];

        public void Add(in OtlpHistogram row) => Rows.Add(new Row(
            row.Time, Encoding.UTF8.GetString(row.Target), Encoding.UTF8.GetString(row.Name), Encoding.UTF8.GetString(row.Unit), row.Count, row.Sum, row.Min, row.Max,
            string.Join(',', row.Bounds.ToArray().Select(b => b.ToString("R", System.Globalization.CultureInfo.InvariantCulture))),
            string.Join(',', row.Counts.ToArray()), KeyCheck.Json(row.Properties)));
    }
}
