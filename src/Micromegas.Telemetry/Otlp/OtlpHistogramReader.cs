using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Turns the histogram points of a stored <c>ResourceMetrics</c> message into rows, which <c>measures</c> has none of (spec/lakehouse.md §11.3 W27).</summary>
internal sealed class OtlpHistogramReader(BlockWarnings warnings) : IDisposable
{
    private readonly JsonbBuilder builder = new();
    private readonly HistogramBuckets buckets = new();
    private readonly ExponentialBuckets negative = new();
    private readonly ExponentialBuckets positive = new();

    /// <summary>Reads a block; counts in <paramref name="events"/> and <paramref name="rows"/> also when it fails.</summary>
    public void Read<TSink>(in BlockSource block, ref TSink sink, ref int events, ref int rows)
        where TSink : IEventSink<OtlpHistogram>
    {
        ProtobufReader resource = new(BlockEnvelope.Read(block.Payload).Objects);
        while (OtlpScope.TryRead(ref resource, out OtlpScope scope))
        {
            ProtobufReader metrics = scope.Records;
            while (OtlpScope.TryReadRecord(ref metrics, out ProtobufReader message))
            {
                OtlpMetric metric = new(message);
                if (metric.Kind is not (OtlpFields.Metric.Histogram or OtlpFields.Metric.ExponentialHistogram))
                {
                    continue;
                }

                metric.ReadAggregation(out int temporality, out _);
                ProtobufReader data = metric.Data;
                while (OtlpScope.TryFind(ref data, OtlpFields.MetricData.Points, out ProtobufReader point))
                {
                    events++;
                    rows += ReadPoint(point, scope.Name, metric, temporality, ref sink);
                }
            }
        }
    }

    public void Dispose() => builder.Dispose();

    private int ReadPoint<TSink>(ProtobufReader point, ReadOnlySpan<byte> target, in OtlpMetric metric, int temporality, ref TSink sink)
        where TSink : IEventSink<OtlpHistogram>
    {
        builder.Reset();
        builder.BeginObject();
        Point read = metric.Kind == OtlpFields.Metric.Histogram ? ReadExplicit(point) : ReadExponential(point);
        builder.AddKey("otel.metric.kind"u8);
        builder.AddString(metric.KindName);
        builder.AddKey("otel.metric.aggregation_temporality"u8);
        builder.AddInt64(temporality);
        builder.EndObject();

        // Flag bit 0: no value was recorded.
        if (read.Time == 0 || (read.Flags & 1) != 0)
        {
            return 0;
        }

        if (!buckets.IsValid)
        {
            warnings.Add($"histogram point with {buckets.Counts.Length} counts for {buckets.Bounds.Length} bounds, or bounds that do not ascend, skipped");
            return 0;
        }

        sink.Add(new OtlpHistogram
        {
            Time = (long)read.Time,
            Target = target,
            Name = metric.Name,
            Unit = metric.Unit,
            Count = read.Count,
            Sum = read.Sum,
            Min = read.Min,
            Max = read.Max,
            Bounds = buckets.Bounds,
            Counts = buckets.Counts,
            Properties = builder.Finish(),
        });
        return 1;
    }

    private Point ReadExplicit(ProtobufReader point)
    {
        Point read = default;
        buckets.Clear();
        while (point.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.HistogramPoint.Time:
                    read.Time = point.ReadFixed64(type);
                    break;
                case OtlpFields.HistogramPoint.Count:
                    read.Count = point.ReadFixed64(type);
                    break;
                case OtlpFields.HistogramPoint.Sum:
                    read.Sum = point.ReadDouble(type);
                    break;
                case OtlpFields.HistogramPoint.BucketCounts:
                    buckets.ReadCounts(ref point, type);
                    break;
                case OtlpFields.HistogramPoint.Bounds:
                    buckets.ReadBounds(ref point, type);
                    break;
                case OtlpFields.HistogramPoint.Attributes:
                    OtlpValue.AddMember(point.ReadMessage(type), builder);
                    break;
                case OtlpFields.HistogramPoint.Flags:
                    read.Flags = point.ReadVarint(type);
                    break;
                case OtlpFields.HistogramPoint.Min:
                    read.Min = point.ReadDouble(type);
                    break;
                case OtlpFields.HistogramPoint.Max:
                    read.Max = point.ReadDouble(type);
                    break;
                default:
                    point.Skip(field, type);
                    break;
            }
        }

        return read;
    }

    private Point ReadExponential(ProtobufReader point)
    {
        Point read = default;
        int scale = 0;
        ulong zeroCount = 0;
        double zeroThreshold = 0;
        negative.Clear();
        positive.Clear();
        while (point.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.ExponentialHistogramPoint.Attributes:
                    OtlpValue.AddMember(point.ReadMessage(type), builder);
                    break;
                case OtlpFields.ExponentialHistogramPoint.Time:
                    read.Time = point.ReadFixed64(type);
                    break;
                case OtlpFields.ExponentialHistogramPoint.Count:
                    read.Count = point.ReadFixed64(type);
                    break;
                case OtlpFields.ExponentialHistogramPoint.Sum:
                    read.Sum = point.ReadDouble(type);
                    break;
                case OtlpFields.ExponentialHistogramPoint.Scale:
                    scale = (int)point.ReadZigZag(type);
                    break;
                case OtlpFields.ExponentialHistogramPoint.ZeroCount:
                    zeroCount = point.ReadFixed64(type);
                    break;
                case OtlpFields.ExponentialHistogramPoint.Positive:
                    positive.Read(point.ReadMessage(type));
                    break;
                case OtlpFields.ExponentialHistogramPoint.Negative:
                    negative.Read(point.ReadMessage(type));
                    break;
                case OtlpFields.ExponentialHistogramPoint.Flags:
                    read.Flags = point.ReadVarint(type);
                    break;
                case OtlpFields.ExponentialHistogramPoint.Min:
                    read.Min = point.ReadDouble(type);
                    break;
                case OtlpFields.ExponentialHistogramPoint.Max:
                    read.Max = point.ReadDouble(type);
                    break;
                case OtlpFields.ExponentialHistogramPoint.ZeroThreshold:
                    zeroThreshold = point.ReadDouble(type);
                    break;
                default:
                    point.Skip(field, type);
                    break;
            }
        }

        buckets.SetExponential(scale, zeroCount, zeroThreshold, negative, positive);
        return read;
    }

    /// <summary>What both kinds of points have.</summary>
    private struct Point
    {
        public ulong Time;
        public ulong Count;
        public ulong Flags;
        public double? Sum;
        public double? Min;
        public double? Max;
    }
}
