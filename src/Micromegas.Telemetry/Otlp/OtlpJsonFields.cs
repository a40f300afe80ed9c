namespace Micromegas.Telemetry;

/// <summary>How a field of an OTLP message appears in OTLP/JSON.</summary>
internal enum OtlpJsonForm
{
    Text,

    /// <summary>Bytes as lower-case hexadecimal digits: ids.</summary>
    Hex,

    /// <summary>A varint of 32 bits, unsigned.</summary>
    UInt32,

    /// <summary>A varint of 32 bits, signed; enumerations too.</summary>
    Int32,

    /// <summary>A zig-zag varint.</summary>
    ZigZag,

    /// <summary>Four bytes.</summary>
    Fixed32,

    /// <summary>Eight bytes, as the text of an unsigned integer.</summary>
    Fixed64Text,

    Double,

    /// <summary>A double; null when absent.</summary>
    OptionalDouble,

    /// <summary>A double; what JSON has no number for is a text.</summary>
    AnyDouble,

    /// <summary>An embedded message; null when absent.</summary>
    Message,

    /// <summary>An array of embedded messages.</summary>
    Messages,

    /// <summary>An array of eight-byte integers as texts.</summary>
    Fixed64Texts,

    /// <summary>An array of varints as texts.</summary>
    VarintTexts,

    /// <summary>An array of doubles.</summary>
    Doubles,

    /// <summary>An AnyValue; null when absent.</summary>
    Value,

    /// <summary>A varint of 32 bits that is left out when it is 0.</summary>
    Int32Unless0,

    /// <summary>A number, whose field says of what kind; left out when there is none.</summary>
    PointValue,

    /// <summary>The same in an object of its own; null when there is none.</summary>
    ExemplarValue,
}

/// <summary>A field of a message: its number, its name in OTLP/JSON, its form and, for messages, their fields.</summary>
internal sealed record OtlpJsonField(int Number, string Name, OtlpJsonForm Form, OtlpJsonField[]? Nested = null);

/// <summary>The messages that <c>parse_block</c> shows (spec/data-lake.md §8.8, appendix A).</summary>
internal static class OtlpJsonFields
{
    public static readonly OtlpJsonField[] KeyValue =
    [
        new(1, "key", OtlpJsonForm.Text), new(2, "value", OtlpJsonForm.Value), new(3, "keyStrindex", OtlpJsonForm.Int32Unless0),
    ];

    public static readonly OtlpJsonField[] LogRecord =
    [
        new(1, "timeUnixNano", OtlpJsonForm.Fixed64Text),
        new(11, "observedTimeUnixNano", OtlpJsonForm.Fixed64Text),
        new(2, "severityNumber", OtlpJsonForm.Int32),
        new(3, "severityText", OtlpJsonForm.Text),
        new(5, "body", OtlpJsonForm.Value),
        new(OtlpFields.LogRecord.Attributes, "attributes", OtlpJsonForm.Messages, KeyValue),
        new(7, "droppedAttributesCount", OtlpJsonForm.UInt32),
        new(8, "flags", OtlpJsonForm.Fixed32),
        new(9, "traceId", OtlpJsonForm.Hex),
        new(10, "spanId", OtlpJsonForm.Hex),
        new(12, "eventName", OtlpJsonForm.Text),
    ];

    public static readonly OtlpJsonField[] Span =
    [
        new(1, "traceId", OtlpJsonForm.Hex),
        new(2, "spanId", OtlpJsonForm.Hex),
        new(3, "traceState", OtlpJsonForm.Text),
        new(4, "parentSpanId", OtlpJsonForm.Hex),
        new(16, "flags", OtlpJsonForm.Fixed32),
        new(5, "name", OtlpJsonForm.Text),
        new(6, "kind", OtlpJsonForm.Int32),
        new(7, "startTimeUnixNano", OtlpJsonForm.Fixed64Text),
        new(8, "endTimeUnixNano", OtlpJsonForm.Fixed64Text),
        new(OtlpFields.Span.Attributes, "attributes", OtlpJsonForm.Messages, KeyValue),
        new(10, "droppedAttributesCount", OtlpJsonForm.UInt32),
        new(11, "events", OtlpJsonForm.Messages, [
            new(1, "timeUnixNano", OtlpJsonForm.Fixed64Text),
            new(2, "name", OtlpJsonForm.Text),
            new(3, "attributes", OtlpJsonForm.Messages, KeyValue),
            new(4, "droppedAttributesCount", OtlpJsonForm.UInt32),
        ]),
        new(12, "droppedEventsCount", OtlpJsonForm.UInt32),
        new(13, "links", OtlpJsonForm.Messages, [
            new(1, "traceId", OtlpJsonForm.Hex),
            new(2, "spanId", OtlpJsonForm.Hex),
            new(3, "traceState", OtlpJsonForm.Text),
            new(4, "attributes", OtlpJsonForm.Messages, KeyValue),
            new(5, "droppedAttributesCount", OtlpJsonForm.UInt32),
            new(6, "flags", OtlpJsonForm.Fixed32),
        ]),
        new(14, "droppedLinksCount", OtlpJsonForm.UInt32),
        new(15, "status", OtlpJsonForm.Message, [new(2, "message", OtlpJsonForm.Text), new(3, "code", OtlpJsonForm.Int32)]),
    ];

