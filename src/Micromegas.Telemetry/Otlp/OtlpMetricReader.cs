using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Turns the points of a stored <c>ResourceMetrics</c> message into rows (spec/data-lake.md §8.8). Histograms give none.</summary>
internal sealed class OtlpMetricReader : IDisposable
{
    private readonly JsonbBuilder builder = new();
    private readonly PooledBuffer name = new();
    private int keys;

    /// <summary>Reads a block; counts in <paramref name="events"/> and <paramref name="rows"/> also when it fails.</summary>
    public void Read<TSink>(in BlockSource block, ref TSink sink, ref int events, ref int rows)
        where TSink : IEventSink<MetricEvent>
    {
        ProtobufReader resource = new(BlockEnvelope.Read(block.Payload).Objects);
        keys = 1;
        while (OtlpScope.TryRead(ref resource, out OtlpScope scope))
        {
            int targetKey = keys++;
            ProtobufReader metrics = scope.Records;
            while (OtlpScope.TryReadRecord(ref metrics, out ProtobufReader message))
            {
                Metric metric = new(new OtlpMetric(message)) { Target = scope.Name, TargetKey = targetKey, NameKey = keys };
                keys += 4;
                ReadMetric(metric, ref sink, ref events, ref rows);
            }
        }
    }

    public void Dispose()
    {
        builder.Dispose();
        name.Dispose();
    }

    private void ReadMetric<TSink>(Metric metric, ref TSink sink, ref int events, ref int rows)
        where TSink : IEventSink<MetricEvent>
    {
        if (metric.Kind == 0)
        {
            return;
        }

        ProtobufReader data = metric.Data;
        metric.ReadAggregation(out int temporality, out bool isMonotonic);
        while (OtlpScope.TryFind(ref data, OtlpFields.MetricData.Points, out ProtobufReader point))
        {
            events++;
            if (metric.Kind == OtlpFields.Metric.Summary)
            {
                rows += ReadSummary(point, metric, ref sink);
            }
            else if (metric.Kind is OtlpFields.Metric.Sum or OtlpFields.Metric.Gauge)
            {
                rows += ReadNumber(point, metric, temporality, isMonotonic, ref sink);
            }
        }
    }

    private int ReadNumber<TSink>(ProtobufReader point, Metric metric, int temporality, bool isMonotonic, ref TSink sink)
        where TSink : IEventSink<MetricEvent>
    {
        ulong time = 0;
        double? value = null;
        builder.Reset();
        builder.BeginObject();
        while (point.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.NumberPoint.Time:
                    time = point.ReadFixed64(type);
                    break;
                case OtlpFields.NumberPoint.Double:
                    value = point.ReadDouble(type);
                    break;
                case OtlpFields.NumberPoint.Int:
                    value = (long)point.ReadFixed64(type);
                    break;
                case OtlpFields.NumberPoint.Attributes:
                    OtlpValue.AddMember(point.ReadMessage(type), builder);
                    break;
                default:
                    point.Skip(field, type);
                    break;
            }
        }

        builder.AddKey("otel.metric.kind"u8);
        builder.AddString(metric.Kind == OtlpFields.Metric.Sum ? "sum"u8 : "gauge"u8);
        if (metric.Kind == OtlpFields.Metric.Sum)
        {
            builder.AddKey("otel.metric.aggregation_temporality"u8);
            builder.AddInt64(temporality);
            builder.AddKey("otel.metric.is_monotonic"u8);
            builder.AddBoolean(isMonotonic);
        }

        builder.EndObject();
        if (time == 0 || value is not { } number)
        {
            return 0;
        }

