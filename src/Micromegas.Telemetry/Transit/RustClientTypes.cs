using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>The type lists of upstream's Rust client (spec/data-lake.md §5.2, §5.5, §5.6, §5.10), in queue order.</summary>
internal static class RustClientTypes
{
    public static readonly IReadOnlyList<TypeDescription> LogObjects =
    [
        Fixed(TransitTypes.LogStaticStrEvent, 16, Reference("desc", "& 'static LogMetadata < 'static >", 0), Value("time", "i64", 8, 8)),
        Dynamic(TransitTypes.LogStringEventV2),
        Fixed(
            TransitTypes.LogStaticStrInteropEvent,
            48,
            Value("time", "i64", 32, 8),
            Value("level", "u32", 40, 4),
            Value("target", TransitTypes.StringId, 0, 16),
            Value("msg", TransitTypes.StringId, 16, 16)),
        Dynamic(TransitTypes.LogStringInteropEventV3),
        Dynamic(TransitTypes.TaggedLogString),
        Handle(TransitTypes.StringId),
        Handle(TransitTypes.StaticStringRef),
    ];

    public static readonly IReadOnlyList<TypeDescription> LogDependencies =
    [
        Dynamic(TransitTypes.StaticString),
        Dynamic(TransitTypes.StaticStringDependency),
        Fixed(
            "LogMetadataRecord",
            48,
            Value("id", "u64", 0, 8),
            Reference("fmt_str", "* const u8", 8),
            Reference("target", "* const u8", 16),
            Reference("module_path", "* const u8", 24),
            Reference("file", "* const u8", 32),
            Value("line", "u32", 40, 4),
            Value("level", "u32", 44, 4)),
        Dynamic(TransitTypes.PropertySetDependency),
        Property(),
        Handle(TransitTypes.StaticStringRef),
    ];

    public static readonly IReadOnlyList<TypeDescription> MetricObjects =
    [
        Fixed(TransitTypes.IntegerMetricEvent, 24, Metric(), Value("value", "u64", 8, 8), Value("time", "i64", 16, 8)),
        Fixed(TransitTypes.FloatMetricEvent, 24, Metric(), Value("value", "f64", 8, 8), Value("time", "i64", 16, 8)),
        Fixed(TransitTypes.TaggedFloatMetricEvent, 32, Metric(), Set(), Value("value", "f64", 16, 8), Value("time", "i64", 24, 8)),
        Fixed(TransitTypes.TaggedIntegerMetricEvent, 32, Metric(), Set(), Value("value", "u64", 16, 8), Value("time", "i64", 24, 8)),
    ];

    public static readonly IReadOnlyList<TypeDescription> MetricDependencies =
    [
        Dynamic(TransitTypes.StaticString),
        Dynamic(TransitTypes.StaticStringDependency),
        Fixed(
            "MetricMetadataDependency",
            48,
            Value("id", "u64", 0, 8),
            Reference("name", "* const u8", 8),
            Reference("unit", "* const u8", 16),
            Reference("target", "* const u8", 24),
            Reference("file", "* const u8", 32),
            Value("line", "u32", 40, 4),
            Value("lod", "u32", 44, 4)),
        Dynamic(TransitTypes.PropertySetDependency),
        Property(),
        Handle(TransitTypes.StaticStringRef),
    ];

    public static readonly IReadOnlyList<TypeDescription> SpanObjects =
    [
        Fixed(TransitTypes.BeginThreadSpanEvent, 16, Reference("thread_span_desc", SpanMetadata, 0), Value("time", "i64", 8, 8)),
        Fixed(TransitTypes.EndThreadSpanEvent, 16, Reference("thread_span_desc", SpanMetadata, 0), Value("time", "i64", 8, 8)),
        Fixed(TransitTypes.BeginThreadNamedSpanEvent, 32, NamedThread()),
        Fixed(TransitTypes.EndThreadNamedSpanEvent, 32, NamedThread()),
        Fixed(TransitTypes.BeginAsyncSpanEvent, 40, Async()),
        Fixed(TransitTypes.EndAsyncSpanEvent, 40, Async()),
        Fixed(TransitTypes.BeginAsyncNamedSpanEvent, 56, NamedAsync()),
        Fixed(TransitTypes.EndAsyncNamedSpanEvent, 56, NamedAsync()),
        Handle(TransitTypes.StringId),
    ];

    public static readonly IReadOnlyList<TypeDescription> SpanDependencies =
    [
        Fixed(
            "SpanRecord",
            48,
            Value("id", "u64", 0, 8),
            Reference("name", "* const u8", 8),
            Reference("target", "* const u8", 16),
            Reference("module_path", "* const u8", 24),
            Reference("file", "* const u8", 32),
            Value("line", "u32", 40, 4),
            Value("lod", "u32", 44, 4)),
        Fixed(
            "SpanLocationRecord",
            40,
            Value("id", "u64", 0, 8),
            Reference("target", "* const u8", 8),
            Reference("module_path", "* const u8", 16),
            Reference("file", "* const u8", 24),
            Value("line", "u32", 32, 4),
            Value("lod", "u32", 36, 4)),
        Dynamic(TransitTypes.StaticString),
    ];

    public static readonly IReadOnlyList<TypeDescription> ImageObjects = [Dynamic(TransitTypes.ImageEvent)];

    public static ReadOnlyMemory<byte> Encode(IReadOnlyList<TypeDescription> types)
    {
        using PooledBuffer buffer = new();
        TypeListCodec.Encode(types, buffer);
        return buffer.WrittenSpan.ToArray();
    }

    private const string SpanMetadata = "& 'static SpanMetadata";

    private static MemberDescription[] NamedThread() =>
        [Reference("thread_span_location", "& 'static SpanLocation", 0), Value("name", TransitTypes.StringId, 8, 16), Value("time", "i64", 24, 8)];

    private static MemberDescription[] Async() =>
    [
        Reference("span_desc", SpanMetadata, 0), Value("span_id", "u64", 8, 8), Value("parent_span_id", "u64", 16, 8),
        Value("depth", "u32", 32, 4), Value("time", "i64", 24, 8),
    ];

    private static MemberDescription[] NamedAsync() =>
    [
        Reference("span_location", "& 'static SpanLocation", 0), Value("name", TransitTypes.StringId, 8, 16), Value("span_id", "u64", 24, 8),
        Value("parent_span_id", "u64", 32, 8), Value("depth", "u32", 48, 4), Value("time", "i64", 40, 8),
    ];

    private static TypeDescription Dynamic(string name) => new(name, 0, [], false);

    private static TypeDescription Fixed(string name, ulong size, params MemberDescription[] members) => new(name, size, members, false);

    private static TypeDescription Handle(string name) => new(name, 16, [Reference("id", "usize", 0)], true);

    private static TypeDescription Property() => Fixed(
        TransitTypes.Property, 32, Value("name", TransitTypes.StaticStringRef, 0, 16), Value("value", TransitTypes.StaticStringRef, 16, 16));

    private static MemberDescription Metric() => Reference("desc", "& 'static StaticMetricMetadata", 0);

    private static MemberDescription Set() => Reference("properties", "& 'static PropertySet", 8);

    private static MemberDescription Reference(string name, string type, ulong offset) => new(name, type, offset, 8, true);

    private static MemberDescription Value(string name, string type, ulong offset, ulong size) => new(name, type, offset, size, false);
}
