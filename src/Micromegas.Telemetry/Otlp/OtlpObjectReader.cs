using System.Text;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Turns every record, span and data point of a stored OTLP message into a JSON object (spec/data-lake.md §8.8).</summary>
internal sealed class OtlpObjectReader : IDisposable
{
    private readonly JsonbBuilder builder = new();

    /// <summary>Reads a block; counts in <paramref name="events"/> and <paramref name="rows"/> also when it fails.</summary>
    public void Read<TSink>(in BlockSource block, ref TSink sink, ref int events, ref int rows)
        where TSink : IEventSink<BlockObject>
    {
        ProtobufReader message = new(BlockEnvelope.Read(block.Payload).Objects);
        ProtobufReader resource = FindResource(message);
        while (OtlpScope.TryRead(ref message, out OtlpScope scope))
        {
            ProtobufReader records = scope.Records;
            while (OtlpScope.TryReadRecord(ref records, out ProtobufReader record))
            {
                switch (block.Stream.Format)
                {
                    case StreamFormats.OtlpLogs:
                        Emit(block, "otlp.LogRecord", record, OtlpJsonFields.LogRecord, OtlpFields.LogRecord.Attributes, resource, scope, default, ref sink, ref events, ref rows);
                        break;
                    case StreamFormats.OtlpTraces:
                        Emit(block, "otlp.Span", record, OtlpJsonFields.Span, OtlpFields.Span.Attributes, resource, scope, default, ref sink, ref events, ref rows);
                        break;
                    default:
                        ReadMetric(block, new OtlpMetric(record), resource, scope, ref sink, ref events, ref rows);
                        break;
                }
            }
        }
    }

    public void Dispose() => builder.Dispose();

    private void ReadMetric<TSink>(
        in BlockSource block, OtlpMetric metric, ProtobufReader resource, OtlpScope scope, ref TSink sink, ref int events, ref int rows)
        where TSink : IEventSink<BlockObject>
    {
        (string type, OtlpJsonField[] fields, int attributes) = metric.Kind switch
        {
            OtlpFields.Metric.Gauge or OtlpFields.Metric.Sum => ("otlp.NumberDataPoint", OtlpJsonFields.NumberPoint, OtlpFields.NumberPoint.Attributes),
            OtlpFields.Metric.Histogram => ("otlp.HistogramDataPoint", OtlpJsonFields.HistogramPoint, OtlpFields.HistogramPoint.Attributes),
            OtlpFields.Metric.ExponentialHistogram =>
                ("otlp.ExponentialHistogramDataPoint", OtlpJsonFields.ExponentialHistogramPoint, OtlpFields.ExponentialHistogramPoint.Attributes),
            _ => ("otlp.SummaryDataPoint", OtlpJsonFields.SummaryPoint, OtlpFields.SummaryPoint.Attributes),
        };
        ProtobufReader data = metric.Data;
        while (OtlpScope.TryFind(ref data, OtlpFields.MetricData.Points, out ProtobufReader point))
        {
            Emit(block, type, point, fields, attributes, resource, scope, metric, ref sink, ref events, ref rows);
        }
    }

    private void Emit<TSink>(
        in BlockSource block,
        string type,
        ProtobufReader record,
        OtlpJsonField[] fields,
        int attributes,
        ProtobufReader resource,
        OtlpScope scope,
        OtlpMetric metric,
        ref TSink sink,
        ref int events,
        ref int rows)
        where TSink : IEventSink<BlockObject>
    {
        builder.Reset();
        builder.BeginObject();
        OtlpJsonWriter.AddMembers(record, fields, builder);
        builder.AddKey("__type"u8);
        builder.AddString(Encoding.ASCII.GetBytes(type));
        builder.AddKey("__attributes"u8);
        AddFlat(record, attributes);
        builder.AddKey("__resource"u8);
        AddFlat(resource, OtlpFields.ResourceDescription.Attributes);
        builder.AddKey("__scope"u8);
        builder.BeginObject();
        scope.AddExtras(builder);
        builder.EndObject();
        if (metric.Kind != 0)
        {
            builder.AddKey("__metric"u8);
            builder.BeginObject();
            AddMetric(metric);
            builder.EndObject();
        }

        builder.EndObject();
        sink.Add(new BlockObject { Index = unchecked(block.Row.ObjectOffset + events++), TypeName = type, Members = builder.Finish() });
        rows++;
    }

    private void AddMetric(OtlpMetric metric)
    {
        builder.AddKey("name"u8);
        builder.AddString(metric.Name);
        builder.AddKey("unit"u8);
        builder.AddString(metric.Unit);
        builder.AddKey("description"u8);
        builder.AddString(metric.Description);
        ProtobufReader metadata = metric.Message;
        if (OtlpScope.TryFind(ref metadata, OtlpFields.Metric.Metadata, out _))
        {
            builder.AddKey("otel.metric.metadata"u8);
            AddFlat(metric.Message, OtlpFields.Metric.Metadata);
        }

        builder.AddKey("otel.metric.kind"u8);
        builder.AddString(metric.KindName);
        metric.ReadAggregation(out int temporality, out bool isMonotonic);
        if (metric.Kind is OtlpFields.Metric.Sum or OtlpFields.Metric.Histogram or OtlpFields.Metric.ExponentialHistogram)
        {
            builder.AddKey("otel.metric.aggregation_temporality"u8);
            builder.AddInt64(temporality);
        }

        if (metric.Kind == OtlpFields.Metric.Sum)
        {
            builder.AddKey("otel.metric.is_monotonic"u8);
            builder.AddBoolean(isMonotonic);
        }
    }

    private void AddFlat(ProtobufReader message, int attributes)
    {
        builder.BeginObject();
        while (OtlpScope.TryFind(ref message, attributes, out ProtobufReader attribute))
        {
            OtlpValue.AddMember(attribute, builder);
        }

        builder.EndObject();
    }

    // A second resource would be merged with the first by protobuf; nobody sends one, and the last is taken.
    private static ProtobufReader FindResource(ProtobufReader message)
    {
        ProtobufReader resource = default;
        while (OtlpScope.TryFind(ref message, OtlpFields.Resource.Description, out ProtobufReader found))
        {
            resource = found;
        }

        return resource;
    }
}