        Emit(metric, (long)time, metric.Name, metric.NameKey, metric.Unit, metric.NameKey, number, ref sink);
        return 1;
    }

    private int ReadSummary<TSink>(ProtobufReader point, Metric metric, ref TSink sink)
        where TSink : IEventSink<MetricEvent>
    {
        ulong time = 0;
        ulong count = 0;
        double sum = 0;
        ulong flags = 0;
        double? minimum = null;
        double? maximum = null;
        builder.Reset();
        builder.BeginObject();
        while (point.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.SummaryPoint.Time:
                    time = point.ReadFixed64(type);
                    break;
                case OtlpFields.SummaryPoint.Count:
                    count = point.ReadFixed64(type);
                    break;
                case OtlpFields.SummaryPoint.Sum:
                    sum = point.ReadDouble(type);
                    break;
                case OtlpFields.SummaryPoint.Quantiles:
                    ReadQuantile(point.ReadMessage(type), ref minimum, ref maximum);
                    break;
                case OtlpFields.SummaryPoint.Attributes:
                    OtlpValue.AddMember(point.ReadMessage(type), builder);
                    break;
                case OtlpFields.SummaryPoint.Flags:
                    flags = point.ReadVarint(type);
                    break;
                default:
                    point.Skip(field, type);
                    break;
            }
        }

        builder.EndObject();
        if (time == 0 || (flags & 1) != 0)
        {
            return 0;
        }

        // The count has no unit; key 0 is the empty text.
        Emit(metric, (long)time, Suffixed(metric.Name, "_count"u8), metric.NameKey, default, 0, count, ref sink);
        Emit(metric, (long)time, Suffixed(metric.Name, "_sum"u8), metric.NameKey + 1, metric.Unit, metric.NameKey, sum, ref sink);
        int rows = 2;
        if (minimum is { } low)
        {
            Emit(metric, (long)time, Suffixed(metric.Name, "_min"u8), metric.NameKey + 2, metric.Unit, metric.NameKey, low, ref sink);
            rows++;
        }

        if (maximum is { } high)
        {
            Emit(metric, (long)time, Suffixed(metric.Name, "_max"u8), metric.NameKey + 3, metric.Unit, metric.NameKey, high, ref sink);
            rows++;
        }

        return rows;
    }

    private void Emit<TSink>(
        Metric metric, long time, ReadOnlySpan<byte> metricName, int nameKey, ReadOnlySpan<byte> unit, int unitKey, double value, ref TSink sink)
        where TSink : IEventSink<MetricEvent>
    {
        sink.Add(new MetricEvent
        {
            Time = time,
            Target = metric.Target,
            TargetKey = metric.TargetKey,
            Name = metricName,
            NameKey = nameKey,
            Unit = unit,
            UnitKey = unitKey,
            Value = value,
            Properties = builder.Finish(),
            PropertiesKey = -1,
        });
    }

    private ReadOnlySpan<byte> Suffixed(ReadOnlySpan<byte> text, ReadOnlySpan<byte> suffix)
    {
        name.Clear();
        name.Write(text);
        name.Write(suffix);
        return name.WrittenSpan;
    }

    // The first entry for quantile 0 is the minimum, the first for quantile 1 the maximum.
    private static void ReadQuantile(ProtobufReader quantile, ref double? minimum, ref double? maximum)
    {
        double which = 0;
        double value = 0;
        while (quantile.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.Quantile.Which:
                    which = quantile.ReadDouble(type);
                    break;
                case OtlpFields.Quantile.Value:
                    value = quantile.ReadDouble(type);
                    break;
                default:
                    quantile.Skip(field, type);
                    break;
            }
        }

        if (which == 0.0)
        {
            minimum ??= value;
        }
        else if (which == 1.0)
        {
            maximum ??= value;
        }
    }

    private readonly ref struct Metric(OtlpMetric metric)
    {
        private readonly OtlpMetric metric = metric;

        public ReadOnlySpan<byte> Name => metric.Name;

        public ReadOnlySpan<byte> Unit => metric.Unit;

        public int Kind => metric.Kind;

        public ProtobufReader Data => metric.Data;

        public required ReadOnlySpan<byte> Target { get; init; }

        public required int TargetKey { get; init; }

        /// <summary>First of four keys: the name or its four suffixed forms. Also the key of the unit.</summary>
        public required int NameKey { get; init; }

        public void ReadAggregation(out int temporality, out bool isMonotonic) => metric.ReadAggregation(out temporality, out isMonotonic);
    }
}
