namespace Micromegas.Telemetry;

/// <summary>Field numbers of the OTLP messages that give rows (spec/data-lake.md, appendix A).</summary>
internal static class OtlpFields
{
    /// <summary>ResourceLogs, ResourceMetrics, ResourceSpans.</summary>
    public static class Resource
    {
        public const int Description = 1;
        public const int Scopes = 2;
    }

    /// <summary>Resource.</summary>
    public static class ResourceDescription
    {
        public const int Attributes = 1;
    }

    /// <summary>ScopeLogs, ScopeMetrics, ScopeSpans.</summary>
    public static class ScopeEntry
    {
        public const int Scope = 1;
        public const int Records = 2;
        public const int SchemaUrl = 3;
    }

    public static class Scope
    {
        public const int Name = 1;
        public const int Version = 2;
        public const int Attributes = 3;
    }

    public static class KeyValue
    {
        public const int Key = 1;
        public const int Value = 2;
    }

    public static class AnyValue
    {
        public const int String = 1;
        public const int Bool = 2;
        public const int Int = 3;
        public const int Double = 4;
        public const int Array = 5;
        public const int KeyValues = 6;
        public const int Bytes = 7;
        public const int StringIndex = 8;
    }

    /// <summary>ArrayValue and KeyValueList.</summary>
    public static class Values
    {
        public const int Value = 1;
    }

    public static class LogRecord
    {
        public const int Time = 1;
        public const int Severity = 2;
        public const int SeverityText = 3;
        public const int Body = 5;
        public const int Attributes = 6;
        public const int TraceId = 9;
        public const int SpanId = 10;
        public const int ObservedTime = 11;
        public const int EventName = 12;
    }

    public static class Metric
    {
        public const int Name = 1;
        public const int Description = 2;
        public const int Unit = 3;
        public const int Metadata = 12;
        public const int Gauge = 5;
        public const int Sum = 7;
        public const int Histogram = 9;
        public const int ExponentialHistogram = 10;
        public const int Summary = 11;
    }

    /// <summary>Gauge, Sum and Summary.</summary>
    public static class MetricData
    {
        public const int Points = 1;
        public const int Temporality = 2;
        public const int IsMonotonic = 3;
    }

    public static class NumberPoint
    {
        public const int Time = 3;
        public const int Double = 4;
        public const int Int = 6;
        public const int Attributes = 7;
    }

    public static class SummaryPoint
    {
        public const int Time = 3;
        public const int Count = 4;
        public const int Sum = 5;
        public const int Quantiles = 6;
        public const int Attributes = 7;
        public const int Flags = 8;
    }

    public static class HistogramPoint
    {
        public const int Time = 3;
        public const int Count = 4;
        public const int Sum = 5;
        public const int BucketCounts = 6;
        public const int Bounds = 7;
        public const int Attributes = 9;
        public const int Flags = 10;
        public const int Min = 11;
        public const int Max = 12;
    }

    public static class ExponentialHistogramPoint
    {
        public const int Attributes = 1;
        public const int Time = 3;
        public const int Count = 4;
        public const int Sum = 5;
        public const int Scale = 6;
        public const int ZeroCount = 7;
        public const int Positive = 8;
        public const int Negative = 9;
        public const int Flags = 10;
        public const int Min = 12;
        public const int Max = 13;
        public const int ZeroThreshold = 14;
    }

    public static class Buckets
    {
        public const int Offset = 1;
        public const int Counts = 2;
    }

    public static class Exemplar
    {
        public const int Double = 3;
        public const int Int = 6;
    }

    public static class Quantile
    {
        public const int Which = 1;
        public const int Value = 2;
    }

    public static class Span
    {
        public const int TraceId = 1;
        public const int SpanId = 2;
        public const int ParentSpanId = 4;
        public const int Name = 5;
        public const int Kind = 6;
        public const int Start = 7;
        public const int End = 8;
        public const int Attributes = 9;
        public const int Events = 11;
        public const int Links = 13;
        public const int Status = 15;
    }

    public static class SpanEvent
    {
        public const int Time = 1;
        public const int Name = 2;
        public const int Attributes = 3;
    }

    public static class SpanLink
    {
        public const int TraceId = 1;
        public const int SpanId = 2;
        public const int Attributes = 4;
    }

    public static class Status
    {
        public const int Message = 2;
        public const int Code = 3;
    }
}
