using System.Text;
using Micromegas.Formats;

namespace Micromegas.Telemetry.Tests;

/// <summary>The mapping rules of spec/data-lake.md §8.7 and §8.8 on messages built field by field.</summary>
public sealed class OtlpBlockTests
{
    private const long BlockBegin = 77;

    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 6)]
    [InlineData(4, 6)]
    [InlineData(5, 5)]
    [InlineData(8, 5)]
    [InlineData(9, 4)]
    [InlineData(12, 4)]
    [InlineData(13, 3)]
    [InlineData(16, 3)]
    [InlineData(17, 2)]
    [InlineData(20, 2)]
    [InlineData(21, 1)]
    [InlineData(24, 1)]
    [InlineData(25, 4)]
    [InlineData(-1, 4)]
    public void Severities_become_levels(int severity, int level) =>
        Assert.Equal(level, Log(record => record.WriteVarint(2, unchecked((ulong)(long)severity))).Level);

    [Fact]
    public void Times_fall_back_to_observed_then_to_the_block()
    {
        Assert.Equal(5, Log(record => { record.WriteFixed64(1, 5); record.WriteFixed64(11, 6); }).Time);
        Assert.Equal(6, Log(record => { record.WriteFixed64(1, 0); record.WriteFixed64(11, 6); }).Time);
        Assert.Equal(BlockBegin, Log(_ => { }).Time);
    }

    [Theory]
    [InlineData(1.0, "1")]
    [InlineData(-0.0, "-0")]
    [InlineData(1e21, "1000000000000000000000")]
    [InlineData(1.5e-7, "0.00000015")]
    [InlineData(0.1, "0.1")]
    [InlineData(-1234.5, "-1234.5")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void Numbers_as_messages_are_plain(double value, string text) => Assert.Equal(text, Body(body => body.WriteDouble(4, value)));

    [Fact]
    public void Messages_of_every_kind()
    {
        Assert.Equal("", Log(_ => { }).Message);
        Assert.Equal("", Body(_ => { }));
        Assert.Equal("text", Body(body => body.WriteBytes(1, "text"u8)));
        Assert.Equal("true", Body(body => body.WriteBoolean(2, true)));
        Assert.Equal("-3", Body(body => body.WriteVarint(3, unchecked((ulong)-3L))));
        Assert.Equal("AAH/", Body(body => body.WriteBytes(7, [0, 1, 255])));
        Assert.Equal("last wins", Body(body => { body.WriteVarint(3, 1); body.WriteBytes(1, "last wins"u8); }));
        Assert.Equal("[1.0,1e16,null]", Body(body => Nested(body, 5, array =>
        {
            Nested(array, 1, value => value.WriteDouble(4, 1));
            Nested(array, 1, value => value.WriteDouble(4, 1e16));
            Nested(array, 1, _ => { });
        })));
        Assert.Equal("{\"a\":2,\"b\":{}}", Body(body => Nested(body, 6, list =>
        {
            Attribute(list, 1, "b", value => Nested(value, 6, _ => { }));
            Attribute(list, 1, "a", value => value.WriteVarint(3, 1));
            Attribute(list, 1, "a", value => value.WriteVarint(3, 2));
        })));
    }

    [Fact]
    public void Extras_overlay_the_attributes()
    {
        byte[] payload = Logs(scope =>
        {
            Nested(scope, 1, message =>
            {
                message.WriteBytes(1, "sc"u8);
                message.WriteBytes(2, "1.2"u8);
                Attribute(message, 3, "k", value => value.WriteBoolean(2, false));
                Nested(message, 3, absent => absent.WriteBytes(1, "left out"u8));
            });
            Nested(scope, 2, record =>
            {
                Attribute(record, 6, "otel.scope.name", value => value.WriteBytes(1, "overlaid"u8));
                Attribute(record, 6, "n", value => value.WriteVarint(3, 1));
                Attribute(record, 6, "n", value => value.WriteVarint(3, 2));
                Nested(record, 6, absent => absent.WriteBytes(1, "absent"u8));
                record.WriteBytes(3, "WARN"u8);
                record.WriteBytes(9, new byte[16]);
                record.WriteBytes(10, new byte[7]);
                record.WriteBytes(12, "ev"u8);
            });
            scope.WriteBytes(3, "http://schema"u8);
        });
        LogRow row = Assert.Single(Decode(payload).Rows);
        Assert.Equal("sc", row.Target);
        Assert.Equal(
            "{\"absent\":null,\"n\":2,\"otel.event_name\":\"ev\",\"otel.scope.attr.k\":false,\"otel.scope.name\":\"sc\",\"otel.scope.schema_url\":\"http://schema\","
            + "\"otel.scope.version\":\"1.2\",\"otel.severity_text\":\"WARN\",\"otel.trace_id\":\"00000000000000000000000000000000\"}",
            row.Properties);
    }

    [Fact]
    public void The_worked_example_gives_its_row()
    {
        // spec/data-lake.md §8.4.
        byte[] message = HandMadeBlock.Bytes(
            """
            0a2a 0a150a0c736572766963652e6e616d65 12050a03737663 0a110a09686f73742e6e616d65 12040a024831
            1219 0a040a027363 12110900002a36fe9c9717 1009 2a040a026869
            """);
        Assert.Equal(71, message.Length);
        LogRow row = Assert.Single(Decode(message).Rows);
        Assert.Equal((1700000000000000000, 4, "sc", "hi", "{\"otel.scope.name\":\"sc\"}"), (row.Time, row.Level, row.Target, row.Message, row.Properties));
        using PooledBuffer envelope = new();
        BlockEnvelope.Write([], message, envelope);
        Assert.Equal(96, envelope.Length);
    }

    [Fact]
    public void Sums_gauges_and_summaries_give_rows_and_histograms_none()
    {
        byte[] payload = Resource(scope =>
        {
            Nested(scope, 1, message => message.WriteBytes(1, "m"u8));
            Metric(scope, "hits", "1", 7, sum =>
            {
                Nested(sum, 1, point => { point.WriteFixed64(3, 10); point.WriteFixed64(6, unchecked((ulong)-4L)); Attribute(point, 7, "path", v => v.WriteBytes(1, "/"u8)); });
                Nested(sum, 1, point => point.WriteFixed64(6, 1));          // no time
                Nested(sum, 1, point => point.WriteFixed64(3, 10));         // no value
                sum.WriteVarint(2, 2);
                sum.WriteBoolean(3, true);
            });
            Metric(scope, "temp", "Cel", 5, gauge => Nested(gauge, 1, point => { point.WriteFixed64(3, 11); point.WriteDouble(4, 0); point.WriteVarint(8, 1); }));
            Metric(scope, "dur", "s", 11, summary =>
            {
                Nested(summary, 1, point =>
                {
                    point.WriteFixed64(3, 12);
                    point.WriteFixed64(4, 3);
                    point.WriteDouble(5, 4.5);
                    Quantile(point, 0.5, 9);
                    Quantile(point, 1, 2.5);
                    Quantile(point, 1, 99);
                    Quantile(point, 0, 0.5);
                });
                Nested(summary, 1, point => { point.WriteFixed64(3, 12); point.WriteVarint(8, 1); });
            });
            Metric(scope, "hist", "s", 9, histogram => Nested(histogram, 1, point => point.WriteFixed64(3, 12)));
            Nested(scope, 2, metric => metric.WriteBytes(1, "no data"u8));
        });
        using MetricBlockDecoder decoder = new();
        (BlockOutcome outcome, List<MetricRow> rows) = MetricRows.Decode(
            decoder, new BlockSource(default, new StreamDescription(StreamFormats.OtlpMetrics, default, default), default, payload));
        Assert.Null(outcome.Failure);
        Assert.Equal(7, outcome.Events);
        const string sumExtras = "\"otel.metric.aggregation_temporality\":2,\"otel.metric.is_monotonic\":true,\"otel.metric.kind\":\"sum\"";
        Assert.Equal(
            [
                new MetricRow(10, "m", "hits", "1", -4, "{" + sumExtras + ",\"path\":\"/\"}", ""),
                new MetricRow(11, "m", "temp", "Cel", 0, "{\"otel.metric.kind\":\"gauge\"}", ""),
                new MetricRow(12, "m", "dur_count", "", 3, "{}", ""),
                new MetricRow(12, "m", "dur_sum", "s", 4.5, "{}", ""),
                new MetricRow(12, "m", "dur_min", "s", 0.5, "{}", ""),
                new MetricRow(12, "m", "dur_max", "s", 2.5, "{}", ""),
            ],
            rows.Select(row => row with { Document = "" }));
    }

    [Fact]
    public void Wrong_wire_types_and_texts_lose_the_block()
    {
        Assert.True(Decode(Logs(scope => Nested(scope, 2, record => record.WriteVarint(1, 5)))).Outcome.IsDropped);
        Assert.True(Decode(Logs(scope => Nested(scope, 2, record => record.WriteBytes(3, [0xFF])))).Outcome.IsDropped);
        Assert.True(Decode(Logs(scope => scope.WriteVarint(2, 5))).Outcome.IsDropped);
        BlockOutcome outcome = Decode(Logs(scope =>
        {
            Nested(scope, 2, _ => { });
            scope.WriteBytes(2, [0x08]);
        })).Outcome;
        Assert.Equal((true, 1), (outcome.IsDropped, outcome.Rows));
    }

    private static string Body(Action<ProtobufWriter> body) => Log(record => Nested(record, 5, body)).Message;

    private static LogRow Log(Action<ProtobufWriter> record) => Assert.Single(Decode(Logs(scope => Nested(scope, 2, record))).Rows);

    private static byte[] Logs(Action<ProtobufWriter> scope)
    {
        using PooledBuffer message = new();
        Nested(new ProtobufWriter(message), 2, scope);
        return message.WrittenSpan.ToArray();
    }

    private static byte[] Resource(Action<ProtobufWriter> scope)
    {
        using PooledBuffer payload = new();
        BlockEnvelope.Write([], Logs(scope), payload);
        return payload.WrittenSpan.ToArray();
    }

    private static (BlockOutcome Outcome, List<LogRow> Rows) Decode(byte[] message)
    {
        using PooledBuffer payload = new();
        BlockEnvelope.Write([], message, payload);
        using LogBlockDecoder decoder = new();
        BlockRow row = new(0, 0, BlockBegin, 0, 0, 0);
        return LogRows.Decode(decoder, new BlockSource(default, new StreamDescription(StreamFormats.OtlpLogs, default, default), row, payload.WrittenSpan));
    }

    private static void Nested(ProtobufWriter writer, int field, Action<ProtobufWriter> content)
    {
        int mark = writer.BeginMessage(field);
        content(writer);
        writer.EndMessage(mark);
    }

    private static void Attribute(ProtobufWriter writer, int field, string key, Action<ProtobufWriter> value) => Nested(writer, field, entry =>
    {
        entry.WriteBytes(1, Encoding.UTF8.GetBytes(key));
        Nested(entry, 2, value);
    });

    private static void Metric(ProtobufWriter scope, string name, string unit, int kind, Action<ProtobufWriter> data) => Nested(scope, 2, metric =>
    {
        metric.WriteBytes(1, Encoding.UTF8.GetBytes(name));
        metric.WriteBytes(3, Encoding.UTF8.GetBytes(unit));
        Nested(metric, kind, data);
    });

    private static void Quantile(ProtobufWriter point, double quantile, double value) => Nested(point, 6, entry =>
    {
        entry.WriteDouble(1, quantile);
        entry.WriteDouble(2, value);
    });
}