    public static readonly OtlpJsonField[] NumberPoint =
    [
        new(OtlpFields.NumberPoint.Attributes, "attributes", OtlpJsonForm.Messages, KeyValue),
        new(2, "startTimeUnixNano", OtlpJsonForm.Fixed64Text),
        new(3, "timeUnixNano", OtlpJsonForm.Fixed64Text),
        new(5, "exemplars", OtlpJsonForm.Messages, Exemplar()),
        new(8, "flags", OtlpJsonForm.UInt32),
        new(OtlpFields.NumberPoint.Double, "value", OtlpJsonForm.PointValue),
    ];

    public static readonly OtlpJsonField[] HistogramPoint =
    [
        new(OtlpFields.HistogramPoint.Attributes, "attributes", OtlpJsonForm.Messages, KeyValue),
        new(2, "startTimeUnixNano", OtlpJsonForm.Fixed64Text),
        new(3, "timeUnixNano", OtlpJsonForm.Fixed64Text),
        new(4, "count", OtlpJsonForm.Fixed64Text),
        new(5, "sum", OtlpJsonForm.OptionalDouble),
        new(6, "bucketCounts", OtlpJsonForm.Fixed64Texts),
        new(7, "explicitBounds", OtlpJsonForm.Doubles),
        new(8, "exemplars", OtlpJsonForm.Messages, Exemplar()),
        new(10, "flags", OtlpJsonForm.UInt32),
        new(11, "min", OtlpJsonForm.OptionalDouble),
        new(12, "max", OtlpJsonForm.OptionalDouble),
    ];

    public static readonly OtlpJsonField[] ExponentialHistogramPoint =
    [
        new(OtlpFields.ExponentialHistogramPoint.Attributes, "attributes", OtlpJsonForm.Messages, KeyValue),
        new(2, "startTimeUnixNano", OtlpJsonForm.Fixed64Text),
        new(3, "timeUnixNano", OtlpJsonForm.Fixed64Text),
        new(4, "count", OtlpJsonForm.Fixed64Text),
        new(5, "sum", OtlpJsonForm.OptionalDouble),
        new(6, "scale", OtlpJsonForm.ZigZag),
        new(7, "zeroCount", OtlpJsonForm.Fixed64Text),
        new(8, "positive", OtlpJsonForm.Message, Buckets()),
        new(9, "negative", OtlpJsonForm.Message, Buckets()),
        new(10, "flags", OtlpJsonForm.UInt32),
        new(11, "exemplars", OtlpJsonForm.Messages, Exemplar()),
        new(12, "min", OtlpJsonForm.OptionalDouble),
        new(13, "max", OtlpJsonForm.OptionalDouble),
        new(14, "zeroThreshold", OtlpJsonForm.Double),
    ];

    public static readonly OtlpJsonField[] SummaryPoint =
    [
        new(OtlpFields.SummaryPoint.Attributes, "attributes", OtlpJsonForm.Messages, KeyValue),
        new(2, "startTimeUnixNano", OtlpJsonForm.Fixed64Text),
        new(3, "timeUnixNano", OtlpJsonForm.Fixed64Text),
        new(4, "count", OtlpJsonForm.Fixed64Text),
        new(5, "sum", OtlpJsonForm.Double),
        new(6, "quantileValues", OtlpJsonForm.Messages, [new(1, "quantile", OtlpJsonForm.AnyDouble), new(2, "value", OtlpJsonForm.AnyDouble)]),
        new(8, "flags", OtlpJsonForm.UInt32),
    ];

    private static OtlpJsonField[] Buckets() => [new(1, "offset", OtlpJsonForm.ZigZag), new(2, "bucketCounts", OtlpJsonForm.VarintTexts)];

    private static OtlpJsonField[] Exemplar() =>
    [
        new(7, "filteredAttributes", OtlpJsonForm.Messages, KeyValue),
        new(2, "timeUnixNano", OtlpJsonForm.Fixed64Text),
        new(4, "spanId", OtlpJsonForm.Hex),
        new(5, "traceId", OtlpJsonForm.Hex),
        new(OtlpFields.Exemplar.Double, "value", OtlpJsonForm.ExemplarValue),
    ];
}
