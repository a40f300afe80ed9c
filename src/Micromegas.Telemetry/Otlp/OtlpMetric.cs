using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>A metric: what its points have in common, whatever order the fields come in.</summary>
internal ref struct OtlpMetric
{
    public OtlpMetric(ProtobufReader message)
    {
        Message = message;
        while (message.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.Metric.Name:
                    Name = OtlpValue.ReadText(ref message, type);
                    break;
                case OtlpFields.Metric.Description:
                    Description = OtlpValue.ReadText(ref message, type);
                    break;
                case OtlpFields.Metric.Unit:
                    Unit = OtlpValue.ReadText(ref message, type);
                    break;
                case OtlpFields.Metric.Gauge or OtlpFields.Metric.Sum or OtlpFields.Metric.Summary
                    or OtlpFields.Metric.Histogram or OtlpFields.Metric.ExponentialHistogram:
                    // One of: the last wins.
                    Kind = field;
                    Data = message.ReadMessage(type);
                    break;
                default:
                    message.Skip(field, type);
                    break;
            }
        }
    }

    /// <summary>The message again, for what is rarely wanted.</summary>
    public ProtobufReader Message { get; }

    public ReadOnlySpan<byte> Name { get; }

    public ReadOnlySpan<byte> Description { get; }

    public ReadOnlySpan<byte> Unit { get; }

    /// <summary>Field number of the data; 0 without data.</summary>
    public int Kind { get; }

    public ProtobufReader Data { get; }

    public readonly ReadOnlySpan<byte> KindName => Kind switch
    {
        OtlpFields.Metric.Gauge => "gauge"u8,
        OtlpFields.Metric.Sum => "sum"u8,
        OtlpFields.Metric.Histogram => "histogram"u8,
        OtlpFields.Metric.ExponentialHistogram => "exponential_histogram"u8,
        _ => "summary"u8,
    };

    /// <summary>How the points of sums and histograms follow each other.</summary>
    public readonly void ReadAggregation(out int temporality, out bool isMonotonic)
    {
        temporality = 0;
        isMonotonic = false;
        ProtobufReader data = Data;
        while (data.ReadTag(out int field, out ProtobufWireType type))
        {
            switch (field)
            {
                case OtlpFields.MetricData.Temporality when Kind is OtlpFields.Metric.Sum or OtlpFields.Metric.Histogram or OtlpFields.Metric.ExponentialHistogram:
                    temporality = data.ReadInt32(type);
                    break;
                case OtlpFields.MetricData.IsMonotonic when Kind == OtlpFields.Metric.Sum:
                    isMonotonic = data.ReadBoolean(type);
                    break;
                default:
                    data.Skip(field, type);
                    break;
            }
        }
    }
}
