using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Execution;
using Micromegas.Formats;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.CustomViews;
using Micromegas.Lake.Tests.Tables;
using Micromegas.Storage;
using Micromegas.Telemetry;

namespace Micromegas.Lake.Tests.Views;

/// <summary>Histograms of OTLP metrics as rows, from blocks and from partitions, and as input of the histogram functions.</summary>
public sealed class OtelHistogramsTests
{
    private const long Second = 1_000_000_000;
    private static readonly Guid s_process = Guid.Parse("9c3f0a1e-6a52-4d0c-8f5e-0d1c2b3a4958");

    [Fact]
    public async Task Rows_are_the_same_from_blocks_and_from_partitions()
    {
        await using LakeHost lake = await CreateAsync();
        (List<object?[]> first, QueryStatistics built) = await lake.ReadInstanceAsync("otel_histograms", s_process.ToString("D"));
        (List<object?[]> second, QueryStatistics read) = await lake.ReadInstanceAsync("otel_histograms", s_process.ToString("D"));
        Assert.Equal((1, 0), (built.PartitionsWritten, read.BlocksDecoded));
        Assert.Equal(Texts(first), Texts(second));
        Assert.Equal(
            [
                "1000000000|http|latency|s|10|12.5|0.1|5|0.5,1,2|4,3,2,1",
                "2000000000|http|latency|s|10||||0.5,1,2|1,2,3,4",
                "3000000000|http|size|By|6|9|||1,2,4|0,2,4,0",
            ],
            Texts(second));

        // Upstream counts them in their block and gives no rows.
        Assert.Empty((await lake.ReadInstanceAsync("measures", s_process.ToString("D"))).Rows);
    }

    [Theory]
    [InlineData("SELECT count_from_histogram(sum_histograms(h))", "", "20")]
    [InlineData("SELECT quantile_from_histogram(sum_histograms(h), 0.2)", "", "0.5")]
    [InlineData("SELECT sum_from_histogram(h)", "ORDER BY time LIMIT 1", "12.5")]
    public async Task They_feed_the_histogram_functions(string select, string order, string expected)
    {
        await using LakeHost lake = await CreateAsync();
        string sql = $"""
            {select} FROM (
                SELECT time, histogram_from_buckets(0.0, 5.0, 10, bounds, counts, min, max, sum) AS h
                FROM view_instance('otel_histograms', '{s_process:D}') WHERE name = 'latency') {order}
            """;
        var context = new QueryContext(new EngineOptions(), MemoryBudget.Unlimited(), default);
        var values = new List<string>();
        await foreach (Batch batch in LakeStatement.RunAsync(lake.Tables, context, sql, TimeRange.All, default))
        {
            values.Add(Convert.ToString(batch.Columns[0].GetValue(0), CultureInfo.InvariantCulture)!);
        }
        Assert.Equal([expected], values);
    }

    /// <summary>From the time on, without the process properties.</summary>
    private static string[] Texts(List<object?[]> rows) => [.. rows.Select(row => string.Join('|', row[7..17].Select(value => value switch
    {
        object?[] items => string.Join(',', items.Select(item => Convert.ToString(item, CultureInfo.InvariantCulture))),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    })))];

    private static async Task<LakeHost> CreateAsync()
    {
        LakeHost lake = await LakeHost.CreateInMemoryAsync(null, default);
        var process = new ProcessRecord { ProcessId = s_process };
        var stream = new StreamRecord
        {
            StreamId = Guid.NewGuid(), ProcessId = s_process, Tags = ["metrics"], Format = StreamFormats.OtlpMetrics, DependenciesMetadata = [0x80], ObjectsMetadata = [0x80],
        };
        using PooledBuffer message = new();
        Nested(new ProtobufWriter(message), 2, scope =>
        {
            Nested(scope, 1, name => name.WriteBytes(1, "http"u8));
            Nested(scope, 2, metric =>
            {
                metric.WriteBytes(1, "latency"u8);
                metric.WriteBytes(3, "s"u8);
                Nested(metric, 9, histogram =>
                {
                    Nested(histogram, 1, point =>
                    {
                        Point(point, 1, 10, [0.5, 1, 2], [4, 3, 2, 1]);
                        point.WriteDouble(5, 12.5);
                        point.WriteDouble(11, 0.1);
                        point.WriteDouble(12, 5);
                    });
                    Nested(histogram, 1, point => Point(point, 2, 10, [0.5, 1, 2], [1, 2, 3, 4]));
                });
            });
            Nested(scope, 2, metric =>
            {
                metric.WriteBytes(1, "size"u8);
                metric.WriteBytes(3, "By"u8);
                Nested(metric, 10, histogram => Nested(histogram, 1, point =>
                {
                    Point(point, 3, 6, [], []);
                    point.WriteDouble(5, 9);
                    Nested(point, 8, buckets => buckets.WriteBytes(2, [2, 4]));
                }));
            });
        });
        using PooledBuffer payload = new();
        BlockEnvelope.Write([], message.WrittenSpan, payload);
        var block = new BlockRecord
        {
            BlockId = Guid.NewGuid(), StreamId = stream.StreamId, ProcessId = s_process, BeginTime = Second, EndTime = 3 * Second, ObjectCount = 3, PayloadSize = payload.Length,
        };
        await lake.Store.PutAsync(block.ObjectKey, payload.WrittenSpan.ToArray(), PutMode.CreateOnly, default);
        await lake.Catalog.InsertAsync(new CatalogRows { Processes = [process], Streams = [stream], Blocks = [block] }, stampInsertTime: true, default);
        return lake;
    }

    private static void Point(ProtobufWriter point, long time, ulong count, double[] bounds, ulong[] counts)
    {
        point.WriteFixed64(3, (ulong)(time * Second));
        point.WriteFixed64(4, count);
        foreach (ulong bucket in counts)
        {
            point.WriteFixed64(6, bucket);
        }
        foreach (double bound in bounds)
        {
            point.WriteDouble(7, bound);
        }
    }

    private static void Nested(ProtobufWriter writer, int field, Action<ProtobufWriter> content)
    {
        int mark = writer.BeginMessage(field);
        content(writer);
        writer.EndMessage(mark);
    }
}
